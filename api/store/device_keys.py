"""Whether a device is somebody's to set."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def within(conn: Connection, scope: Scope, device: int, now: datetime) -> bool:
    """Whether `device` hangs inside `scope`; one that hangs nowhere is for those who see everything."""
    params = {"paths": list(scope.paths), "whole": scope.whole, "device": device, "now": now}
    return await (await conn.execute(_SQL["within"], params)).fetchone() is not None
