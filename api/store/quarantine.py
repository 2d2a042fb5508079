"""Quarantined messages within a scope."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))

PREVIEW = 200  # bytes


async def page(
    conn: Connection,
    scope: Scope,
    limit: int,
    reason: str | None = None,
    after: tuple[datetime, int] | None = None,
) -> list[Row]:
    """At most `limit` messages behind (last_at, id), the latest first."""
    params = {
        "paths": list(scope.paths),
        "reason": reason,
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
        "preview": PREVIEW,
    }
    return await (await conn.execute(_SQL["page"], params)).fetchall()


async def counts(conn: Connection, scope: Scope) -> list[Row]:
    """reason, times; the most frequent first."""
    return await (await conn.execute(_SQL["counts"], {"paths": list(scope.paths)})).fetchall()
