"""The way of an alarm from a device's message to a screen, as rows."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from api.parts import Connection, Row
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))
_MOST = 200


async def alarms(conn: Connection, since: datetime, until: datetime) -> list[Row]:
    """Findings that opened an incident, by when they were ruled on."""
    asked = {"since": since, "until": until, "limit": _MOST}
    return await (await conn.execute(_SQL["alarms"], asked)).fetchall()


async def messages(conn: Connection, incidents: Sequence[UUID], until: datetime) -> list[Row]:
    """What people were told of them."""
    asked = {"incidents": list(incidents), "until": until}
    return await (await conn.execute(_SQL["messages"], asked)).fetchall()


async def tries(conn: Connection, messages: Sequence[int]) -> list[Row]:
    """How each message was sent."""
    return await (await conn.execute(_SQL["tries"], {"messages": list(messages)})).fetchall()
