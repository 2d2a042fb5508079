"""Who looked at whom, and access in an emergency."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.models.words import Instant, Line, Named, RoleName

Area = Literal[
    "list", "person", "incident", "day", "care", "photo", "message", "live", "audit", "emergency", "other"
]
Reason = Annotated[Line, StringConstraints(min_length=10, max_length=500, strip_whitespace=True)]


class Look(BaseModel):
    """What one person looked at on one day, of one resident."""

    at: Instant = Field(description="the last time that day")
    by: Named
    roles: list[RoleName] = Field(description="of staff there, now or then; none: from elsewhere, or family")
    machine: bool = Field(description="a program with a token, and nobody in person")
    family: bool = Field(description="a relative, and not staff")
    you: bool
    times: int
    areas: list[Area]
    changed: bool = Field(description="also changed something")
    why: str


class Looks(BaseModel):
    """The latest first."""

    items: list[Look]


class AuditEntry(BaseModel):
    """One look or change."""

    id: int
    at: Instant
    by: Named
    what: str = Field(examples=["GET /residents/{resident}"])
    area: Area
    actions: list[str]
    residents: list[int]
    names: list[Named] = Field(description="of the first of them, as far as the caller may see them")
    within: list[str] = Field(description="instead of residents, where they were more than are named")
    incident_id: str | None
    why: str
    address: str
    outcome: int


class AuditEntries(BaseModel):
    """The latest first."""

    items: list[AuditEntry]
    next: str | None


class Anchor(BaseModel):
    """The line that stands for everything before it."""

    day: date
    n: int
    hash: str


class Chain(BaseModel):
    """How the chain of the audit stands: what was looked at just now, and the day's anchor."""

    links: int = Field(description="number of the last link")
    sealed_at: Instant | None
    checked: int = Field(description="how many of the last links, and their entries, were looked at just now")
    whole: bool = Field(description="these were all, or all since the latest anchor")
    faults: list[str]
    anchor: Anchor | None


_Exact = Annotated[Line, StringConstraints(min_length=2, max_length=120, strip_whitespace=True)]
_Digits = Annotated[Line, StringConstraints(min_length=7, max_length=30, strip_whitespace=True)]


class BreakGlass(BaseModel):
    """Whom one must see at once, and why.

    One of: a resident's key; a code as on the devices, of the home or of a device; the whole address; the
    whole name together with a whole telephone number, theirs or a contact's. Nothing is searched for.
    """

    resident_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    home: _Exact | None = Field(default=None, description="code of a home or of a device in it")
    address: _Exact | None = None
    name: _Exact | None = None
    phone: _Digits | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one(self) -> "BreakGlass":
        if (self.name is None) != (self.phone is None):
            raise ValueError("a name and a telephone number together")
        if self.name is not None and not any(character.isalpha() for character in self.name):
            raise ValueError("a name has letters")  # the end of a number is a key of its owner, too
        if sum(one is not None for one in (self.resident_id, self.home, self.address, self.name)) != 1:
            raise ValueError("a resident, a home, an address, or a name with a telephone number")
        return self


class Emergency(BaseModel):
    """One access outside one's own stations."""

    id: int
    by: Named
    resident: Named
    reason: str
    opened_at: Instant
    ends_at: Instant
    left_s: int = Field(description="seconds until then; 0 when it is over")
    incident_id: str | None = Field(description="by which the administrators were told")
    reviewed_at: Instant | None
    reviewed_by: Named | None
    verdict: Literal["justified", "not_justified"] | None
    note: str


class Emergencies(BaseModel):
    """The latest first."""

    items: list[Emergency]


class Review(BaseModel):
    """What somebody else thinks of it afterwards."""

    verdict: Literal["justified", "not_justified"]
    note: Annotated[Line, StringConstraints(max_length=500)] = ""
