"""/incidents: the queue, one incident in full, its evidence, and what is done about it."""

from typing import Annotated, Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Query

from alerts import actions, lifecycle
from api import acting, evidence, full, paging, rosters, showing
from api.guard import Caller, Signed
from api.models.incident_full import IncidentFull
from api.models.incidents import Act, Evidence, Incident, Incidents, Report
from api.models.words import KeyQuery
from api.paging import Cursor, Limit
from api.parts import Connection, Needs, Parts, Row
from api.policy import Action, Scope
from api.problems import Problem, not_found
from api.store import incidents, places, residents
from api.store.incidents import After
from core.instant import from_datetime

router = APIRouter(prefix="/incidents", tags=["incidents"])

_REPORTS = UUID("5f0c1f0e-3d0b-5f5c-8f4e-6e6f77616c6c")

State = Annotated[Literal["active", "closed", "all"], Query()]


def _after(cursor: str | None, which: str) -> After | None:
    key = paging.decode(cursor, [str, int, int, str])
    if key is None:
        return None
    order, rank, instant, text = key
    if order != which:
        raise Problem(422, "bad-cursor")
    try:
        incident = UUID(text)
    except ValueError as error:
        raise Problem(422, "bad-cursor") from error
    return After(paging.moment(instant), incident, rank if 0 <= rank <= 2 else 2)


def _key(row: Row, which: str) -> tuple[str, int, int, str]:
    moment = row["closed_at"] if which == "closed" else row["onset"]
    return which, row["rank"], from_datetime(moment), str(row["id"])


@router.get("")
async def read_page(
    caller: Signed,
    parts: Needs,
    state: State = "active",
    station: KeyQuery = None,
    resident: KeyQuery = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Incidents:
    """Active: by priority, then the longest waiting first. Closed and all: the latest first."""
    scope, act = caller.scope(Action.SEE_INCIDENTS), caller.may(Action.ACT_ON_INCIDENTS)
    after = _after(cursor, state)
    async with parts.pool.connection() as conn:
        rows = await incidents.page(conn, scope, state, limit + 1, after, station, resident)
    kept, following = paging.page(rows, limit, lambda row: _key(row, state))
    items = [showing.incident(row, showing.legal(row, act)) for row in kept]
    return Incidents(items=items, next=following)


async def _found(conn: Connection, caller: Caller, incident: UUID) -> Row:
    row = await incidents.one(conn, caller.scope(Action.SEE_INCIDENTS), incident)
    if row is None:
        raise not_found()
    return row


@router.get("/{incident}")
async def read(incident: UUID, caller: Signed, parts: Needs) -> IncidentFull:
    """Everything about one incident. Contacts, notes, how to get in, and who was asked and told are for
    station staff only."""
    async with parts.pool.connection() as conn:
        row = await _found(conn, caller, incident)
        return await full.gather(conn, parts, caller, row)


@router.get("/{incident}/evidence")
async def read_evidence(incident: UUID, caller: Signed, parts: Needs) -> Evidence:
    """What the detectors saw: the motion around a fall, movement in the home, vital signs."""
    async with parts.pool.connection() as conn:
        row = await _found(conn, caller, incident)
        return await evidence.gather(conn, row, parts.now)


@router.post("/{incident}/actions")
async def do(incident: UUID, wish: Act, caller: Signed, parts: Needs) -> Incident:
    """Acknowledge, respond, arrive, resolve, cancel, hand over, undo, reopen, note or follow up.

    409 `illegal-transition` where the state does not allow it, `lost-race` where somebody was quicker; both
    carry the `state` and `version` that stand.
    """
    scope = caller.scope(Action.ACT_ON_INCIDENTS)
    async with parts.pool.connection() as conn:
        row = await incidents.one(conn, scope, incident)
    if row is None:
        raise not_found()
    if wish.to is not None:
        await _check_colleague(parts, row, wish.to)
    action = lifecycle.Action(
        wish.action,
        caller.session.account,
        outcome=wish.outcome,
        note=wish.note,
        seen_version=wish.version,
        reason=wish.reason,
        to=wish.to,
    )
    await acting.act(parts, incident, action)
    return await _as_it_stands(parts, scope, incident)


async def _as_it_stands(parts: Parts, scope: Scope, incident: UUID) -> Incident:
    async with parts.pool.connection() as conn:
        row = await incidents.one(conn, scope, incident)
    if row is None:
        raise not_found()
    return showing.incident(row, showing.legal(row, scope))


async def _check_colleague(parts: Parts, row: Row, account: int) -> None:
    """Problem 422 "not-staff": who is handed an incident learns all about it."""
    if row["station_id"] is None:
        raise Problem(422, "not-staff", "an incident of the platform itself is handed to nobody")
    await rosters.check_people(parts, row["station_id"], [account])


@router.post("", status_code=201)
async def report(wish: Report, caller: Signed, parts: Needs) -> Incident:
    """Raise an incident by hand; it is open at once, and whoever is due is told."""
    scope = caller.scope(Action.RAISE_INCIDENTS)
    async with parts.pool.connection() as conn:
        station, home, resident = await _subject(conn, scope, parts, wish)
    account, now = caller.session.account, parts.clock.now()
    raised = await acting.in_thread(
        parts,
        actions.report,
        kind=wish.kind,
        station=station,
        home=home,
        resident=resident,
        actor=account,
        note=wish.note,
        now=now,
        key=None if wish.request is None else uuid5(_REPORTS, f"{account}/{wish.request}"),
    )
    return await _as_it_stands(parts, scope, raised.id)


async def _subject(
    conn: Connection, scope: Scope, parts: Parts, wish: Report
) -> tuple[int, int | None, int | None]:
    """station, home and resident that the report is about; Problem 404 outside the scope."""
    if wish.resident_id is not None:
        person = await residents.one(conn, scope, wish.resident_id, parts.now)
        if person is None:
            raise not_found()
        return person["station_id"], person["home_id"], wish.resident_id
    assert wish.home_id is not None
    home = await places.place(conn, scope, "home", wish.home_id, parts.now)
    if home is None:
        raise not_found()
    return home["station_id"], wish.home_id, None
