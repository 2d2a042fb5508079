"""Subscriptions of machines as rows."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection, Row
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def add(
    conn: Connection,
    *,
    account: int,
    path: str,
    resource: str,
    resident: int | None,
    endpoint: str,
    ends_at: datetime | None,
    now: datetime,
    most: int,
) -> Row | None:
    """A new one; None when the token has `most` already."""
    params = {
        "account": account, "path": path, "resource": resource, "resident": resident, "endpoint": endpoint,
        "ends_at": ends_at, "now": now, "most": most,
    }  # fmt: skip
    return await (await conn.execute(_SQL["add"], params)).fetchone()


async def listed(conn: Connection, account: int, key: int | None = None) -> list[Row]:
    """Those of `account`, or only `key`."""
    return await (await conn.execute(_SQL["subscriptions"], {"account": account, "id": key})).fetchall()


async def remove(conn: Connection, account: int, key: int) -> bool:
    """Whether there was one to take back."""
    return await (await conn.execute(_SQL["remove"], {"account": account, "id": key})).fetchone() is not None
