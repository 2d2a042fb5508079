"""Which residents' live state changed since the last look, and by enough to be told."""

import time
from datetime import timedelta

from api.parts import Parts, Row
from api.store import residents

_SWEEP_S = 30.0  # states also change by the mere passing of time
_SLICE = 2000  # residents looked at in one go: some 50 ms of the database's time
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
        self._swept_to: int | None = None  # the key up to which this sweep has come; None: none is under way

    async def begin(self) -> None:
        """Take the present as told: readers that come later fetch it themselves."""
        now, after = self._parts.now, 0
        told: dict[int, _Told] = {}
        while rows := await self._slice(after):
            told |= {row["id"]: _print(row) for row in rows}
            after = rows[-1]["id"]
        self._told = told
        self._looked_at, self._swept_at = now, time.monotonic()

    async def changed(self) -> list[Row]:
        """Residents to tell of now."""
        now = self._parts.now
        async with self._parts.pool.connection() as conn:
            ids = await residents.stirred(conn, self._looked_at - self._late(), now)
            rows = await residents.some(conn, ids, now) if ids else []
        self._looked_at = now
        rows += await self._sweep()
        news = {row["id"]: row for row in rows if self._told.get(row["id"]) != _print(row)}
        self._told |= {key: _print(row) for key, row in news.items()}
        return list(news.values())

    async def _sweep(self) -> list[Row]:
        """The next slice of everybody, once every `_SWEEP_S`: a city at once would hold up the feed."""
        if self._swept_to is None:
            if time.monotonic() - self._swept_at < _SWEEP_S:
                return []
            self._swept_to, self._swept_at = 0, time.monotonic()
        rows = await self._slice(self._swept_to)
        self._swept_to = rows[-1]["id"] if len(rows) == _SLICE else None
        return rows

    async def _slice(self, after: int) -> list[Row]:
        async with self._parts.pool.connection() as conn:
            return await residents.slice_of_all(conn, after, _SLICE, self._parts.now)

    def _late(self) -> timedelta:
        a_second = self._parts.clock.sleep_s(1.0) or 1.0
        return timedelta(seconds=_LATE_S / a_second)
