"""Accounts as rows, for who administers them."""

from datetime import datetime
from pathlib import Path
from typing import Any

from api.parts import Connection, Row
from api.policy import Scope
from core import queries
from core.sealed import opened_within

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def listed(
    conn: Connection,
    scope: Scope,
    limit: int,
    *,
    key: int | None = None,
    station: int | None = None,
    q: str | None = None,
    after: int = 0,
) -> list[Row]:
    """Accounts with a role inside `scope`, by key; with `key` only that one."""
    params = {
        "paths": list(scope.paths), "whole": scope.whole, "limit": limit, "id": key, "station": station,
        "q": q, "after": after,
    }  # fmt: skip
    rows = await (await conn.execute(_SQL["people"], params)).fetchall()
    return [row | {"grants": opened_within(row["grants"])} for row in rows]


async def lock(conn: Connection) -> None:
    """Be the only one who changes accounts, until the end of the transaction."""
    await conn.execute(_SQL["lock_people"])


async def has_grant(
    conn: Connection, account: int, role: str, station_id: int | None, resident_id: int | None
) -> bool:
    """Whether `account` has this role there already."""
    params = {"account_id": account, "role": role, "station_id": station_id, "resident_id": resident_id}
    return await (await conn.execute(_SQL["has_grant"], params)).fetchone() is not None


async def withdraw(conn: Connection, account: int, grant: int, now: datetime) -> bool:
    """Withdraw a role; False when `account` does not have it."""
    params = {"account_id": account, "id": grant, "now": now}
    return await (await conn.execute(_SQL["withdraw"], params)).fetchone() is not None


async def put_disabled(conn: Connection, account: int, at: datetime | None) -> None:
    """Disable an account, or (None) let it in again."""
    await conn.execute(_SQL["put_disabled"], {"id": account, "at": at})


async def administrators_of_everything(conn: Connection) -> int:
    """How many there are."""
    row = await (await conn.execute(_SQL["administrators_of_everything"])).fetchone()
    assert row is not None
    return int(row["n"])


async def add_link(
    conn: Connection,
    code_hash: bytes,
    account: int,
    now: datetime,
    expires_at: datetime,
    made_by: int | None,
    *,
    second_factor: bool,
) -> None:
    """Keep a link that resets `account`; older ones work no more."""
    params: dict[str, Any] = {
        "code_hash": code_hash, "account_id": account, "second_factor": second_factor, "made_by": made_by,
        "now": now, "expires_at": expires_at,
    }  # fmt: skip
    await conn.execute(_SQL["end_links"], params)
    await conn.execute(_SQL["add_link"], params)


async def look_at_link(conn: Connection, code_hash: bytes, now: datetime) -> Row | None:
    """What a link does, while it works."""
    params = {"code_hash": code_hash, "now": now}
    return await (await conn.execute(_SQL["look_at_link"], params)).fetchone()


async def take_link(conn: Connection, code_hash: bytes, now: datetime) -> bool:
    """Use a link up; False when it does not work, or somebody was first."""
    params = {"code_hash": code_hash, "now": now}
    return await (await conn.execute(_SQL["take_link"], params)).fetchone() is not None


async def account_of_login(conn: Connection, login: str) -> int | None:
    """Key of the enabled account with this login (folded)."""
    row = await (await conn.execute(_SQL["account_of_login"], {"login": login})).fetchone()
    return row["id"] if row else None
