"""How the whole is, for the page of status: the doctor's answer, asked at most every ten seconds."""

import asyncio
import time

from anyio.to_thread import run_sync

from api.doctor.checks import examine
from api.doctor.facts import Level, Remark
from api.doctor.looking import look
from core.clock import Clock
from core.settings import Settings

_KEPT_S = 10.0
# Without these nobody is watched over; the rest is for the morning.
_ESSENTIAL = frozenset({"database", "broker", "parts"})


class Condition:
    """Keeps the last answer: however many ask, the house is looked at once."""

    def __init__(self, settings: Settings, wall: Clock) -> None:
        """Nothing is looked at yet."""
        self._settings, self._wall = settings, wall
        self._lock = asyncio.Lock()
        self._remarks: list[Remark] = []
        self._looked_at = -_KEPT_S

    async def remarks(self) -> list[Remark]:
        """What the doctor says."""
        async with self._lock:
            if time.monotonic() - self._looked_at >= _KEPT_S:
                self._remarks = await run_sync(lambda: examine(look(self._settings, self._wall)))
                self._looked_at = time.monotonic()
            return self._remarks


def works(remarks: list[Remark]) -> bool:
    """Whether people are watched over just now."""
    return not [one for one in remarks if one.check in _ESSENTIAL and one.level is Level.BROKEN]
