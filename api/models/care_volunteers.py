"""Volunteers and the time bank; time is in minutes."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.models.care_words import Request
from api.models.words import Instant, Key, Named


class NewVolunteer(BaseModel):
    """Somebody who has a role in the station or above it."""

    account_id: Key
    station_id: Key


class Volunteer(BaseModel):
    """A volunteer with what they have saved."""

    account: Named
    station: Named
    since: Instant
    balance_min: int


class Volunteers(BaseModel):
    """By name."""

    items: list[Volunteer]


class Line(BaseModel):
    """A line of a statement."""

    at: Instant
    what: str = Field(examples=["visit"])
    source: str = Field(examples=["visit:4"])
    minutes: int
    balance_min: int


class Statement(BaseModel):
    """The oldest line first."""

    balance_min: int
    items: list[Line]


class Transfer(BaseModel):
    """Saved time for another volunteer or a resident."""

    request: Request
    to_kind: Literal["volunteer", "resident"]
    to_id: Key
    minutes: Annotated[int, Field(ge=1, le=100_000)]
