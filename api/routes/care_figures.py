"""/care/statistics: what a node of the tree has to show for a period."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from api.caring import work
from api.guard import Caller, Signed
from api.models.care_figures import (
    CareFigures,
    CoverageOf,
    LivingCount,
    MoneySum,
    OrderCount,
    PeopleCount,
    RatingCount,
    TimeSum,
    VisitCount,
)
from api.models.care_visits import Covered
from api.models.care_words import DayQuery
from api.models.words import KeyQuery, Named
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem
from care.store import organisation, statistics
from care.store.statistics import Coverage, Figures
from core import messages

router = APIRouter(prefix="/care", tags=["care: figures"])

_LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """A node (None: all of one's own) and days, both included, with what was counted there."""

    station: Named | None
    paths: list[str]
    zone: str
    first: date
    last: date
    figures: Figures
    coverage: Coverage

    @property
    def month(self) -> date:
        """The first day of the month in which the period ends."""
        return self.last.replace(day=1)


@router.get("/statistics", response_model_by_alias=True)
async def read(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    since: Annotated[DayQuery, Query(alias="from")] = None,
    until: Annotated[DayQuery, Query(alias="to")] = None,
) -> CareFigures:
    """By default the current month so far. Every figure has its statement in care/store/statistics.sql."""
    found = await counted(caller, parts, station, since, until, Action.SEE_RULES)
    flows = {tuple(what.split("/")): amounts for what, amounts in sorted(found.figures.flows.items())}
    kinds = {name: [(what[1:], a) for what, a in flows.items() if what[0] == name] for name in _KINDS}
    return CareFigures(
        station=found.station,
        first=found.first,
        last=found.last,
        people=[
            PeopleCount(category=c, grade=g, people=n) for (c, g), n in sorted(found.figures.people.items())
        ],
        living=[LivingCount(living=how, people=n) for how, n in sorted(found.figures.living.items())],
        visits=[VisitCount(way=w[0], result=w[1], n=n, minutes=a) for w, (n, a) in kinds["visit"]],
        orders=[OrderCount(kind=w[0], state=w[1], n=n) for w, (n, _) in kinds["order"]],
        ratings=[RatingCount(kind=w[0], n=n, points=a) for w, (n, a) in kinds["rating"]],
        hours=[TimeSum(who=w[0], n=n, minutes=a) for w, (n, a) in kinds["hours"]],
        money=[MoneySum(who=w[0], n=n, fen=a) for w, (n, a) in kinds["money"]],
        coverage=CoverageOf(
            month=f"{found.month:%Y-%m}",
            categories=[
                Covered(category=c, people=people, met=met)  # type: ignore[arg-type]  # a checked column
                for c, (people, met) in sorted(found.coverage.categories.items())
            ],
            stale=found.coverage.stale,
        ),
    )


_KINDS = ("visit", "order", "rating", "hours", "money")


async def counted(
    caller: Caller, parts: Parts, station: int | None, since: date | None, until: date | None, action: Action
) -> Period:
    """The figures of a node for a period, both days included; 422 `span-too-long` over three years."""
    scope = caller.scope(action)
    paths, zone = await work(parts, organisation.narrowed, scope.paths, station)
    last = until or parts.now.astimezone(messages.zone(zone)).date()
    first = since or last.replace(day=1)
    if not timedelta(0) <= last - first <= _LONGEST:
        raise Problem(422, "span-too-long", "at most three years at once, forwards")
    name = None
    if station is not None:
        row = await work(parts, organisation.one, scope.paths, station)
        name = Named(id=station, name=row["name"])
    figures = await work(parts, statistics.figures, paths, first, last + timedelta(days=1))
    coverage = await work(parts, statistics.coverage, paths, last.replace(day=1))
    return Period(name, paths, zone, first, last, figures, coverage)
