"""The audit of the live feed: whose data the sockets were sent."""

from collections.abc import Sequence

from api.live.reader import Reader
from api.parts import Parts
from api.store import audit

EVERY_S = 60.0


async def note(parts: Parts, readers: Sequence[Reader]) -> None:
    """An entry a socket and minute, if it was sent anything; somebody counts once an hour in it."""
    now = parts.wall_now
    entries = [entry for reader in readers if (entry := reader.looked(now)) is not None]
    if entries:
        async with parts.pool.connection() as conn:
            for entry in entries:
                await audit.add(conn, entry)
