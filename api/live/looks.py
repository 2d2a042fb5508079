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


class Leaving:
    """Notes what sockets were sent that have left. When a line breaks hundreds leave at once: one of them
    notes it for all that wait, so that they do not ask for a connection each and find none."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._waiting: list[Reader] = []
        self._writing = False

    async def note(self, reader: Reader) -> None:
        """Returns once it is written, or whoever is writing will take it along."""
        self._waiting.append(reader)
        if self._writing:
            return
        self._writing = True
        try:
            while self._waiting:
                readers, self._waiting = self._waiting, []
                await note(self._parts, readers)
        finally:
            self._writing = False
