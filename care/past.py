"""What a station did before it came to us, as one document: assessments, visits, orders, saved time.

JSON, with codes and names as in a community document. Instants are ISO 8601 with their offset. A document has
an `id`; told twice it adds nothing.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from care.community import Clock, Code

Point = tuple[float, float]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a station: WGS-84 corners of its area, and (weekday 1 to 7, from, until)."""

    code: Code
    area: tuple[Point, ...] = ()
    hours: tuple[tuple[int, Clock, Clock], ...] = ()


class Helper(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who worked there and is remembered by name; nobody can sign in as them."""

    login: str
    name: str
    station: Code
    role: Literal["operator", "responder"] = "responder"
    volunteer: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the menu; `subsidy_fen` by grade 0 to 4."""

    kind: str
    name: str
    name_en: str
    price_fen: int
    subsidy_fen: tuple[int, int, int, int, int]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """Who serves the people of a station, and what is offered."""

    station: Code
    name: str
    phone: str
    menu: tuple[Line, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """Points by item."""

    at: datetime
    answers: dict[str, int]
    assessors: str = ""


class Hazard(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the home, and the steps taken about it: (action, instant, login, note or day)."""

    at: datetime
    by: str
    kind: str
    room: str = ""
    note: str = ""
    steps: tuple[tuple[str, datetime, str, str], ...] = ()


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit by `by`, confirmed by `confirmed` ("": not yet)."""

    at: datetime
    by: str
    way: str
    result: str
    minutes: int
    note: str = ""
    confirmed: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A wish for the service called `service`, and its steps: (action, instant, login, note)."""

    at: datetime
    wanted_at: datetime
    service: str
    via: Literal["operator", "phone"]
    by: str
    note: str = ""
    rating: Annotated[int, Meta(ge=1, le=5)] | None = None
    minutes: int = 0
    steps: tuple[tuple[str, datetime, str, str], ...] = ()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of somebody who lives in the home `home`."""

    home: Code
    name: str
    medicines: str = ""
    allergies: str = ""
    doctor: str = ""
    key_note: str = ""
    assessments: tuple[Assessment, ...] = ()
    changes: tuple[tuple[datetime, str], ...] = ()
    visits: tuple[Visit, ...] = ()
    orders: tuple[Order, ...] = ()
    hazards: tuple[Hazard, ...] = ()


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document; the menu holds from `since` on, and helpers have helped since then."""

    id: UUID
    since: datetime
    places: tuple[Place, ...] = ()
    helpers: tuple[Helper, ...] = ()
    providers: tuple[Provider, ...] = ()
    people: tuple[Person, ...] = ()


def parse(document: bytes) -> Past:
    """Read a document; raises msgspec.ValidationError that names the field."""
    return msgspec.json.decode(document, type=Past)
