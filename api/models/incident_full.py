"""One incident in full: its history, who was told and asked, what to say."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.models.incidents import Engine, Incident
from api.models.reaching import NotificationState
from api.models.words import Instant, Named, Text


class Event(BaseModel):
    """One step in the life of an incident; never changed afterwards."""

    n: int
    at: Instant
    kind: str = Field(examples=["acknowledged"])
    actor: Named | Engine
    data: dict[str, Any]
    text: Text


class FindingOut(BaseModel):
    """What a detector said, each revision of it."""

    kind: str
    severity: str
    revision: int
    onset: Instant
    detected_at: Instant
    probability: float | None
    text: Text
    evidence: dict[str, Any]


class Contact(BaseModel):
    """Whom to call, in order of `rank`."""

    rank: int
    name: str
    relation: str
    phone: str
    of: str = Field(default="", description="of whom, where the incident is about a whole home")
    quiet_from: str | None = Field(default=None, examples=["22:00"], description="local time")
    quiet_until: str | None = Field(default=None, examples=["06:00"])
    resting: bool = Field(default=False, description="not to be called now for what can wait; high may")


class ResidentDetail(BaseModel):
    """What a responder needs to know of the person."""

    age: int | None
    living: str
    ability_grade: int | None
    risks: str
    phone: str
    medicines: str = Field(description="these three for staff")
    allergies: str
    doctor: str


class Offer(BaseModel):
    """A responder who was asked to go."""

    id: int
    account: Named
    offered_at: Instant
    expires_at: Instant
    answer: Literal["accepted", "refused", "lapsed", "withdrawn"] | None
    answered_at: Instant | None
    travel_s: int | None = Field(description="estimated")
    distance_m: int | None


class Candidate(BaseModel):
    """A responder who could be asked, the nearest first."""

    account: Named
    distance_m: int | None
    travel_s: int | None
    available: bool


class Recipient(BaseModel):
    """Who was told."""

    kind: Literal["account", "contact", "station"]
    id: int
    name: str


class Sent(BaseModel):
    """One message about the incident, and how far it has come."""

    id: int
    recipient: Recipient
    purpose: str = Field(examples=["alarm"])
    state: NotificationState
    channel: str | None
    queued_at: Instant
    sent_at: Instant | None
    delivered_at: Instant | None
    seen_at: Instant | None
    tries: int
    error: str = Field(description="the last try's word when it did not arrive", examples=["unreachable"])


class Texts(BaseModel):
    """Drafts of what to say: to the person, to the emergency number, to the family."""

    call: Text
    emergency: Text
    family: Text


class IncidentFull(Incident):
    """An incident with its history, the findings behind it, whom to call and who was asked and told."""

    events: list[Event]
    findings: list[FindingOut]
    contacts: list[Contact]
    resident_detail: ResidentDetail | None
    access_note: str
    recent: list[Incident] = Field(description="the last five others of the same resident")
    offers: list[Offer] = Field(description="for staff; else empty")
    candidates: list[Candidate] = Field(description="for who may send somebody; else empty")
    notifications: list[Sent] = Field(description="for staff; else empty")
    viewers: list[Named] = Field(description="who has it open just now, for staff; else empty")
    texts: Texts | None = Field(description="for staff")
