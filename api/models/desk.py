"""Stations, quarantine and the state of the system."""

from pydantic import BaseModel, Field

from api.models.words import Instant


class Station(BaseModel):
    """A node of the station tree."""

    id: int
    parent_id: int | None
    level: str = Field(examples=["community"])
    code: str
    name: str
    name_en: str
    time_zone: str = Field(examples=["Asia/Shanghai"])


class Stations(BaseModel):
    """The tree as the caller sees it."""

    items: list[Station]


class Quarantined(BaseModel):
    """A message that could not be understood."""

    id: int
    first_at: Instant
    last_at: Instant
    times: int
    topic: str
    reason: str = Field(examples=["malformed"])
    detail: str
    size: int = Field(description="bytes")
    preview: str = Field(description="the first bytes, unprintable ones as \\xNN")


class ReasonCount(BaseModel):
    """How often a reason came up."""

    reason: str
    times: int


class Quarantine(BaseModel):
    """A page of quarantined messages, the latest first, and the totals by reason."""

    items: list[Quarantined]
    next: str | None
    counts: list[ReasonCount]


class Part(BaseModel):
    """One part of the system."""

    name: str = Field(examples=["ingest"])
    ok: bool
    detail: str


class Ingest(BaseModel):
    """What has come in."""

    received_total: int
    quarantined_total: int
    last_batch_at: Instant | None
    lag_ms: float | None


class System(BaseModel):
    """How the parts are."""

    parts: list[Part]
    ingest: Ingest
