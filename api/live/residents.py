"""Which residents' live state changed since the last look, and by enough to be told."""

import time
from datetime import timedelta

from api.parts import Parts, Row
from api.store import residents

_SWEEP_S = 30.0  # states also change by the mere passing of time
_LATE_S = 10.0  # real seconds by which a message may come late and still be noticed at once
_ACTIVITY_S = 30  # seconds of the care's clock: fresh movement is told no more often

_Told = tuple[str, str, int, int, int, int]


def _print(row: Row) -> _Told:
    moved = row["last_activity_at"]
    step = 0 if moved is None else int(moved.timestamp()) // _ACTIVITY_S
    return (
        row["state"],
        row["last_room"],
        row["open_incidents"],
        row["devices_online"],
        row["devices_total"],
        step,
    )


class Watch:
    """Remembers what was last told of each resident."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told: dict[int, _Told] = {}
        self._looked_at = parts.now
        self._swept_at = 0.0

    async def begin(self) -> None:
        """Take the present as told: readers that come later fetch it themselves."""
        now = self._parts.now
        async with self._parts.pool.connection() as conn:
            rows = await residents.some(conn, None, now)
        self._told = {row["id"]: _print(row) for row in rows}
        self._looked_at, self._swept_at = now, time.monotonic()

    async def changed(self) -> list[Row]:
        """Residents to tell of now."""
        now = self._parts.now
        sweep = time.monotonic() - self._swept_at >= _SWEEP_S
        async with self._parts.pool.connection() as conn:
            ids = None if sweep else await residents.stirred(conn, self._looked_at - self._late(), now)
            rows = await residents.some(conn, ids, now) if ids is None or ids else []
        if sweep:
            self._swept_at = time.monotonic()
        self._looked_at = now
        news = [row for row in rows if self._told.get(row["id"]) != _print(row)]
        self._told |= {row["id"]: _print(row) for row in news}
        return news

    def _late(self) -> timedelta:
        a_second = self._parts.clock.sleep_s(1.0) or 1.0
        return timedelta(seconds=_LATE_S / a_second)
