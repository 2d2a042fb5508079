"""Stations as their administrators keep them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.models.care_words import Code, Datum, Lat, Lon, Minute, Name, Phone, Short
from api.models.words import Key

Level = Literal["city", "district", "street", "community"]
Zone = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{1,60}$", examples=["Asia/Shanghai"])]


class NewStation(BaseModel):
    """A station below another."""

    parent_id: Key
    code: Code
    level: Level
    name: Name
    name_en: Short = ""
    phone: Phone = ""
    time_zone: Zone = "Asia/Shanghai"
    lat: Lat | None = None
    lon: Lon | None = None


class ChangeStation(BaseModel):
    """What is to change; what is not sent stays."""

    name: Name | None = None
    name_en: Short | None = None
    phone: Phone | None = None
    time_zone: Zone | None = None
    lat: Lat | None = None
    lon: Lon | None = None


class Area(BaseModel):
    """The corners of what a station answers for; none: not drawn."""

    points: list[tuple[Lat, Lon]] = Field(max_length=500)
    datum: Datum = "wgs84"


class Opening(BaseModel):
    """Open on a weekday (1 is Monday), local time; a day may have several."""

    weekday: int = Field(ge=1, le=7)
    from_: Minute = Field(alias="from")
    until: Minute


class Hours(BaseModel):
    """These and no others."""

    items: list[Opening] = Field(max_length=50)


class StationFull(BaseModel):
    """A station with its area (WGS-84) and hours."""

    id: int
    parent_id: int | None
    code: str
    level: Level
    name: str
    name_en: str
    phone: str
    time_zone: str
    lat: float | None
    lon: float | None
    area: list[tuple[float, float]]
    hours: list[Opening]
