"""What a node of the tree has to show for a period."""

from datetime import date

from pydantic import BaseModel, Field

from api.models.care_visits import Covered
from api.models.words import Named


class PeopleCount(BaseModel):
    """People in our care now; grade -1: not assessed."""

    category: str
    grade: int
    people: int


class LivingCount(BaseModel):
    """The same by how they live."""

    living: str
    people: int


class VisitCount(BaseModel):
    """Visits of the period."""

    way: str
    result: str
    n: int
    minutes: int


class OrderCount(BaseModel):
    """Orders wanted in the period, by where they stand."""

    kind: str
    state: str
    n: int


class RatingCount(BaseModel):
    """Ratings (1 to 5) of such orders."""

    kind: str
    n: int
    points: int


class TimeSum(BaseModel):
    """Time booked in the period."""

    who: str
    n: int
    minutes: int


class MoneySum(BaseModel):
    """Money booked in the period; below zero was given."""

    who: str
    n: int
    fen: int


class CoverageOf(BaseModel):
    """Visits of the month in which the period ends."""

    month: str
    categories: list[Covered]
    stale: int


class CareFigures(BaseModel):
    """The figures; how incidents were answered is `GET /statistics`."""

    station: Named | None
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to", description="included")
    people: list[PeopleCount]
    living: list[LivingCount]
    visits: list[VisitCount]
    orders: list[OrderCount]
    ratings: list[RatingCount]
    hours: list[TimeSum]
    money: list[MoneySum]
    coverage: CoverageOf
