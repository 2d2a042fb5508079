"""Inspections: announced, drawn, reported, and checked by anybody."""

from typing import Literal

from pydantic import BaseModel, Field

from api.models.care_words import Note
from api.models.words import Instant, Key, Named


class Announce(BaseModel):
    """How many homes, providers or stations are inspected, and by how many together."""

    station_id: Key
    subjects: Literal["home", "provider", "station"]
    number: int = Field(ge=1, le=1000)
    each: int = Field(2, ge=1, le=10)


class InspectionShort(BaseModel):
    """An inspection; `seal` (SHA-256 of the seed, hexadecimal) is announced, `seed` told with the draw."""

    id: int
    station: Named
    subjects: str
    seal: str
    seed: str | None = Field(
        description="null before the draw: nobody could know it and then choose the lists"
    )
    number: int
    each: int
    announced_at: Instant
    announced_by: Named | None
    drawn_at: Instant | None


class Inspections(BaseModel):
    """The latest first."""

    items: list[InspectionShort]


class InspectionTask(BaseModel):
    """One thing to inspect, who goes, and what they found."""

    id: int
    subject: Named
    inspectors: list[Named]
    result: Literal["good", "faults"] | None
    note: str
    at: Instant | None
    by: Named | None


class InspectionFull(InspectionShort):
    """With what was drawn."""

    tasks: list[InspectionTask]


class Report(BaseModel):
    """What an inspector found; once."""

    result: Literal["good", "faults"]
    note: Note = ""


class Verified(BaseModel):
    """Whether drawing again from the kept lists gives the same."""

    same: bool
