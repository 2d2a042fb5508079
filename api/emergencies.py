"""Breaking the glass: opened and announced in one transaction, or not at all."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import actions
from api import lease
from api.acting import in_thread
from api.audit import trail
from api.guard import Caller
from api.models.audit import BreakGlass
from api.parts import Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import emergencies as store
from care import search
from care.store.sealing import hidden

KIND = "break_glass"
LASTS = timedelta(hours=1)
_WITHIN = timedelta(hours=1)
_MOST = 5  # within the hour: who needs more is looking, not helping
_GUESSES = 10  # within the hour, of people whom there is not
_TOGETHER = 4  # in one home; an address where more live is an institution, or a list


async def break_glass(parts: Parts, caller: Caller, wish: BreakGlass) -> list[int]:
    """Open the residents meant to `caller`; the keys of what was opened.

    Problem 404 when there is nobody such, 409 "in-scope" when they are the caller's anyway,
    409 "several-homes" when it may be one of many, 429 too often.
    """
    caller.scope(Action.BREAK_GLASS)
    account, reason = caller.session.account, wish.reason
    trail.why(reason)
    with lease.borrowed(lease.HOUSE):
        async with parts.pool.connection() as conn:
            if await store.misses(conn, account, parts.wall_now - _WITHIN) >= _GUESSES:
                raise _later()
            found = await store.whom(conn, _known(wish), parts.now, _TOGETHER + 1)
    if not found:
        raise not_found()
    if len(found) > _TOGETHER:
        raise Problem(
            409, "several-homes", "more people live there than one household: give a name and a number"
        )
    seen = caller.may(Action.SEE_CONTACTS)
    outside = [row for row in found if not seen.covers(row["path"], (row["resident_id"],))]
    if not outside:
        raise Problem(409, "in-scope", "this is somebody you see anyway")
    with lease.borrowed(lease.HOUSE):
        return await in_thread(parts, _open_all, outside, reason, account, parts)


def _known(wish: BreakGlass) -> store.Known:
    return store.Known(
        resident=wish.resident_id,
        home=wish.home,
        address=wish.address,
        name=None if wish.name is None else search.prefix(wish.name),
        numbers=hidden(search.call_keys(wish.phone or "")),
    )


def _later() -> Problem:
    return Problem(429, headers={"Retry-After": "600"}, retry_after_s=600)


def _open_all(conn: Connection[Any], rows: list[Row], reason: str, account: int, parts: Parts) -> list[int]:
    """All or none: of many requests at once each counts those before it."""
    if store.times_since(conn, account, parts.wall_now - _WITHIN) >= _MOST:
        raise _later()
    return [_open(conn, row, reason, account, parts) for row in rows]


def _open(conn: Connection[Any], row: Row, reason: str, account: int, parts: Parts) -> int:
    now = parts.wall_now
    announced: UUID = actions.report(
        conn,
        kind=KIND,
        station=row["station_id"],
        actor=account,
        note=reason,
        now=parts.clock.now(),
        reason_key="break_glass.opened",
        priority="medium",
    ).id
    return store.open_access(
        conn,
        account=account,
        resident=row["resident_id"],
        station=row["station_id"],
        reason=reason,
        now=now,
        expires_at=now + LASTS,
        incident=announced,
    )
