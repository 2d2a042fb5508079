"""/incidents: the queue, one incident in full, its evidence, and what is done about it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from alerts import lifecycle
from api import acting, evidence, full, paging, showing
from api.guard import Caller, Signed
from api.models.incident_full import IncidentFull
from api.models.incidents import Act, Evidence, Incident, Incidents
from api.models.words import KeyQuery
from api.paging import Cursor, Limit
from api.parts import Connection, Needs, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import incidents
from api.store.incidents import After
from core.instant import from_datetime

router = APIRouter(prefix="/incidents", tags=["incidents"])

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
    """Acknowledge, respond, arrive, resolve, cancel, note or follow up.

    409 `illegal-transition` where the state does not allow it, `lost-race` where somebody was quicker; both
    carry the `state` and `version` that stand.
    """
    scope = caller.scope(Action.ACT_ON_INCIDENTS)
    async with parts.pool.connection() as conn:
        if await incidents.one(conn, scope, incident) is None:
            raise not_found()
    action = lifecycle.Action(
        wish.action, caller.session.account, outcome=wish.outcome, note=wish.note, seen_version=wish.version
    )
    await acting.act(parts.acting, incident, action, parts.clock.now())
    async with parts.pool.connection() as conn:
        row = await incidents.one(conn, scope, incident)
    if row is None:
        raise not_found()
    return showing.incident(row, showing.legal(row, scope))
