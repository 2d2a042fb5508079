"""A past that arrives afterwards teaches too: readings handed in from before a home was watched.

A hub that stored weeks, or an older system whose records are taken over, tells of days that have long been
over. They are gathered until nothing more comes, and then become days as if they had been lived here: but
only in homes of which little is known, so that nothing is learned twice.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.activity import DOOR_NEAR, OUTER_DOOR
from analytics.routine import CLASSES, HOURS, SITUATION, Routine, RoutineDay, encode
from analytics.rows import Rows
from analytics.silence import place_class
from core.instant import DAY, HOUR, MINUTE, SECOND

WAIT = 2 * MINUTE  # after the last of it
MOST = 60_000  # signs that are gathered of one home; what is beyond is forgotten
LITTLE_KNOWN = 3  # days known of a home that a past may still teach


class History:
    """Signs of activity of days that are over, by home (row): empty but while a past is being told."""

    def __init__(self) -> None:
        self._told: dict[int, list[tuple[int, int]]] = {}
        self._until: dict[int, int] = {}  # when it is thought to be complete

    def gather(
        self,
        signs: NDArray[np.void],
        rows: NDArray[np.int32],
        routine: Routine,
        offset: NDArray[np.int64],
        now: int,
    ) -> None:
        """Keep signs (of activity.SIGN, shape (n,), in the homes `rows`) of days that are over, where little
        is known; `offset` is local time minus UTC of every home."""
        past = (signs["time"] + offset[rows]) // DAY < routine.day[rows]
        past &= routine.known[rows] < LITTLE_KNOWN
        for row in np.unique(rows[past]).tolist():
            told = signs[past & (rows == row)]
            kept = self._told.setdefault(row, [])
            kept += zip(told["time"].tolist(), told["place"].tolist(), strict=True)
            del kept[MOST:]
            self._until[row] = now + WAIT

    def teach(self, routine: Routine, homes: Rows, offset: NDArray[np.int64], now: int) -> list[RoutineDay]:
        """Pasts of which no more has come for a while become days of the routine; returns those days."""
        taught = []
        for row in [row for row, until in self._until.items() if until <= now]:
            del self._until[row]
            signs = sorted(set(self._told.pop(row)))
            for day in days_of(int(homes.keys[row]), signs, int(offset[row]), int(routine.day[row])):
                routine.teach(row, encode(np.array(day.longest_s[:CLASSES], np.float64)), day.hours)
                taught.append(day)
        return taught

    def forget(self) -> None:
        """Rows have been numbered anew: what was not complete is lost."""
        self._told.clear()
        self._until.clear()


def days_of(home: int, signs: Sequence[tuple[int, int]], offset: int, today: int) -> list[RoutineDay]:
    """What the days before `today` (local day number) were like, from (instant, place) in order of time;
    `offset` is local time minus UTC. The first and the last day may be cut off and teach nothing."""
    times = np.array([time for time, _ in signs], np.int64)
    places = np.array([place for _, place in signs], np.uint8)
    local_days = (times + offset) // DAY
    longest = _longest(times, places, offset)
    told = []
    for day in np.unique(local_days)[1:].tolist():
        if day >= min(today, int(local_days[-1])):
            break
        of_day = local_days == day
        hours = np.bitwise_or.reduce(
            np.uint32(1) << ((times[of_day] + offset) // HOUR % HOURS).astype(np.uint32)
        )
        doors = times[(places == OUTER_DOOR) & (local_days <= day)]
        told.append(
            RoutineDay(
                home, day, [*longest.get(day, np.zeros(CLASSES, int)).tolist(), *[0] * SITUATION], int(hours),
                int(times[of_day][-1]), int(doors[-1]) if len(doors) else 0,
            )
        )  # fmt: skip
    return told


def _longest(
    times: NDArray[np.int64], places: NDArray[np.uint8], offset: int
) -> dict[int, NDArray[np.int64]]:
    """Local day on which they ended -> the longest silence of each class, seconds. Shapes (n,)."""
    silent_s = np.diff(times) / SECOND
    door = np.maximum.accumulate(np.where(places == OUTER_DOOR, times, 0))
    begun_h = (times + offset) % DAY / HOUR
    away = (door > 0) & (times - door <= DOOR_NEAR)
    hour_class = begun_h.astype(np.int64) + HOURS * away
    room_class = place_class(places, begun_h)
    longest: dict[int, NDArray[np.int64]] = {}
    ends = (times[1:] + offset) // DAY
    for index in np.flatnonzero((silent_s >= 60) & (silent_s < DAY / SECOND)).tolist():
        row = longest.setdefault(int(ends[index]), np.zeros(CLASSES, np.int64))
        for kind in (int(hour_class[index]), int(room_class[index])):
            row[kind] = max(row[kind], int(silent_s[index]))
    return longest
