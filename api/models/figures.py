"""Figures of the response, rehearsals and self-tests. Shares are 0 to 1; null: there was nothing to count."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.models.words import Instant, Key, Lines, Named

Scenario = Literal["fall", "sos", "smoke", "inactivity", "self_test"]


class StepFigures(BaseModel):
    """How quickly one step came, from the opening of the incident."""

    alarms: int
    n: int = Field(description="of them so many came to this step")
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    within_60_s: float | None = Field(description="share of all alarms")
    within_180_s: float | None


class KindFigures(BaseModel):
    """What became of the incidents of a kind."""

    kind: str
    incidents: int
    judged: int
    false_alarms: int
    called_off: int
    false_share: float | None


class LevelFigures(BaseModel):
    """Unanswered steps by how far up the tree they went."""

    level: int | None
    steps: int


class OfferFigures(BaseModel):
    """What responders answered, and how quickly."""

    answer: str
    offers: int
    p50_s: float | None


class ChannelFigures(BaseModel):
    """What became of the tries through a channel."""

    channel: str
    tries: int
    sent: int
    refused: int
    unreachable: int
    limited: int
    gone: int
    p50_s: float | None
    p99_s: float | None


class NotificationFigures(BaseModel):
    """How far messages came, by whom they were for."""

    recipient_kind: str
    asked: int
    queued: int
    sent: int
    delivered: int
    seen: int
    failed: int
    superseded: int


class DayFigures(BaseModel):
    """One local day."""

    day: date
    incidents: int
    opened: int
    false_alarms: int
    acknowledge_p90_s: float | None
    within_60_s: int = Field(description="acknowledged within 60 s; a count")
    escalations: int


class Figures(BaseModel):
    """How incidents of a station (null: everything) and those below it were dealt with."""

    station: int | None
    from_: Annotated[datetime, Field(alias="from")]
    to: datetime
    rehearsals: bool
    incidents: int
    opened: int
    resolved: int
    cancelled: int
    recovered: int
    unanswered: int
    escalations: int
    lapsed_acknowledgements: int
    times: dict[str, dict[str, StepFigures]] = Field(
        description='by priority ("all", "high", ...) and step (acknowledge, accept, arrive, resolve)'
    )
    kinds: list[KindFigures]
    levels: list[LevelFigures]
    offers: list[OfferFigures]
    channels: list[ChannelFigures]
    notifications: list[NotificationFigures]
    days: list[DayFigures]


class StartDrill(BaseModel):
    """Rehearse: the whole real path, marked as a drill everywhere."""

    station_id: Key
    scenario: Scenario
    home_id: Key | None = Field(default=None, description="so that a responder has a door to go to")
    note: Lines = Field(default="", max_length=500)


class Drill(BaseModel):
    """A rehearsal."""

    id: int
    station: Named
    scenario: str
    started_at: Instant
    started_by: Named | None
    incident_id: str | None
    ended_at: Instant | None
    passed: bool | None
    state: str | None = Field(description="of its incident")


class Drills(BaseModel):
    """The latest hundred."""

    items: list[Drill]
    scenarios: list[str]
    next: str | None = None


class DrillStep(BaseModel):
    """One step of a rehearsal against its target."""

    name: str = Field(examples=["told", "acknowledged", "responding", "arrived", "resolved"])
    at: Instant | None
    after_s: float | None
    target_s: int
    ok: bool
    actor: Named | None


class Reached(BaseModel):
    """Who was told; seconds after the rehearsal began."""

    recipient_kind: str
    recipient_id: int
    name: str
    purpose: str
    state: str
    channel: str | None
    tries: int
    sent_s: float | None
    delivered_s: float | None
    seen_s: float | None


class DrillReport(Drill):
    """What came of a rehearsal so far."""

    steps: list[DrillStep]
    reached: list[Reached]
    passed_now: bool


class SelfTest(BaseModel):
    """A synthetic alarm through a station's path."""

    id: int
    station: Named
    at: Instant
    ok: bool | None = Field(description="null: it is under way")
    took_ms: int | None
    detail: str
    incident_id: str | None


class SelfTests(BaseModel):
    """The latest hundred."""

    items: list[SelfTest]
    next: str | None = None
