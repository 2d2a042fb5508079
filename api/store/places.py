"""Places in the tree, and the people who work there."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def place(
    conn: Connection, scope: Scope, kind: Literal["station", "home", "device"], key: int, now: datetime
) -> Row | None:
    """station_id, path, name of something in `scope`; None outside."""
    return await (await conn.execute(_SQL[kind], {**scope.params, "id": key, "now": now})).fetchone()


async def people(conn: Connection, station: int) -> list[Row]:
    """id, name, phone, roles of who may be put on duty in a station in scope."""
    return await (await conn.execute(_SQL["people"], {"station": station})).fetchall()


async def names(conn: Connection, accounts: Iterable[int]) -> dict[int, Row]:
    """id, name, phone by account."""
    rows = await (await conn.execute(_SQL["names"], {"accounts": sorted(set(accounts))})).fetchall()
    return {row["id"]: row for row in rows}
