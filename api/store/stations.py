"""Stations within a scope."""

from pathlib import Path

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def tree(conn: Connection, scope: Scope) -> list[Row]:
    """Every station in `scope`, parents before children."""
    return await (await conn.execute(_SQL["stations"], scope.params)).fetchall()


async def one(conn: Connection, scope: Scope, station: int) -> Row | None:
    """id, path, name, time_zone of the station, if it is in `scope`."""
    return await (await conn.execute(_SQL["one"], {**scope.params, "id": station})).fetchone()
