"""Access outside one's own stations, as rows."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection as PlainConnection
from psycopg.rows import dict_row

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the one meant: one of these; `name` is a search key and comes with `numbers`, too."""

    resident: int | None = None
    home: str | None = None
    address: str | None = None
    name: str | None = None
    numbers: list[str] = field(default_factory=list)


async def whom(conn: Connection, known: Known, now: datetime, limit: int) -> list[Row]:
    """The residents meant: resident_id, name, station_id, path."""
    params = {name: getattr(known, name) for name in Known.__slots__} | {"now": now, "limit": limit}
    return await (await conn.execute(_SQL["whom"], params)).fetchall()


async def misses(conn: Connection, account: int, since: datetime) -> int:
    """How often `account` asked for somebody whom there is not."""
    row = await (await conn.execute(_SQL["misses"], {"account": account, "since": since})).fetchone()
    return int(row["times"]) if row else 0


def times_since(conn: PlainConnection[Any], account: int, since: datetime) -> int:
    """How often `account` did it since; nobody else opens for them before the end of the transaction."""
    conn.execute(_SQL["alone"], {"account": account})
    row = conn.execute(_SQL["lately"], {"account": account, "since": since}).fetchone()
    return int(row[0]) if row else 0


def open_access(conn: PlainConnection[Any], **known: Any) -> int:
    """Open it, in the transaction that announces it; its key."""
    row = conn.cursor(row_factory=dict_row).execute(_SQL["open"], known).fetchone()
    assert row is not None
    return int(row["id"])


async def end(conn: Connection, key: int, account: int, now: datetime) -> bool:
    """Give it back; False when there is none of theirs that is open."""
    params = {"id": key, "account": account, "now": now}
    return await (await conn.execute(_SQL["end"], params)).fetchone() is not None


async def listed(
    conn: Connection,
    scope: Scope,
    account: int,
    limit: int,
    *,
    key: int | None = None,
    unreviewed: bool | None = None,
) -> list[Row]:
    """Those in `scope` and of `account`, the latest first."""
    params = {"paths": list(scope.paths), "account": account, "open": unreviewed, "id": key, "limit": limit}
    return await (await conn.execute(_SQL["listed"], params)).fetchall()


async def review(
    conn: Connection, scope: Scope, key: int, account: int, verdict: str, note: str, now: datetime
) -> bool:
    """Keep what was decided; False when there is nothing to decide, or it is one's own."""
    params = {
        "paths": list(scope.paths),
        "id": key,
        "account": account,
        "verdict": verdict,
        "note": note,
        "now": now,
    }
    return await (await conn.execute(_SQL["review"], params)).fetchone() is not None
