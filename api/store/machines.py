"""Tokens of machines as rows."""

from datetime import datetime
from pathlib import Path
from typing import Any

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def find(conn: Connection, token_hash: bytes, wall_now: datetime) -> Row | None:
    """The token that holds just now, with whom it acts as and its place in the tree."""
    params = {"token_hash": token_hash, "wall_now": wall_now}
    return await (await conn.execute(_SQL["find_token"], params, prepare=True)).fetchone()


async def used(conn: Connection, key: int, wall_now: datetime) -> None:
    """Note that it was used."""
    await conn.execute(_SQL["used_token"], {"id": key, "wall_now": wall_now})


async def add(conn: Connection, about: dict[str, Any]) -> int:
    """Keep a new token and the account it acts as: its key."""
    made = await (await conn.execute(_SQL["add_machine"], about)).fetchone()
    assert made is not None
    row = await (await conn.execute(_SQL["add_token"], about | {"account_id": made["id"]})).fetchone()
    assert row is not None
    return int(row["id"])


async def listed(conn: Connection, scope: Scope, now: datetime, key: int | None = None) -> list[Row]:
    """Those inside `scope`, or only `key`."""
    params = {"paths": list(scope.paths), "whole": scope.whole, "now": now, "id": key}
    return await (await conn.execute(_SQL["tokens"], params)).fetchall()


async def revoke(conn: Connection, key: int, now: datetime) -> bool:
    """Let it open nothing any more; False when it did not."""
    return await (await conn.execute(_SQL["revoke_token"], {"id": key, "now": now})).fetchone() is not None
