"""What is done about each kind of incident, and when it is held: policies and silences."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from api.models.incidents import Priority
from api.models.words import Instant, Key, Line, Moment, Named

KindName = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class KindRule(BaseModel):
    """What is done about a kind; seconds, and times local to the station."""

    priority: Priority
    cancel_window_s: int = Field(description="how long the resident may call it off, 0 to 300")
    escalate_s: int | None = Field(description="unanswered for so long it is raised; null: it waits")
    respond_s: int | None = Field(description="acknowledged, but nobody on the way for so long: open again")
    escalation: str = Field(max_length=60, description="name of the escalation policy")
    group_after: int | None = Field(description="so many at once in a station are one; null: never")
    group_s: int
    quiet_from: Clock | None = Field(description="low priority is held from then")
    quiet_until: Clock | None


class KindPolicy(KindRule):
    """The rule in force, and whose it is."""

    kind: str
    version: int = Field(description="send it back with a change")
    updated_at: Instant
    updated_by: Named | None = Field(description="null: the installation")


class ChangeKind(KindRule):
    """The whole rule anew, and the version that was read."""

    version: Version


class KindPolicies(BaseModel):
    """All kinds, the gravest first."""

    items: list[KindPolicy]
    next: str | None = None


class Escalation(BaseModel):
    """A policy that says who is told in which order; docs/api.md says the form of `body`."""

    name: str
    body: dict[str, Any]
    version: int
    updated_at: Instant
    updated_by: Named | None


class PutEscalation(BaseModel):
    """The whole policy anew; `version` as it was read, null for a new one."""

    body: dict[str, Any]
    version: Version | None = None


class Escalations(BaseModel):
    """All escalation policies."""

    items: list[Escalation]
    next: str | None = None


class OldVersion(BaseModel):
    """What a policy said before."""

    version: int
    body: dict[str, Any]
    at: Instant
    by: Named | None


class History(BaseModel):
    """Earlier versions, the latest first."""

    items: list[OldVersion]
    next: str | None = None


class NewSilence(BaseModel):
    """Maintenance in one place: what is found meanwhile is held until the end. Never falls, cries for help,
    fire or gas."""

    station_id: Key | None = None
    home_id: Key | None = None
    device_id: Key | None = None
    kinds: list[KindName] = Field(min_length=1, max_length=40)
    from_: Moment | None = Field(default=None, alias="from", description="null: now")
    until: Moment
    reason: Line = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.station_id, self.home_id, self.device_id)) != 1:
            raise ValueError("one of station_id, home_id and device_id is needed")
        return self


class Silence(BaseModel):
    """A silence that runs or is to come."""

    id: int
    station_id: int | None
    home_id: int | None
    device_id: int | None
    name: str = Field(description="of the place")
    kinds: list[str]
    from_: Instant = Field(serialization_alias="from")
    until: Instant
    reason: str
    created_by: Named | None
    created_at: Instant


class Silences(BaseModel):
    """Those in the caller's scope."""

    items: list[Silence]
    next: str | None = None
