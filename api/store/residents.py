"""Residents with their live state, within a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

from api.audit import trail
from api.parts import Connection, Row
from api.policy import EVERYTHING, Scope
from api.store.evidence import MOVEMENT, VITALS
from care import search
from core import queries
from core.kind import KINDS

_FILE = queries.load(Path(__file__).with_suffix(".sql"))
_SQL: Mapping[str, LiteralString] = {
    name: text.replace("{judged}", _FILE["judged"]) for name, text in _FILE.items() if name != "judged"
}

QUIET_S = 4 * 3600  # seconds without movement after which a home is called quiet
_ALARM_KINDS = [kind.name for kind in KINDS if kind.about in ("resident", "home") and kind.latched]
_OUTSIDE_NOTHING = Scope(paths=(EVERYTHING,))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which residents: all fields narrow it down, None does not."""

    q: str | None = None
    station: int | None = None
    state: str | None = None
    ids: Sequence[int] | None = None


def _like(text: str | None) -> str | None:
    if not text:
        return None
    return f"%{search.like(text)}"


async def page(
    conn: Connection, scope: Scope, wanted: Wanted, now: datetime, limit: int, after: int | None = None
) -> list[Row]:
    """At most `limit` residents with keys above `after`, by key."""
    params = _params(scope, wanted, now, limit, after)
    rows = await (await conn.execute(_SQL["residents"], params)).fetchall()
    trail.seen(row["id"] for row in rows)
    return rows


def _params(
    scope: Scope, wanted: Wanted, now: datetime, limit: int | None = None, after: int | None = None
) -> dict[str, Any]:
    return {
        **scope.params,
        "q": _like(wanted.q),
        "word": _like(search.prefix(wanted.q or "")),
        "station": wanted.station,
        "state": wanted.state,
        "ids": None if wanted.ids is None else list(wanted.ids),
        "now": now,
        "after": after,
        "limit": limit,
        "quiet_s": QUIET_S,
        "alarm_kinds": _ALARM_KINDS,
    }


async def counts(conn: Connection, scope: Scope, station: int | None, now: datetime) -> dict[str, int]:
    """How many residents are in each state; states that nobody is in are absent."""
    params = _params(scope, Wanted(station=station), now)
    rows = await (await conn.execute(_SQL["counts"], params)).fetchall()
    return {row["state"]: row["residents"] for row in rows}


async def places(conn: Connection, scope: Scope, station: int | None, now: datetime) -> list[Row]:
    """id, name, lat, lon, state of everybody whose home has a place."""
    params = _params(scope, Wanted(station=station), now)
    rows = await (await conn.execute(_SQL["places"], params)).fetchall()
    trail.seen(row["id"] for row in rows)
    return rows


async def one(conn: Connection, scope: Scope, resident: int, now: datetime) -> Row | None:
    """The resident, if in `scope`."""
    rows = await page(conn, scope, Wanted(ids=[resident]), now, 1)
    return rows[0] if rows else None


async def some(conn: Connection, ids: Sequence[int], now: datetime) -> list[Row]:
    """These residents whatever their scope: for a reader that looks at `path` and `id` itself."""
    return await page(conn, _OUTSIDE_NOTHING, Wanted(ids=ids), now, len(ids))


async def slice_of_all(conn: Connection, after: int, limit: int, now: datetime) -> list[Row]:
    """The next `limit` of everybody, for the same reader."""
    return await page(conn, _OUTSIDE_NOTHING, Wanted(), now, limit, after)


async def stirred(conn: Connection, since: datetime, now: datetime) -> list[int]:
    """Residents from whose homes something came since `since`."""
    rows = await (await conn.execute(_SQL["stirred"], {"since": since, "now": now})).fetchall()
    return [row["id"] for row in rows]


async def movement(
    conn: Connection, home: int, since: datetime, until: datetime, time_zone: str
) -> list[Row]:
    """day, slot (0 to 95), movements; slots without movement are absent."""
    params = {"home": home, "since": since, "until": until, "time_zone": time_zone, "metrics": MOVEMENT}
    return await (await conn.execute(_SQL["movement"], params)).fetchall()


async def vitals_now(conn: Connection, home: int, resident: int, now: datetime) -> list[Row]:
    """metric, value, time of the last day."""
    params = {
        "home": home,
        "resident": resident,
        "now": now,
        "since": now - timedelta(days=1),
        "metrics": VITALS,
    }
    return await (await conn.execute(_SQL["vitals_now"], params)).fetchall()


async def readings(
    conn: Connection, resident: int, metric: int, since: datetime, until: datetime, limit: int
) -> list[Row]:
    """time, value, oldest first; the latest `limit` of the span, of which there are none if it ends first."""
    if until <= since:
        return []
    params = {"resident": resident, "metric": metric, "since": since, "until": until, "limit": limit}
    return await (await conn.execute(_SQL["readings"], params)).fetchall()
