"""/statistics, /drills and /self-tests: how well the station answers."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from alerts import drills, figures
from alerts.drills.scenario import SCENARIOS
from api import pace, rosters
from api.acting import in_thread
from api.guard import Caller, Signed
from api.models.figures import (
    Drill,
    DrillReport,
    Drills,
    DrillStep,
    Figures,
    Reached,
    SelfTest,
    SelfTests,
    StartDrill,
)
from api.models.words import InstantQuery, KeyPath, KeyQuery, Named
from api.parts import Needs, Parts
from api.policy import Action, Scope
from api.problems import Problem, not_found
from api.store import places
from core.instant import from_datetime

router = APIRouter(tags=["figures"])

_MONTH = timedelta(days=30)
_LONGEST = timedelta(days=400)
_LATEST = 100


def _tops(scope: Scope) -> list[int | None]:
    """The stations whose subtrees are the scope; None: everything."""
    return [None] if scope.whole else [int(path.rsplit(".", 1)[-1]) for path in scope.paths]


async def _chosen(parts: Parts, caller: Caller, station: int | None) -> int | None:
    """The station asked for, or the caller's own; Problem 422 "station-needed" when there are several."""
    if station is not None:
        await rosters.station(parts, caller, station, Action.SEE_RULES)
        return station
    tops = _tops(caller.scope(Action.SEE_RULES))
    if len(tops) != 1:
        raise Problem(422, "station-needed", "say of which station")
    return tops[0]


@router.get(
    "/statistics",
    response_model_by_alias=True,
    dependencies=[Depends(pace.limited("statistics", per_minute=30))],
)
async def read_figures(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    since: Annotated[InstantQuery, Query(alias="from")] = None,
    until: Annotated[InstantQuery, Query(alias="to")] = None,
    rehearsals: Annotated[bool, Query()] = False,
) -> Figures:
    """How incidents that began in the time asked for (by default 30 days) were dealt with; drills apart."""
    chosen = await _chosen(parts, caller, station)
    last = until or parts.now
    first = since or last - _MONTH
    if not timedelta(0) < last - first <= _LONGEST:
        raise Problem(422, "span-too-long", "at most 400 days at once, forwards")
    start, end = from_datetime(first), from_datetime(last)
    found = await in_thread(parts, figures.station, chosen, start, end, rehearsals)
    return Figures.model_validate(found)


async def _all(parts: Parts, scope: Scope, *, self_tests: bool) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for top in _tops(scope):
        rows = await in_thread(parts, drills.listed, top, self_tests=self_tests, limit=_LATEST)
        found |= {row["id"]: row for row in rows}
    return sorted(found.values(), key=lambda row: -row["id"])[:_LATEST]


def _drill(row: dict[str, Any], known: rosters.Names) -> Drill:
    return Drill(
        id=row["id"],
        station=Named(id=row["station_id"], name=row["name"]),
        scenario=row["scenario"],
        started_at=row["started_at"],
        started_by=None if row["started_by"] is None else rosters.named(row["started_by"], known),
        incident_id=None if row["incident_id"] is None else str(row["incident_id"]),
        ended_at=row["ended_at"],
        passed=row["passed"],
        state=row["state"],
    )


@router.get("/drills")
async def read_drills(caller: Signed, parts: Needs) -> Drills:
    """Rehearsals in scope, the latest first, and what can be rehearsed."""
    rows = await _all(parts, caller.scope(Action.SEE_RULES), self_tests=False)
    known = await rosters.names(parts, (row["started_by"] for row in rows))
    return Drills(items=[_drill(row, known) for row in rows], scenarios=sorted(SCENARIOS))


@router.post("/drills", status_code=201)
async def start_drill(wish: StartDrill, caller: Signed, parts: Needs) -> DrillReport:
    """Begin a rehearsal. 409 `drill-going-on`; `self_test` tests the station's path now."""
    scope = caller.scope(Action.RUN_STATION)
    await rosters.station(parts, caller, wish.station_id, Action.RUN_STATION)
    if wish.home_id is not None:
        async with parts.pool.connection() as conn:
            if await places.place(conn, scope, "home", wish.home_id, parts.now) is None:
                raise not_found()
    key = await in_thread(
        parts,
        drills.start,
        wish.station_id,
        wish.scenario,
        caller.session.account,
        parts.clock.now(),
        home=wish.home_id,
        note=wish.note,
    )
    if isinstance(key, drills.Refusal):
        raise _refused(key)
    return await _report(parts, caller, key)


def _refused(refusal: drills.Refusal) -> Problem:
    if refusal is drills.Refusal.GOING_ON:
        return Problem(409, "drill-going-on", "one rehearsal at a time in a station")
    return Problem(422, "bad-drill", refusal.value)


@router.get("/drills/{drill}")
async def read_drill(drill: KeyPath, caller: Signed, parts: Needs) -> DrillReport:
    """What came of a rehearsal so far."""
    return await _report(parts, caller, drill)


@router.post("/drills/{drill}/end")
async def end_drill(drill: KeyPath, caller: Signed, parts: Needs) -> DrillReport:
    """End it now: its incident is resolved as a drill. 409 `too-late` when it has ended."""
    report = await _report(parts, caller, drill)
    await rosters.station(parts, caller, report.station.id, Action.RUN_STATION)
    if not await in_thread(parts, drills.end, drill, caller.session.account, parts.clock.now()):
        raise Problem(409, "too-late", "it has ended")
    return await _report(parts, caller, drill)


async def _report(parts: Parts, caller: Caller, key: int) -> DrillReport:
    found = await in_thread(parts, drills.report, key)
    if found is None:
        raise not_found()
    await rosters.station(parts, caller, found["station_id"], Action.SEE_RULES)
    known = await rosters.names(parts, [found["started_by"]])
    return DrillReport(
        **dict(_drill(found, known)),
        steps=[_step(step, found) for step in found["steps"]],
        reached=[Reached(**row) for row in found["reached"]],
        passed_now=found["passed_now"],
    )


def _step(step: dict[str, Any], found: dict[str, Any]) -> DrillStep:
    after, actor = step["after_s"], step["actor"]
    return DrillStep(
        name=step["name"],
        at=None if after is None else found["started_at"] + timedelta(seconds=after),
        after_s=after,
        target_s=step["target_s"],
        ok=step["met"],
        actor=None if actor is None else Named(id=actor, name=step["actor_name"] or ""),
    )


@router.get("/self-tests")
async def read_self_tests(caller: Signed, parts: Needs) -> SelfTests:
    """Daily tests of the stations in scope, the latest first."""
    rows = await _all(parts, caller.scope(Action.SEE_RULES), self_tests=True)
    return SelfTests(items=[_self_test(row) for row in rows])


def _self_test(row: dict[str, Any]) -> SelfTest:
    ended = row["ended_at"]
    took = None if ended is None else (ended - row["started_at"]) // timedelta(milliseconds=1)
    return SelfTest(
        id=row["id"],
        station=Named(id=row["station_id"], name=row["name"]),
        at=row["started_at"],
        ok=row["passed"],
        took_ms=took,
        detail=row["state"] or "",
        incident_id=None if row["incident_id"] is None else str(row["incident_id"]),
    )
