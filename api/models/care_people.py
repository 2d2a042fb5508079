"""Residents' records as the station keeps them."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.models.care_words import Birthday, Category, HomeShort, Living, Minute, Name, Phone, Short
from api.models.words import Day, Instant, Key, Line, Moment, Named, Text

Purpose = Literal["monitoring", "family_view", "handover", "photos", "research"]
Text500 = Annotated[Line, Field(max_length=500)]


class PersonShort(BaseModel):
    """Somebody in a list; telephone numbers are masked."""

    id: int
    name: str
    sex: str
    age: int | None
    living: str
    category: Category
    ability_grade: int | None
    station: Named
    home: HomeShort | None
    phone: str = Field(examples=["138****0000"])
    left_on: date | None


class People(BaseModel):
    """A page of people."""

    items: list[PersonShort]
    next: str | None


class ContactOut(BaseModel):
    """Whom to call; `phone` is masked."""

    id: int
    name: str
    relation: str
    phone: str
    quiet_from: Minute | None
    quiet_until: Minute | None


class ConsentOut(BaseModel):
    """What the person agreed to."""

    purpose: str
    version: int
    given_at: Instant
    withdrawn_at: Instant | None
    given_by: str | None = Field(description="who wrote it down; null: it came with a document")
    withdrawn_by: str | None
    outdated: bool = Field(description="there are newer words: ask again")
    holds: bool


class DeviceHere(BaseModel):
    """What hangs in a home, or is worn."""

    id: int
    code: str
    kind: str
    room: str
    site: str
    since: Instant
    resident_id: int | None


class Record(PersonShort):
    """Everything of one person; numbers are masked."""

    version: int
    born: date | None
    identity: str = Field(examples=["310***********1234"])
    language: str
    category_set: bool = Field(
        description="whether somebody set the category; else it follows from the grade"
    )
    risks: str
    medicines: str
    allergies: str
    doctor: str
    key_note: str
    left_why: str
    contacts: list[ContactOut]
    consents: list[ConsentOut]
    devices: list[DeviceHere]
    assessed_at: Instant | None
    time_zone: str


class Fields(BaseModel):
    """What may be changed; what is not sent stays."""

    name: Name | None = None
    sex: Literal["", "female", "male"] | None = None
    born: Birthday | None = None
    identity: Annotated[Line, Field(max_length=40)] | None = None
    phone: Phone | None = None
    language: Literal["zh", "en"] | None = None
    living: Living | None = None
    category: Category | None = Field(None, description="null: as grade and living say")
    risks: Text500 | None = None
    medicines: Text500 | None = None
    allergies: Text500 | None = None
    doctor: Text500 | None = None
    key_note: Text500 | None = None


class ContactIn(BaseModel):
    """Whom to call; with the `id` of a contact and without `phone` its number stays."""

    id: Key | None = None
    name: Name
    relation: Short = ""
    phone: Phone | None = None
    quiet_from: Minute | None = None
    quiet_until: Minute | None = None


class Contacts(BaseModel):
    """In the order in which they are called."""

    items: list[ContactIn] = Field(max_length=20)


class NewPerson(Fields):
    """Somebody to take in."""

    name: Name
    home_id: Key
    contacts: list[ContactIn] = Field(default=[], max_length=20)
    consents: list[Purpose] = Field(default=[], max_length=10)


class ChangePerson(Fields):
    """What is to change, of the `version` that was read."""

    version: int = Field(ge=1)


class MoveTo(BaseModel):
    """Where somebody lives from `since` on (default now)."""

    home_id: Key
    since: Moment | None = None


class Leave(BaseModel):
    """Out of our care."""

    on: Day
    why: Annotated[Line, Field(min_length=1, max_length=200)]


class Consent(BaseModel):
    """Agreed, or no longer."""

    given: bool


class Reveal(BaseModel):
    """Which numbers to show whole, and what for; both are kept."""

    what: list[Literal["identity", "phone", "contacts"]] = Field(min_length=1, max_length=3)
    why: Annotated[Line, Field(min_length=2, max_length=200)]


class WholeContact(BaseModel):
    """A contact's number."""

    id: int
    name: str
    phone: str


class Revealed(BaseModel):
    """The numbers that were asked for."""

    identity: str | None = None
    phone: str | None = None
    contacts: list[WholeContact] | None = None


class Stay(BaseModel):
    """Where somebody lived."""

    home: HomeShort
    since: Instant
    until: Instant | None


class Worn(BaseModel):
    """Which device was theirs."""

    device: DeviceHere
    until: Instant | None


class Change(BaseModel):
    """Who changed what."""

    at: Instant
    by: Named | None
    what: str
    before: Any
    after: Any


class History(BaseModel):
    """What was, the latest first."""

    residences: list[Stay]
    devices: list[Worn]
    changes: list[Change]
    consents: list[ConsentOut]


class NextVisit(BaseModel):
    """When somebody comes by at the latest."""

    by: Instant
    why: str
    text: Text
    overdue: bool
    last: Instant | None
    category: Category
