"""Offers as rows."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from api.parts import Connection, Row
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def of_incident(conn: Connection, incident: UUID) -> list[Row]:
    """Who was asked to go to an incident in scope."""
    return await (await conn.execute(_SQL["of_incident"], {"incident": incident})).fetchall()


async def mine(conn: Connection, account: int, since: datetime) -> list[Row]:
    """What `account` was asked and has not answered, or was asked since `since`."""
    return await (await conn.execute(_SQL["mine"], {"account": account, "since": since})).fetchall()


async def one(conn: Connection, account: int, offer: int) -> Row | None:
    """An offer made to `account`; None when it was made to somebody else."""
    return await (await conn.execute(_SQL["one"], {"account": account, "id": offer})).fetchone()
