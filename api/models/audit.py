"""Who looked at whom, and access in an emergency."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.models.words import Instant, Line, Named

Area = Literal["list", "person", "incident", "day", "care", "photo", "message", "live", "audit", "other"]
Reason = Annotated[Line, StringConstraints(min_length=10, max_length=500, strip_whitespace=True)]


class Look(BaseModel):
    """What one person looked at on one day, of one resident."""

    at: Instant = Field(description="the last time that day")
    by: Named
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
    actions: list[str]
    residents: list[int]
    within: list[str] = Field(description="instead of residents, where they were more than are named")
    incident_id: str | None
    why: str
    address: str
    outcome: int


class AuditEntries(BaseModel):
    """The latest first."""

    items: list[AuditEntry]
    next: str | None


class BreakGlass(BaseModel):
    """Whom one must see at once, and why: a resident's key, or the code of a home as on its devices."""

    resident_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    home: Annotated[Line, StringConstraints(max_length=60)] | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one(self) -> "BreakGlass":
        if (self.resident_id is None) == (self.home is None):
            raise ValueError("either a resident or a home")
        return self


class Emergency(BaseModel):
    """One access outside one's own stations."""

    id: int
    by: Named
    resident: Named
    reason: str
    opened_at: Instant
    ends_at: Instant
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
