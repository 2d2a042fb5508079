"""A community as one document: what an administrator imports to begin with, and what a demo is made of.

JSON: `{"stations": [...], "homes": [{..., "residents": [...], "devices": [...]}]}`. Everything is known by
its code (a resident by the name within the home), so loading a document twice adds nothing.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Code = str
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the tree; `parent` is the code of the one above, "" for a city."""

    code: Code
    level: Literal["city", "district", "street", "community"]
    name: str
    name_en: str = ""
    parent: Code = ""
    phone: str = ""
    time_zone: str = "Asia/Shanghai"
    lat: float | None = None
    lon: float | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to call; not between two local times of day, unless it is urgent."""

    name: str
    relation: str = ""
    phone: str = ""
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None


class Fence(msgspec.Struct, frozen=True, kw_only=True, rename={"since": "from"}):
    """Where somebody may be, WGS-84 degrees: a circle (one point and `radius_m`) or the corners of a polygon.

    It holds between two local times of day; equal ones: always.
    """

    points: Annotated[tuple[tuple[float, float], ...], Meta(min_length=1)]
    name: str = ""
    radius_m: Annotated[float, Meta(gt=0)] | None = None
    since: Clock = "00:00"
    until: Clock = "00:00"

    def __post_init__(self) -> None:
        if (self.radius_m is None) != (len(self.points) >= 3):
            raise ValueError("a fence is one point with a radius, or three corners and more without")


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """A person, in our care from `since` on (None: from when the document is loaded).

    `living` is alone, couple, empty_nest, left_behind or lost_only_child.
    """

    name: str
    sex: Literal["", "female", "male"] = ""
    born: date | None = None
    phone: str = ""
    language: str = "zh"
    living: str = ""
    ability_grade: int | None = None
    risks: str = ""
    contacts: tuple[Contact, ...] = ()
    consents: tuple[str, ...] = ()
    since: date | None = None
    fences: tuple[Fence, ...] = ()


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device and its place; `wearer` is the place of a person in the home's list, None for the household.

    `secret` is what the maker burnt in; without it one is made and shown once.
    """

    code: Code
    kind: str
    model: str = ""
    report_every_s: int | None = None
    room: str = ""
    site: str = ""
    wearer: int | None = None
    secret: str = ""


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """A household; `station` is the code of the station that answers for it."""

    code: Code
    station: Code
    address: str = ""
    access_note: str = ""
    lat: float | None = None
    lon: float | None = None
    residents: tuple[Resident, ...] = ()
    devices: tuple[Device, ...] = ()


class Community(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document; a station stands after the one above it."""

    stations: tuple[Station, ...] = ()
    homes: tuple[Home, ...] = ()


def parse(document: bytes) -> Community:
    """Read a document; raises msgspec.ValidationError that names the field."""
    return msgspec.json.decode(document, type=Community)
