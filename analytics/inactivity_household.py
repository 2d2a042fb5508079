"""What was set for each home: the tolerated rate, the holiday, the guests."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics import silence
from analytics.activity import DOOR_NEAR
from analytics.rows import UNKNOWN, Rows
from core.directory import Directory
from core.instant import DAY, HOUR, SECOND
from core.profile import ORDINARY

RETURNED_AWAY, RETURNED = 6 * HOUR, 18 * HOUR  # who moves after such a silence is back from the holiday
EARLIEST = round(silence.SHORTEST_S) * SECOND
PACKED, STAYS_HOURS = 6 * HOUR, 3  # who moves in three hours of a day, six hours after it began, has not left


class Households:
    """What hardly any home has is kept by row, the rest as columns, shape (homes,): 4 bytes a home.

    Attributes:
        threshold: on the score of silences.
    """

    def __init__(self) -> None:
        self.threshold = np.zeros(0, np.float32)
        self._holidays: dict[int, tuple[int, int]] = {}  # row -> from, until
        self._guests: dict[int, int] = {}  # row -> until
        self._over: dict[int, int] = {}  # homes (keys) back from a holiday: when it had begun
        self._stirred: dict[
            int, set[int]
        ] = {}  # homes (keys) on holiday -> hours of late in which somebody moved
        self._returned: list[tuple[int, int]] = []

    def know(self, directory: Directory, homes: Rows, threshold: Callable[[float], float]) -> None:
        """Take over what was set; `threshold` gives the score to call at for a rate of false alarms a day."""
        self.threshold = np.full(len(homes), threshold(ORDINARY.tolerated_a_day), np.float32)
        self._holidays, self._guests = {}, {}
        was_set = directory.profiles.keys()
        for home, people in directory.residents.items():
            row = homes.one(home)
            if row == UNKNOWN or was_set.isdisjoint(people):
                continue
            profile = directory.household(home)
            self.threshold[row] = threshold(profile.tolerated_a_day)
            if profile.visitors_until:
                self._guests[row] = profile.visitors_until
            if profile.holiday_until and self._over.get(home) != profile.holiday_from:
                self._holidays[row] = profile.holiday_from, profile.holiday_until

    def on_holiday(self, rows: NDArray[np.intp], now: int) -> NDArray[np.bool_]:
        """Homes of `rows` that are away as they said, shape (n,)."""
        away = [row for row, (since, until) in self._holidays.items() if since <= now < until]
        return np.isin(rows, away)

    def gone(
        self, rows: NDArray[np.intp], now: int, last: NDArray[np.int64], door: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Whose holiday lasts, or has been over for less than the shortest silence that alarms. Who was last
        seen well away from the outer door has not left; where no outer door tells, what was said is believed.
        `last`: the last sign of each, `door`: the last at its outer door. Shapes (n,)."""
        said = self.on_holiday(rows, now) | self.on_holiday(rows, now - EARLIEST)
        gone: NDArray[np.bool_] = said & ((door == 0) | (last - door <= DOOR_NEAR))
        return gone

    def with_guests(self, rows: NDArray[np.intp], now: int) -> NDArray[np.bool_]:
        """Homes of `rows` with guests in the house, shape (n,)."""
        return np.isin(rows, [row for row, until in self._guests.items() if now < until])

    def moved(
        self,
        homes: Rows,
        rows: NDArray[np.int32],
        time: NDArray[np.int64],
        before: NDArray[np.int64],
        door: NDArray[np.int64],
    ) -> None:
        """Signs of activity: who moves after a long silence within the holiday is back, and who still moves
        hour after hour has not left, whatever was said. Shapes (n,)."""
        if not self._holidays:
            return
        for index in np.flatnonzero(np.isin(rows, list(self._holidays))).tolist():
            row, at, last = int(rows[index]), int(time[index]), int(before[index])
            since, until = self._holidays.get(row, (0, 0))
            away = 0 <= last - int(door[index]) <= DOOR_NEAR and door[index] > 0
            if not since <= at < until:
                continue
            home = int(homes.keys[row])
            is_back = at - max(last, since) >= (RETURNED_AWAY if away else RETURNED)
            if is_back or self._stays(home, since, at):
                del self._holidays[row]
                self._over[home] = since
                self._returned.append((home, at))

    def _stays(self, home: int, since: int, at: int) -> bool:
        """Whether this sign is one of many, long after the holiday should have begun."""
        if at < since + PACKED:
            return False
        hours = {hour for hour in self._stirred.get(home, ()) if hour > (at - DAY) // HOUR} | {at // HOUR}
        self._stirred[home] = hours
        return len(hours) >= STAYS_HOURS

    def returned(self) -> list[tuple[int, int]]:
        """(home, instant) of those who came back since the last call."""
        returned, self._returned = self._returned, []
        return returned
