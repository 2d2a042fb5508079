"""Nobody at all speaks: how a platform's death is told where no device says how often it reports.

The longest time in which no home said anything is learnt for each hour of the day; three times as long is no
coincidence. State: 24 numbers for the whole platform.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, MINUTE

TIMES = 3.0  # as long as the longest so far at this hour
LEAST = 30 * MINUTE
UNKNOWN_YET = 2 * HOUR  # is taken for the longest until the hours are known
KNOWN_AFTER = 3  # days
FORGET = 0.9  # a day
NOTABLE = 5 * MINUTE  # shorter gaps are not worth remembering


class Hush:
    """The last sign of anybody, and how long that usually lasts.

    Attributes:
        last: newest live message of any home, Unix microseconds by the server's clock; 0: none yet.
    """

    def __init__(self) -> None:
        self.last = 0
        self._from = 0  # nobody listened before
        self._first = self._day = 0  # the first day, and the last
        self._longest = np.zeros(24)

    def listen(self, instants: NDArray[np.int64], learn: bool) -> None:
        """Live messages received at `instants`, shape (n,), any order; `learn`: no outage is on."""
        if not len(instants):
            return
        row = np.unique(np.maximum(instants, self.last))
        if self.last:
            row = np.unique(np.r_[self.last, row])
        self._pass(int(row[0]))
        for at in np.flatnonzero(np.diff(row) >= NOTABLE).tolist():
            self._pass(int(row[at]))
            if learn and row[at] >= self._from:
                self._learn(int(row[at]), int(row[at + 1]))
        self.last = int(row[-1])
        self._pass(self.last)

    def start(self, now: int) -> None:
        """The first instant at which somebody listens again."""
        self._from = now

    def is_deadly(self, now: int) -> bool:
        """Whether nobody has spoken for so long that it must be the platform."""
        if not self.last:
            return False
        usual = (
            self._longest[self.last // HOUR % 24] if self._day - self._first >= KNOWN_AFTER else UNKNOWN_YET
        )
        return now - max(self.last, self._from) > max(LEAST, TIMES * usual)

    def numbers(self) -> list[float]:
        """What is to be kept."""
        return [self._first, self._day, *self._longest.tolist()]

    def recall(self, numbers: Sequence[float]) -> None:
        """What was kept."""
        self._first, self._day = int(numbers[0]), int(numbers[1])
        self._longest = np.array(numbers[2:26])

    def _pass(self, instant: int) -> None:
        day = instant // DAY
        if day > self._day:
            self._longest *= FORGET ** (day - self._day)
            self._first, self._day = self._first or day, day

    def _learn(self, begin: int, end: int) -> None:
        hours = [hour % 24 for hour in range(begin // HOUR, min(end, begin + DAY - 1) // HOUR + 1)]
        self._longest[hours] = np.maximum(self._longest[hours], end - begin)
