"""/care/visits: who is due, a walk through them, and what was found."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg import Connection

from alerts import actions
from api import caring, lease, paging
from api.caring import work
from api.guard import Caller, Signed
from api.models.care_visits import (
    Confirmed,
    Correction,
    Due,
    DueList,
    HomeOfVisit,
    NewVisit,
    Route,
    Stop,
    Visit,
    Visited,
    Visits,
)
from api.models.care_words import Category, Datum, Lat, Lon
from api.models.words import InstantQuery, KeyPath, KeyQuery, Named, Text
from api.paging import Cursor, Limit
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from care.store import adaptation, organisation, visiting
from care.store.adaptation import Found as Hazard
from care.store.visiting import Found, VisitedAlready, Window
from care.store.visits import Call
from care.visits import route
from care.visits.rhythm import Result, Way
from core.instant import HOUR, from_datetime, to_datetime
from ingest.datum import to_gcj02, to_wgs84

router = APIRouter(prefix="/care/visits", tags=["care: visits"])

Within = Annotated[int, Query(ge=0, le=24 * 366, description="hours ahead")]


@router.get("/due")
async def read_due(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    category: Annotated[Category | None, Query()] = None,
    within_h: Within = 24,
    limit: Limit = paging.DEFAULT,
) -> DueList:
    """Who should be visited within so many hours, the most urgent first; 422 `not-possible` above 50,000
    people: choose a station."""
    calls = await _due(caller, parts, station, category, within_h)
    now = from_datetime(parts.now)
    known = await _whom(parts, calls[:limit])
    items = [_shown(call, known[call.resident], now) for call in calls[:limit]]
    return DueList(items=items, total=len(calls), overdue=sum(call.due.by < now for call in calls))


@router.get("/route")
async def read_route(
    caller: Signed,
    parts: Needs,
    lat: Annotated[Lat, Query()],
    lon: Annotated[Lon, Query()],
    station: KeyQuery = None,
    within_h: Within = 24,
    datum: Annotated[Datum, Query()] = "wgs84",
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Route:
    """The most urgent `limit` of those who are due, in the order of a walk that begins at lat, lon."""
    calls = [call for call in await _due(caller, parts, station, None, within_h) if call.place]
    by_key = {call.resident: call for call in calls[:limit]}
    start = to_wgs84(lat, lon) if datum == "gcj02" else (lat, lon)
    places = {key: call.place for key, call in by_key.items() if call.place is not None}
    order = route.walk(start, places)
    known = await _whom(parts, [by_key[key] for key in order])
    now, here, stops = from_datetime(parts.now), start, []
    for key in order:
        shown = _shown(by_key[key], known[key], now, datum)
        stops.append(Stop(**dict(shown), walk_m=round(route.distance_m(here, places[key]))))
        here = places[key]
    return Route(datum=datum, length_m=sum(stop.walk_m for stop in stops), stops=stops)


@router.get("")
async def read_page(
    caller: Signed,
    parts: Needs,
    resident: KeyQuery = None,
    station: KeyQuery = None,
    since: Annotated[InstantQuery, Query(alias="from")] = None,
    until: Annotated[InstantQuery, Query(alias="to")] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Visits:
    """Visits, the latest first. The family sees when and how, and not what staff noted."""
    scope, staff = caller.scope(Action.SEE_SERVICES), caller.may(Action.SEE_CARE)
    key = paging.decode(cursor, [int, int])
    after = (paging.moment(key[0]), key[1]) if key else None
    window = Window(None, resident, station, since, until, after)
    rows = await work(parts, visiting.page, scope.params, window, limit + 1)
    kept, following = paging.page(rows, limit, lambda row: [from_datetime(row["at"]), row["id"]])
    caring.shown(caring.ids(kept))
    paths = await work(parts, organisation.paths, {row["station_id"] for row in kept})
    items = [_visit(row, notes=staff.covers(paths.get(row["station_id"]))) for row in kept]
    return Visits(items=items, next=following)


@router.post("", status_code=201)
async def record(wish: NewVisit, caller: Signed, parts: Needs) -> Visited:
    """Write a visit down, on the spot. What needs somebody now raises an incident in the same step; hazards
    become tasks. 409 `visited-already` with `visit` when a newer one stands than the page knew."""
    scope = caller.scope(Action.RECORD_VISITS)
    person = await caring.person(parts, scope, wish.resident_id)
    if person["left_on"] is not None:
        raise not_found()
    account = caller.session.account

    def doing(conn: Connection[Any]) -> tuple[int, list[int]]:
        with conn.transaction():
            alarm = None if wish.incident is None else (lambda: _alarm(conn, wish, person, account, parts))
            visit, new = visiting.record(conn, _found(wish, parts), parts.now, account, alarm)
            hazards = [Hazard(one.kind, one.room, one.note) for one in wish.hazards] if new else []
            source = f"visit:{visit}"
            tasks = adaptation.open_(conn, wish.resident_id, hazards, source, parts.now, account)
            return visit, tasks

    try:
        visit, tasks = await work(parts, doing)
    except Problem as problem:
        if isinstance(problem.__cause__, VisitedAlready):
            key = problem.__cause__.visit
            raise Problem(409, "visited-already", "somebody has visited meanwhile", visit=key) from problem
        raise
    row = await work(parts, visiting.one, scope.params, visit)
    return Visited(**dict(_visit(row, notes=True)), adaptations=tasks)


@router.post("/{visit}/correct", status_code=201)
async def correct(visit: KeyPath, wish: Correction, caller: Signed, parts: Needs) -> Visit:
    """Put a visit right: by who made it, or by the desk. The row that was stays."""
    scope, account = caller.scope(Action.RECORD_VISITS), caller.session.account
    before = await work(parts, visiting.one, scope.params, visit)
    path = (await work(parts, organisation.paths, {before["station_id"]})).get(before["station_id"])
    if before["visitor_id"] != account and not caller.may(Action.SET_CARE).covers(path):
        raise Problem(403)
    sent = {name: getattr(wish, name) for name in wish.model_fields_set if name != "why"}
    fields = {name: value for name, value in sent.items() if value is not None}
    key = await work(parts, visiting.correct, before, fields, wish.why, parts.now, account)
    return _visit(await work(parts, visiting.one, scope.params, key), notes=True)


@router.post("/{visit}/confirm")
async def confirm(visit: KeyPath, caller: Signed, parts: Needs) -> Confirmed:
    """Somebody else than the visitor says that it was made; a volunteer is credited the time."""
    scope = caller.scope(Action.SET_CARE)
    row = await work(parts, visiting.one, scope.params, visit)
    return Confirmed(minutes=await work(parts, visiting.confirm, row, parts.now, caller.session.account))


async def _due(
    caller: Caller, parts: Parts, station: int | None, category: str | None, within_h: int
) -> list[Call]:
    scope = caller.scope(Action.SEE_CARE)
    paths, _ = await work(parts, organisation.narrowed, scope.paths, station)
    calls = await work(parts, visiting.due, paths, parts.now)
    until = from_datetime(parts.now) + within_h * HOUR
    return [c for c in calls if c.due.by <= until and category in (None, c.category)]


async def _whom(parts: Parts, calls: list[Call]) -> dict[int, Row]:
    caring.shown(call.resident for call in calls)
    return await work(parts, visiting.whom, [call.resident for call in calls], parts.now)


def _shown(call: Call, who: Row, now: int, datum: Datum = "wgs84") -> Due:
    home = None
    if who["home_id"] is not None:
        lat, lon = who["lat"], who["lon"]
        if datum == "gcj02" and lat is not None and lon is not None:
            lat, lon = to_gcj02(lat, lon)
        home = HomeOfVisit(id=who["home_id"], code=who["home_code"], address=who["address"], lat=lat, lon=lon)
    return Due(
        resident=Named(id=who["id"], name=who["name"]),
        home=home,
        station=Named(id=who["station_id"], name=who["station_name"]),
        category=call.category,  # type: ignore[arg-type]  # a checked column
        by=to_datetime(call.due.by),
        why=call.due.why,
        text=Text(**caring.both(f"visit_due.{call.due.why}")),
        overdue=call.due.by < now,
        last=None if call.due.last is None else to_datetime(call.due.last),
        last_visit_id=who["last_visit_id"],
    )


def _visit(row: Row, *, notes: bool) -> Visit:
    as_it_is = ("id", "at", "way", "result", "minutes", "replaces", "replaced_by")
    told = {"note": row["note"], "why": row["why"], "lat": row["lat"], "lon": row["lon"]} if notes else {}
    incident = row["incident_id"] if notes else None
    return Visit(
        **{name: row[name] for name in as_it_is},
        **({"note": "", "why": "", "lat": None, "lon": None} | told),
        resident=Named(id=row["resident_id"], name=row["resident_name"]),
        station=Named(id=row["station_id"], name=row["station_name"]),
        visitor=caring.named(row["visitor_id"], row["visitor_name"]),
        confirmed_by=caring.named(row["confirmed_by"], row["confirmed_name"]),
        incident_id=None if incident is None else str(incident),
    )


def _found(wish: NewVisit, parts: Parts) -> Found:
    return Found(
        resident=wish.resident_id,
        at=wish.at or parts.now,
        way=Way(wish.way),
        result=Result(wish.result),
        note=wish.note,
        minutes=wish.minutes,
        place=wish.place,
        seen=wish.seen,
        knows="seen" in wish.model_fields_set,
        again=wish.again,
        request=wish.request,
    )


def _alarm(conn: Connection[Any], wish: NewVisit, person: Row, account: int, parts: Parts) -> UUID:
    assert wish.incident is not None
    with lease.decided(conn):  # whom it is told to may be more than the caller sees
        raised = actions.report(
            conn,
            kind=wish.incident.kind,
            station=person["station_id"],
            home=person["home_id"],
            resident=wish.resident_id,
            actor=account,
            note=wish.incident.note or wish.note,
            now=parts.clock.now(),
        )
    return raised.id
