"""Residents: who they are and how they are just now."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.models.devices import Device
from api.models.incident_full import Contact
from api.models.incidents import HomeAddress, Incident
from api.models.words import Instant, Named, Text

LiveState = Literal["well", "alert", "quiet", "away", "no_signal", "unknown"]


class Resident(BaseModel):
    """A resident in a list, with live state."""

    id: int
    name: str = Field(examples=["王秀英"])
    sex: str = Field(examples=["female"])
    age: int | None
    living: str = Field(examples=["alone"])
    ability_grade: int | None = Field(description="GB/T 42195-2022: 0 intact ... 4 complete loss")
    station_id: int
    home: HomeAddress | None
    state: LiveState
    last_activity_at: Instant | None
    last_room: str
    open_incidents: int
    devices_online: int
    devices_total: int


class Residents(BaseModel):
    """A page of residents."""

    items: list[Resident]
    next: str | None


class Counts(BaseModel):
    """How many residents are how."""

    total: int
    alert: int = 0
    no_signal: int = 0
    unknown: int = 0
    quiet: int = 0
    away: int = 0
    well: int = 0


class ResidentFull(Resident):
    """A resident with what a desk needs."""

    phone: str
    risks: str
    contacts: list[Contact]
    devices: list[Device]
    time_zone: str


class VitalNow(BaseModel):
    """The last value of one vital sign."""

    metric: str = Field(examples=["heart_rate"])
    unit: str = Field(examples=["/min"])
    value: float
    at: Instant


class Today(BaseModel):
    """One day of one resident, for those who care from afar."""

    resident: Named
    day: str = Field(examples=["2026-11-22"])
    time_zone: str
    state: LiveState
    headline: Text
    last_activity_at: Instant | None
    last_room: str
    slot_minutes: int = 15
    activity: list[int | None] = Field(description="movements in each quarter of an hour; null: not yet")
    usual: list[float] | None = Field(description="the same on an average day of the last two weeks")
    vitals: list[VitalNow]
    incidents: list[Incident]
    told: list[UUID] = Field(description="those of them whose alarm has reached somebody on duty")
    battery_low: list[str] = Field(description="codes of devices that need a battery")


class Readings(BaseModel):
    """One quantity over time, oldest first."""

    metric: str
    unit: str
    points: list[tuple[Instant, float]]
