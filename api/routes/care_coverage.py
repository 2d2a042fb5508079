"""How well people are covered, the rules and seasons behind it, and major changes."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from api import caring
from api.caring import work
from api.guard import Signed
from api.models.care_visits import (
    Coverage,
    Covered,
    MajorChange,
    MajorChanges,
    Missing,
    MissingList,
    NewChange,
    NewSeason,
    Rule,
    RuleOut,
    Rules,
    SeasonOut,
    Seasons,
    StationCovered,
)
from api.models.care_words import Category, Month
from api.models.words import KeyPath, KeyQuery, Named
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem
from care.store import organisation, statistics, visiting, visits
from care.visits import rhythm
from core import messages

router = APIRouter(prefix="/care", tags=["care: visits"])

_CATEGORIES = ("high_risk", "key", "ordinary")
CategoryQuery = Annotated[Category | None, Query()]


@router.get("/visits/coverage")
async def read_coverage(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    month: Month = None,
    category: CategoryQuery = None,
) -> Coverage:
    """Of the people in care all the month, how many somebody met in it; the least covered stations first."""
    scope = caller.scope(Action.SEE_CARE)
    paths, zone = await work(parts, organisation.narrowed, scope.paths, station)
    first = first_of(month, parts, zone)
    found = await work(parts, statistics.coverage, paths, first)
    rows = await work(parts, statistics.coverage_by_station, paths, first, category)
    return Coverage(
        month=f"{first:%Y-%m}",
        categories=[
            Covered(category=name, people=people, met=met)  # type: ignore[arg-type]  # a checked column
            for name, (people, met) in sorted(found.categories.items())
        ],
        stations=[
            StationCovered(station=Named(id=row[0], name=row[1]), category=row[2], people=row[3], met=row[4])  # type: ignore[arg-type]
            for row in rows
        ],
        stale=found.stale,
    )


@router.get("/visits/missing")
async def read_missing(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    month: Month = None,
    category: CategoryQuery = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> MissingList:
    """The names behind the figure: in care all the month, and met by nobody."""
    scope = caller.scope(Action.SEE_CARE)
    paths, zone = await work(parts, organisation.narrowed, scope.paths, station)
    first = first_of(month, parts, zone)
    start, end = (midnight(day, zone) for day in (first, next_month(first)))
    wanted = [category] if category else _CATEGORIES[:2]
    items = []
    for one in wanted:
        rows = await work(parts, visits.missing, paths, [one], start, end, limit)
        known = await visiting_names(parts, [row[0] for row in rows])
        caring.shown(row[0] for row in rows)
        items += [
            Missing(
                resident=Named(id=key, name=name),
                station=Named(id=where, name=known[key]["station_name"]),
                category=one,  # type: ignore[arg-type]
            )
            for key, name, where in rows
        ]
    return MissingList(items=items[:limit])


async def visiting_names(parts: Parts, residents: list[int]) -> dict[int, Row]:
    """Names and stations of these people."""
    return await work(parts, visiting.whom, residents, parts.now)


@router.get("/visits/rules")
async def read_rules(caller: Signed, parts: Needs, station: KeyQuery = None) -> Rules:
    """What holds everywhere, and what was set for these stations and those above and below."""
    scope = caller.scope(Action.SEE_CARE)
    paths, _ = await work(parts, organisation.narrowed, scope.paths, station)
    rows = await work(parts, visiting.rules, paths)
    everywhere = {row["category"] for row in rows if row["station_id"] is None}
    usual = [
        RuleOut(
            **{name: getattr(rule, name) for name in rhythm.Rule.__slots__ if name != "category"},
            category=rule.category,  # type: ignore[arg-type]
            default=True,
        )
        for rule in rhythm.DEFAULTS.values()
        if rule.category not in everywhere
    ]
    made = [
        RuleOut(**row, station=caring.named(row["station_id"], row["station_name"]), default=False)
        for row in rows
    ]
    return Rules(items=[*usual, *made])


@router.put("/visits/rules")
async def put_rule(wish: Rule, caller: Signed, parts: Needs) -> Rules:
    """Put a rule in force below a station; without one everywhere, for who runs everything."""
    scope = caller.scope(Action.RUN_STATION)
    if wish.station_id is None and not scope.whole:
        raise Problem(403)
    if wish.station_id is not None:
        await work(parts, organisation.one, scope.paths, wish.station_id)
    rule = rhythm.Rule(**wish.model_dump(exclude={"station_id"}))
    await work(parts, visits.set_rule, wish.station_id, rule, parts.now, caller.session.account)
    return await read_rules(caller, parts, wish.station_id)


@router.get("/seasons", response_model_by_alias=True)
async def read_seasons(caller: Signed, parts: Needs) -> Seasons:
    """Heat, cold and festivals that hold in scope, the latest first."""
    rows = await work(parts, visiting.seasons, caller.scope(Action.SEE_CARE).paths)
    return Seasons(items=[_season(row, parts.now) for row in rows])


@router.post("/seasons", status_code=201, response_model_by_alias=True)
async def add_season(wish: NewSeason, caller: Signed, parts: Needs) -> Seasons:
    """More visits below a station for a while."""
    scope = caller.scope(Action.RUN_STATION)
    await work(parts, organisation.one, scope.paths, wish.station_id)
    account = caller.session.account
    await work(
        parts, visits.declare_season, wish.station_id, wish.kind, wish.since, wish.until, parts.now, account
    )
    return await read_seasons(caller, parts)


@router.post("/seasons/{season}/end", status_code=204)
async def end_season(season: KeyPath, caller: Signed, parts: Needs) -> None:
    """It is over."""
    await work(parts, visiting.end_season, caller.scope(Action.RUN_STATION).paths, season, parts.now)


@router.get("/residents/{resident}/changes")
async def read_changes(resident: KeyPath, caller: Signed, parts: Needs) -> MajorChanges:
    """Major changes in a person's life, the latest first."""
    await caring.look(parts, caller, resident, Action.SEE_CARE)
    rows = await work(parts, visiting.changes, resident)
    return MajorChanges(
        items=[
            MajorChange(
                id=r["id"], at=r["at"], what=r["what"], by=caring.named(r["account_id"], r["account_name"])
            )
            for r in rows
        ]
    )


@router.post("/residents/{resident}/changes", status_code=201)
async def add_change(resident: KeyPath, wish: NewChange, caller: Signed, parts: Needs) -> MajorChanges:
    """Somebody must look within the hours that the rule of the category says."""
    await caring.look(parts, caller, resident, Action.RECORD_VISITS)
    at, now = wish.at or parts.now, parts.now
    if at > now:
        raise Problem(422, "not-possible", "a change is written down when it has happened")
    await work(parts, visits.note_change, resident, at, wish.what, now, caller.session.account)
    return await read_changes(resident, caller, parts)


def first_of(month: str | None, parts: Parts, zone: str) -> date:
    """The first day of "2026-11", by default of the current month in `zone`."""
    if month is None:
        return parts.now.astimezone(messages.zone(zone)).date().replace(day=1)
    return date(int(month[:4]), int(month[5:]), 1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def midnight(day: date, zone: str) -> datetime:
    """When a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=messages.zone(zone))


def _season(row: Row, now: datetime) -> SeasonOut:
    return SeasonOut(
        id=row["id"],
        station=Named(id=row["station_id"], name=row["station_name"]),
        kind=row["kind"],
        since=row["since"],
        until=row["until"],
        running=row["since"] <= now < row["until"],
    )
