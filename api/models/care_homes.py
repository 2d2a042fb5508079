"""Homes, their rooms, and the devices in them over time."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.models.care_people import DeviceHere, Text500
from api.models.care_words import Code, HomeShort, Lat, Lon, Short
from api.models.words import Instant, Key, Line, Moment, Named

Rooms = Annotated[list[Short], Field(max_length=30)]


class HomeInList(HomeShort):
    """A home with its station."""

    station: Named


class Homes(BaseModel):
    """A page of homes."""

    items: list[HomeInList]
    next: str | None


class HomeFull(HomeInList):
    """A home with who lives there and what hangs there."""

    access_note: str
    lat: float | None
    lon: float | None
    rooms: list[str]
    residents: list[Named]
    devices: list[DeviceHere]


class ChangeHome(BaseModel):
    """What is to change; what is not sent stays."""

    address: Annotated[Line, Field(max_length=300)] | None = None
    access_note: Text500 | None = None
    lat: Lat | None = None
    lon: Lon | None = None
    rooms: Rooms | None = None


class NewHome(BaseModel):
    """A home of a station."""

    station_id: Key
    code: Code
    address: Annotated[Line, Field(max_length=300)] = ""
    access_note: Text500 = ""
    lat: Lat | None = None
    lon: Lon | None = None
    rooms: Rooms = []


class Install(BaseModel):
    """A device to hang here, or to be worn by who lives here; of a new one `kind` is needed."""

    code: Code
    kind: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
    model: Short = ""
    report_every_s: Annotated[int, Field(ge=1, le=604_800)] | None = None
    resident_id: Key | None = None
    room: Short = ""
    site: Short = ""
    since: Moment | None = None


class Installed(BaseModel):
    """A device in its place; `secret` of a new one, this once."""

    id: int
    secret: str | None


class DeviceStay(BaseModel):
    """Where a device hung, or who wore it."""

    home: Named
    resident: Named | None
    room: str
    site: str
    since: Instant
    until: Instant | None


class DeviceHistory(BaseModel):
    """The latest stay first."""

    items: list[DeviceStay]
