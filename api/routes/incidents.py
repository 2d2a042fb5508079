"""/incidents: the queue, one incident in full, its evidence, and what is done about it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from alerts import lifecycle
from api import acting, evidence, paging, showing
from api.guard import Caller, Signed
from api.models.incidents import Act, Contact, Evidence, Incident, IncidentFull, Incidents, ResidentDetail
from api.models.words import KeyQuery
from api.paging import Cursor, Limit
from api.parts import Connection, Needs, Parts, Row
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


async def _detail(conn: Connection, parts: Parts, row: Row) -> ResidentDetail | None:
    if row["resident_id"] is None:
        return None
    person = await incidents.person(conn, row["resident_id"])
    if person is None:
        return None
    return ResidentDetail(
        age=showing.age(person["born"], parts.now),
        living=person["living"],
        ability_grade=person["ability_grade"],
        risks=person["risks"],
        phone=person["phone"],
    )


@router.get("/{incident}")
async def read(incident: UUID, caller: Signed, parts: Needs) -> IncidentFull:
    """Everything about one incident. Contacts, notes and how to get in are for station staff only."""
    see, act = caller.scope(Action.SEE_INCIDENTS), caller.may(Action.ACT_ON_INCIDENTS)
    async with parts.pool.connection() as conn:
        row = await _found(conn, caller, incident)
        resident, zone = row["resident_id"], row["time_zone"]
        staff = caller.may(Action.SEE_CONTACTS).covers(row["path"])
        contacts = await incidents.contacts(conn, resident) if staff and resident else []
        note = await incidents.access_note(conn, row["home_id"]) if staff and row["home_id"] else ""
        others = await incidents.recent(conn, see, incident, resident) if resident else []
        return IncidentFull(
            **dict(showing.incident(row, showing.legal(row, act))),
            events=[showing.event(one, zone, notes=staff) for one in await incidents.events(conn, incident)],
            findings=[showing.finding(one, zone) for one in await incidents.findings(conn, incident)],
            contacts=[Contact(**one) for one in contacts],
            resident_detail=await _detail(conn, parts, row),
            access_note=note,
            recent=[showing.incident(one, showing.legal(one, act)) for one in others],
        )


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
