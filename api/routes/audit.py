"""/residents/{resident}/looks and /audit: who looked at whom."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from psycopg import Connection

from api import lease, pace, paging
from api.acting import in_thread
from api.audit import trail
from api.audit.verify import shown, tail
from api.guard import Signed
from api.models.audit import Anchor, Area, AuditEntries, AuditEntry, Chain, Look, Looks
from api.models.words import InstantQuery, KeyPath, KeyQuery, Line, Named
from api.paging import Cursor, Limit
from api.parts import Needs, Row
from api.policy import Action
from api.problems import not_found
from api.store import audit, residents
from api.store.audit import Sought
from core.instant import from_datetime
from core.sealed import opened_within

router = APIRouter(tags=["audit"])

_BACK_DAYS = 180
_MOST = 200
_AREAS: Sequence[tuple[str, Area]] = (
    ("/care/", "care"), ("/incidents", "incident"), ("/offers", "incident"), ("/photos", "photo"),
    ("/conversations", "message"), ("/messages", "message"), ("/live", "live"), ("/looks", "audit"),
    ("/audit", "audit"), ("/today", "day"), ("/readings", "day"), ("/residents/{resident}", "person"),
    ("/residents", "list"), ("/devices", "list"), ("/map", "list"), ("/emergencies", "emergency"),
)  # fmt: skip


def area(what: str) -> Area:
    """What part of somebody's data a route shows, in a word that a page has a name for."""
    return next((word for part, word in _AREAS if part in what), "other")


@router.get("/residents/{resident}/looks")
async def looks(
    resident: KeyPath,
    caller: Signed,
    parts: Needs,
    before: InstantQuery = None,
    days: Annotated[int, Query(ge=1, le=_BACK_DAYS)] = _BACK_DAYS,
) -> Looks:
    """Who looked at this resident within the last `days`: a line for each person and day, the latest first.

    For the family, while the resident consents, and for the administrators of the station.
    """
    scope = caller.scope(Action.SEE_LOOKS)
    async with parts.pool.connection() as conn:
        row = await residents.one(conn, scope, resident, parts.now)
        if row is None:
            raise not_found()
        since = parts.wall_now - timedelta(days=days)
        rows = await audit.of_resident(conn, resident, since, before, row["time_zone"], _MOST)
    return Looks(items=[_look(one, caller.session.account) for one in rows])


def _look(row: Row, account: int) -> Look:
    return Look(
        at=row["at"],
        by=Named(id=row["account_id"], name=row["name"]),
        roles=row["roles"],
        machine=row["machine"],
        family=row["family"],
        you=row["account_id"] == account,
        times=row["times"],
        areas=sorted({area(what) for what in row["what"]}),
        changed=any(not what.startswith(("GET ", "WS ")) for what in row["what"]),
        why=row["why"],
    )


@router.get("/audit")
async def search(
    caller: Signed,
    parts: Needs,
    account: KeyQuery = None,
    resident: KeyQuery = None,
    what: Annotated[Line | None, Query(max_length=60, description="part of method and route")] = None,
    refused: Annotated[bool | None, Query()] = None,
    since: Annotated[InstantQuery, Query(alias="from")] = None,
    until: Annotated[InstantQuery, Query(alias="to")] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> AuditEntries:
    """Looks and changes about residents, and by people, of the caller's stations; the latest first."""
    scope = caller.scope(Action.SEE_AUDIT)
    key = paging.decode(cursor, [int, int])
    after = (paging.moment(key[0]), key[1]) if key else None
    sought = Sought(account, resident, what, refused, since, until)
    async with parts.pool.connection() as conn:
        rows = await audit.search(conn, scope, sought, limit + 1, after)
    kept, following = paging.page(rows, limit, lambda row: [from_datetime(row["at"]), row["id"]])
    trail.seen(one["id"] for row in kept for one in row["names"])
    return AuditEntries(items=[_entry(row) for row in kept], next=following)


@router.get("/audit/chain", dependencies=[Depends(pace.limited("audit-chain", per_minute=6))])
async def chain(caller: Signed, parts: Needs) -> Chain:
    """Whether the audit is what was written: looks at the links since the latest anchor (5,000)."""
    caller.scope(Action.SEE_AUDIT)
    with lease.borrowed(lease.SEALER):
        return await in_thread(parts, _verified)


def _verified(conn: Connection[Any]) -> Chain:
    state = tail(conn)
    anchor = None
    if state.anchor is not None:
        day, n, head = state.anchor
        anchor = Anchor(day=day, n=n, hash=head.hex())
    return Chain(
        links=state.verdict.n,
        sealed_at=state.sealed_at,
        checked=state.verdict.links,
        whole=state.whole,
        faults=shown(state.verdict.faults),
        anchor=anchor,
    )


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=row["at"],
        by=Named(id=row["account_id"], name=row["name"]),
        what=row["what"],
        area=area(row["what"]),
        actions=row["actions"],
        residents=row["about"],
        names=[Named(**opened_within(one)) for one in row["names"]],
        within=row["within"],
        incident_id=None if row["incident_id"] is None else str(row["incident_id"]),
        why=row["why"],
        address=row["address"],
        outcome=row["outcome"],
    )
