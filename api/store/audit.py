"""The audit as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One look or change; the fields are the columns of `audit_entry`."""

    at: datetime
    account: int
    what: str
    actions: Sequence[str]
    residents: Sequence[int]
    within: Sequence[str]
    incident: UUID | None
    why: str
    address: str
    outcome: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries: each field narrows it down, None does not."""

    account: int | None = None
    resident: int | None = None
    what: str | None = None
    refused: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


async def add(conn: Connection, entry: Entry) -> None:
    """Keep an entry."""
    params = {name: getattr(entry, name) for name in Entry.__slots__}
    await conn.execute(SQL["add"], params)


async def of_resident(
    conn: Connection, resident: int, since: datetime, before: datetime | None, time_zone: str, limit: int
) -> list[Row]:
    """Who looked at `resident`, a row for each person and day, the latest first."""
    params = {"resident": resident, "since": since, "before": before, "time_zone": time_zone, "limit": limit}
    return await (await conn.execute(SQL["of_resident"], params)).fetchall()


async def search(
    conn: Connection, scope: Scope, sought: Sought, limit: int, after: tuple[datetime, int] | None
) -> list[Row]:
    """At most `limit` entries behind `after`, the latest first."""
    params: dict[str, Any] = {name: getattr(sought, name) for name in Sought.__slots__}
    params |= {
        "what": None if sought.what is None else f"%{sought.what}%",
        "paths": list(scope.paths),
        "whole": scope.whole,
        "limit": limit,
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
    }
    return await (await conn.execute(SQL["search"], params)).fetchall()


async def waiting(conn: Connection, limit: int) -> list[Row]:
    """Entries without a link; [] also when another process links them."""
    row = await (await conn.execute(SQL["lock"])).fetchone()
    if not (row and row["mine"]):
        return []
    return await (await conn.execute(SQL["waiting"], {"limit": limit})).fetchall()


async def head(conn: Connection) -> tuple[int, bytes]:
    """Number and hash of the last link; (0, nothing) before the first."""
    row = await (await conn.execute(SQL["head"])).fetchone()
    row = row or await (await conn.execute(SQL["retired_head"])).fetchone()
    return (row["n"], bytes(row["hash"])) if row else (0, b"")


async def link(conn: Connection, links: Sequence[tuple[Any, ...]]) -> None:
    """Keep links: (n, sealed_at, entry_id, entry_at, digest, hash) each; their entries wait no longer."""
    names = ("n", "sealed_at", "entry_id", "entry_at", "digest", "hash")
    await conn.execute(SQL["link"], dict(zip(names, map(list, zip(*links, strict=True)), strict=True)))
    await conn.execute(SQL["sealed"], {"ids": [one[2] for one in links]})


async def anchor(conn: Connection, day: date, n: int, head_hash: bytes, at: datetime) -> bool:
    """Keep the line of `day`; False when it has one."""
    params = {"day": day, "n": n, "hash": head_hash, "at": at}
    return await (await conn.execute(SQL["anchor"], params)).fetchone() is not None


async def give_way(conn: Connection) -> None:
    """For the rest of the transaction: psycopg.errors.LockNotAvailable instead of a long wait for a table."""
    await conn.execute(SQL["give_way"])


async def make_room(conn: Connection, now: datetime) -> None:
    """Partitions for this month and the next."""
    await conn.execute(SQL["make_room"], {"now": now})


async def retire(conn: Connection, now: datetime, months: int) -> list[str]:
    """Take away whole months that ended `months` ago; the names of what went."""
    rows = await (await conn.execute(SQL["retire"], {"now": now, "months": months})).fetchall()
    return [row["gone"] for row in rows]
