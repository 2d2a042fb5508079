"""Profiles, places and visits as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from psycopg.types.json import Jsonb

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def monitoring(conn: Connection, resident: int) -> Row:
    """What is set for a resident in scope."""
    row = await (await conn.execute(_SQL["monitoring"], {"resident": resident})).fetchone()
    assert row is not None
    return row


async def put_monitoring(conn: Connection, resident: int, profile: Mapping[str, Any]) -> None:
    """Set it; within a transaction of the caller's, who notes it."""
    params = {"resident": resident, **profile}
    await conn.execute(_SQL["lock"], params)
    await conn.execute(_SQL["put_monitoring"], params)
    await conn.execute(_SQL["put_vitals"], params)


async def places(conn: Connection, resident: int) -> list[Row]:
    """name, lats, lons, radius_m, from_minute, until_minute of each place."""
    return await (await conn.execute(_SQL["places"], {"resident": resident})).fetchall()


async def put_places(conn: Connection, resident: int, places: Sequence[Mapping[str, Any]]) -> None:
    """These and no others; within a transaction of the caller's, who notes it."""
    await conn.execute(_SQL["lock"], {"resident": resident})
    await conn.execute(_SQL["drop_places"], {"resident": resident})
    for place in places:
        await conn.execute(_SQL["add_place"], {"resident": resident, **place})


async def note(
    conn: Connection,
    resident: int,
    what: Literal["monitoring", "places"],
    body: object,
    by: int,
    now: datetime,
) -> None:
    """Keep who changed what, and wake who keeps a copy."""
    params = {"resident": resident, "what": what, "body": Jsonb(body), "by": by, "now": now}
    await conn.execute(_SQL["note"], params)
    await conn.execute(_SQL["ring"])


async def worth_a_visit(
    conn: Connection, scope: Scope, station: int | None, now: datetime, limit: int
) -> list[Row]:
    """Most worth first."""
    params = {**scope.params, "station": station, "now": now, "limit": limit}
    return await (await conn.execute(_SQL["worth_a_visit"], params)).fetchall()
