"""Incidents: as the queue shows them, and in full."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.models.words import Instant, Lines, Named, Text

ActionName = Literal["acknowledge", "respond", "arrive", "resolve", "cancel", "note", "follow_up"]
Priority = Literal["high", "medium", "low"]
Outcome = Literal[
    "help_given",
    "ambulance",
    "hospital",
    "no_help_needed",
    "no_answer",
    "false_alarm",
    "device_fault",
    "drill",
]


class StationRef(BaseModel):
    """A station by key and names."""

    id: int
    name: str = Field(examples=["梁苑社区养老服务站"])
    name_en: str


class HomeAddress(BaseModel):
    """A household and where it is."""

    id: int
    code: str = Field(examples=["h017"])
    address: str


class DeviceRef(BaseModel):
    """A device by key, code and kind."""

    id: int
    code: str
    kind: str = Field(examples=["wearable"])


class Incident(BaseModel):
    """An incident as it stands; of two copies the one with the higher `version` is right."""

    id: UUID
    number: int = Field(description="short, to be said aloud", examples=[412])
    version: int = Field(description="rises with each event")
    kind: str = Field(examples=["fall"])
    severity: str = Field(examples=["possible"])
    priority: Priority
    state: str = Field(examples=["open"])
    drill: bool
    onset: Instant
    detected_at: Instant
    opened_at: Instant | None
    state_since: Instant
    next_step_at: Instant | None = Field(description="when it is raised further if nothing happens")
    closed_at: Instant | None
    station: StationRef | None = Field(description="null: the platform itself")
    home: HomeAddress | None
    room: str = Field(examples=["bathroom"])
    resident: Named | None
    device: DeviceRef | None
    title: Text
    text: Text = Field(description="the one sentence that explains it")
    probability: float | None
    acknowledged_by: Named | None
    outcome: str | None
    allowed: list[ActionName] = Field(description="what the caller may do now")


class Incidents(BaseModel):
    """A page of incidents."""

    items: list[Incident]
    next: str | None


class Engine(BaseModel):
    """What acts when no person signed in does: the engine itself, or a station console ("console:<code>")."""

    system: str = Field(default="engine", examples=["engine", "console:liang-yuan"])


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


class ResidentDetail(BaseModel):
    """What a responder needs to know of the person."""

    age: int | None
    living: str
    ability_grade: int | None
    risks: str
    phone: str


class IncidentFull(Incident):
    """An incident with its history, the findings behind it and whom to call."""

    events: list[Event]
    findings: list[FindingOut]
    contacts: list[Contact]
    resident_detail: ResidentDetail | None
    access_note: str
    recent: list[Incident] = Field(description="the last five others of the same resident")


class MotionClip(BaseModel):
    """What a wearable felt around the moment."""

    device_id: int
    start: Instant
    hz: float = Field(description="samples a second")
    acc: list[tuple[int, int, int]] = Field(description="x, y, z in milli-g, gravity included")
    impact_at: Instant | None


class ActivityPoints(BaseModel):
    """When something moved in the home."""

    from_: Instant = Field(serialization_alias="from")
    to: Instant
    points: list[Instant]
    usual_longest_s: float | None = Field(description="the longest silence that is usual at this hour")


class Series(BaseModel):
    """One vital sign over time."""

    metric: str = Field(examples=["heart_rate"])
    unit: str = Field(examples=["/min"])
    points: list[tuple[Instant, float]]


class Evidence(BaseModel):
    """What the detectors saw."""

    motion: MotionClip | None
    activity: ActivityPoints | None
    vitals: list[Series]


class Act(BaseModel):
    """What the caller does about it. With `version` it is done only if nothing happened since."""

    action: ActionName
    outcome: Outcome | None = Field(default=None, description="needed by `resolve`")
    note: Lines = Field(default="", max_length=2000)
    version: int | None = Field(default=None, ge=0, le=2**31 - 1)
