"""Devices as they are installed now."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def page(
    conn: Connection,
    scope: Scope,
    now: datetime,
    limit: int,
    after: int | None = None,
    station: int | None = None,
    home: int | None = None,
    online: bool | None = None,
) -> list[Row]:
    """At most `limit` devices with keys above `after`, by key."""
    params = {
        "paths": list(scope.paths),
        "now": now,
        "limit": limit,
        "after": after,
        "station": station,
        "home": home,
        "online": online,
    }
    return await (await conn.execute(_SQL["devices"], params)).fetchall()


async def of_resident(conn: Connection, resident: int, now: datetime) -> list[Row]:
    """Devices of a resident; whoever asks has looked at the scope before."""
    return await (await conn.execute(_SQL["of_resident"], {"resident": resident, "now": now})).fetchall()
