"""Visits: who is due, what was found, how well people are covered."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from api.models.care_words import Category, Datum, Hazard, Lat, Lon, Note, Request, Short
from api.models.words import Instant, Key, Line, Moment, Named, Text

Way = Literal["home", "station", "remote"]
Result = Literal["well", "problem", "not_met"]
Season = Literal["heat", "cold", "festival", "other"]


class HomeOfVisit(BaseModel):
    """Where to go."""

    id: int
    code: str
    address: str
    lat: float | None
    lon: float | None


class Due(BaseModel):
    """Somebody whom somebody should visit."""

    resident: Named
    home: HomeOfVisit | None
    station: Named
    category: Category
    by: Instant
    why: str = Field(examples=["rhythm"])
    text: Text
    overdue: bool
    last: Instant | None
    last_visit_id: int | None


class DueList(BaseModel):
    """The most urgent first; `total` may be more than are shown."""

    items: list[Due]
    total: int
    overdue: int


class Stop(Due):
    """One stop of a walk: metres from the stop before it."""

    walk_m: float


class Route(BaseModel):
    """A walk through those who are due and whose home has a place."""

    datum: Datum
    length_m: float
    stops: list[Stop]


class Visit(BaseModel):
    """A visit as it was written down; one with `replaced_by` was put right."""

    id: int
    resident: Named
    station: Named
    at: Instant
    way: Way
    result: Result
    note: str
    minutes: int
    visitor: Named | None
    lat: float | None
    lon: float | None
    replaces: int | None
    replaced_by: int | None
    confirmed_by: Named | None
    incident_id: str | None
    why: str = Field(description="why it puts another right")


class Visits(BaseModel):
    """The latest first."""

    items: list[Visit]
    next: str | None


class Alarm(BaseModel):
    """What was found needs somebody now."""

    kind: Literal["sos", "fall", "inactivity", "other"]
    note: Note = ""


class NewVisit(BaseModel):
    """What a visitor found. `seen` is the `last_visit_id` that the page had; when a newer one stands by then,
    the answer is 409 `visited-already`, unless `again`."""

    resident_id: Key
    at: Moment | None = None
    way: Way
    result: Result
    note: Note = ""
    minutes: int = Field(0, ge=0, le=1440)
    lat: Lat | None = None
    lon: Lon | None = None
    seen: Key | None = None
    again: bool = False
    incident: Alarm | None = None
    hazards: list[Hazard] = Field(default=[], max_length=20)
    request: Request | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a place has lat and lon")
        return self

    @property
    def place(self) -> tuple[float, float] | None:
        """Where it was recorded."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


class Visited(Visit):
    """The visit, and the tasks that came of it."""

    adaptations: list[int] = []


class Correction(BaseModel):
    """What was wrong; the row that was stays."""

    at: Moment | None = None
    way: Way | None = None
    result: Result | None = None
    note: Note | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    why: Annotated[Line, Field(min_length=1, max_length=200)]


class Confirmed(BaseModel):
    """How many minutes the visitor was credited."""

    minutes: int


class Covered(BaseModel):
    """Of the people of a category in care all the month, how many somebody met."""

    category: Category
    people: int
    met: int


class StationCovered(Covered):
    """The same of one station."""

    station: Named


class Coverage(BaseModel):
    """A month's visits; `stale` stations are being counted again."""

    month: str
    categories: list[Covered]
    stations: list[StationCovered]
    stale: int


class Missing(BaseModel):
    """Somebody whom nobody met."""

    resident: Named
    station: Named
    category: Category


class MissingList(BaseModel):
    """By station and name."""

    items: list[Missing]


class Rule(BaseModel):
    """How often a category is visited in a subtree; without `station_id` everywhere."""

    station_id: Key | None = None
    category: Category
    every_days: int = Field(ge=1, le=366)
    season_days: int = Field(ge=1, le=366)
    after_change_h: int = Field(ge=1, le=24 * 60)
    remote_counts: bool
    remote_in_a_row: int = Field(0, ge=0, le=20)


class RuleOut(Rule):
    """A rule; `default`: nobody has set it."""

    station: Named | None = None
    default: bool


class Rules(BaseModel):
    """What holds everywhere first."""

    items: list[RuleOut]


class NewSeason(BaseModel):
    """Heat, cold, a festival: more visits below a station."""

    station_id: Key
    kind: Season
    since: Moment = Field(alias="from")
    until: Moment


class SeasonOut(BaseModel):
    """A season."""

    id: int
    station: Named
    kind: Season
    since: Instant = Field(serialization_alias="from")
    until: Instant
    running: bool


class Seasons(BaseModel):
    """The latest first."""

    items: list[SeasonOut]


class NewChange(BaseModel):
    """Out of hospital, a fall, a bereavement."""

    at: Moment | None = None
    what: Annotated[Short, Field(min_length=1)]


class MajorChange(BaseModel):
    """A major change in a person's life."""

    id: int
    at: Instant
    what: str
    by: Named | None


class MajorChanges(BaseModel):
    """The latest first."""

    items: list[MajorChange]
