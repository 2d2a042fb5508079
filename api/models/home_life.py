"""A resident's trend and home, and where everybody is."""

from typing import Literal

from pydantic import BaseModel, Field

from api.models.devices import Device
from api.models.residents import LiveState
from api.models.words import Instant

Span = Literal["day", "week", "month"]
Datum = Literal["wgs84", "gcj02"]


class Trend(BaseModel):
    """One quantity in buckets of local time, oldest first; buckets without a value are absent."""

    metric: str = Field(examples=["heart_rate"])
    unit: str = Field(examples=["/min"])
    span: Span
    bucket_minutes: int
    points: list[tuple[Instant, float, float, float]] = Field(
        description="begin of the bucket, least, median and greatest value in it"
    )


class Room(BaseModel):
    """A room, when something last moved in it, and what hangs there."""

    room: str = Field(examples=["kitchen"], description='"" for what is worn or has no place')
    last_activity_at: Instant | None = Field(description="null: nothing in the last week")
    devices: list[Device]


class Plan(BaseModel):
    """The rooms of a home, the most recently used first."""

    rooms: list[Room]


class PlaceOfResident(BaseModel):
    """A resident's home on the map."""

    id: int
    name: str
    lat: float
    lon: float
    state: LiveState


class PlaceOfStation(BaseModel):
    """A station on the map."""

    id: int
    name: str
    name_en: str
    lat: float
    lon: float


class PlaceOfResponder(BaseModel):
    """A responder, where their telephone last said."""

    id: int
    name: str
    lat: float
    lon: float
    available: bool
    at: Instant


class Tiles(BaseModel):
    """Where pictures of the street map come from."""

    url: str = Field(examples=["https://tiles.example/{z}/{x}/{y}.png"])
    attribution: str
    datum: Datum
    max_zoom: int


class Map(BaseModel):
    """Coordinates in `datum`; who has none is absent."""

    datum: Datum
    residents: list[PlaceOfResident]
    stations: list[PlaceOfStation]
    responders: list[PlaceOfResponder] = Field(description="for operators and administrators; else empty")
    tiles: Tiles | None = Field(description="null: draw a schematic map from the coordinates")
