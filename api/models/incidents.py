"""Incidents: as the queue shows them, and in full."""

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from api.models.words import Instant, Key, Lines, Named, Text

ActionName = Literal[
    "acknowledge", "respond", "arrive", "resolve", "cancel", "hand_over", "undo", "reopen", "follow_up",
    "note",
]  # fmt: skip
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


FalseAlarmReason = Literal[
    "nothing_happened", "by_mistake", "a_test", "a_visitor_or_pet", "device_fault", "other"
]


class Report(BaseModel):
    """Raise an incident by hand, after a call or a visit: about a person, or about a household. `request` is
    made by the page: sent again, it is the same incident."""

    kind: Literal["sos", "fall", "inactivity", "other"]
    resident_id: Key | None = None
    home_id: Key | None = None
    note: Lines = Field(default="", max_length=2000)
    request: UUID | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.resident_id is None) == (self.home_id is None):
            raise ValueError("one of resident_id and home_id is needed")
        return self


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


class HomePlace(HomeAddress):
    """A household and where to find it."""

    lat: float | None = Field(description="degrees, WGS 84")
    lon: float | None


class DeviceRef(BaseModel):
    """A device by key, code and kind."""

    id: int
    code: str
    kind: str = Field(examples=["wearable"])


class NextStep(BaseModel):
    """What happens by itself, and when: the board counts down to it.

    `opens`: the cancel window ends; `escalates`: it is raised further; `lapses`: the acknowledgement does,
    for nobody went; `offer_expires`: the responder who was asked has not answered, and the next one is.
    """

    what: Literal["opens", "escalates", "lapses", "offer_expires"]
    at: Instant


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
    drill_id: int | None = Field(description="the rehearsal it belongs to")
    level: int = Field(description="how many levels up the station tree it was raised")
    onset: Instant
    detected_at: Instant
    opened_at: Instant | None
    state_since: Instant
    next_step_at: Instant | None = Field(description="when it is raised further if nothing happens")
    next_step: NextStep | None
    rang_again_at: Instant | None = Field(
        description="it got worse while somebody was on the way or there, and nobody has said anything since"
    )
    closed_at: Instant | None
    station: StationRef | None = Field(description="null: the platform itself")
    home: HomePlace | None
    room: str = Field(examples=["bathroom"])
    resident: Named | None
    device: DeviceRef | None
    reported_by: Named | None = Field(description="who raised it by hand; null: a detector did")
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


class MotionClip(BaseModel):
    """What a wearable felt around the moment."""

    device_id: int
    start: Instant
    hz: float = Field(description="samples a second")
    acc: list[tuple[int, int, int]] = Field(description="x, y, z in milli-g, gravity included")
    impact_at: Instant | None
    impact_g: float | None = Field(
        default=None, description="strength of the impact as the finding says it: means of 40 ms, not samples"
    )


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
    """What the caller does about it. `undo` takes back one's own last step within 30 s. With `version` it is
    done only if nothing happened since."""

    action: ActionName
    outcome: Outcome | None = Field(default=None, description="needed by `resolve`")
    reason: FalseAlarmReason | None = Field(default=None, description="of a false alarm")
    note: Lines = Field(default="", max_length=2000)
    to: Key | None = Field(default=None, description="whom `hand_over` hands it to; null: whoever comes next")
    version: int | None = Field(default=None, ge=0, le=2**31 - 1)
