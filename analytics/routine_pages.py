"""What is to be written down of homes' days, handed out a few hundred homes at a time.

Every hour the running day of every home is kept, and at midnight the finished one. In a city that is a
million rows at once; as they were at that moment they are copied as columns, which takes an instant, and
become rows over the next minutes.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.routine import RoutineDay, decode

# A call a second: the last is written five minutes after the hour, and what is folded again after a restart
# reaches ten minutes further than an hour.
CALLS = 300
FEWEST = 500  # rows a call, of a town that is not that large


@dataclass(frozen=True, slots=True)
class Page:
    """Days of homes as columns, shape (n,); codes (n, CLASSES), counts (n, SITUATION - 1)."""

    homes: NDArray[np.int64]
    days: NDArray[np.int32]
    codes: NDArray[np.uint8]
    hours: NDArray[np.uint32]
    last: NDArray[np.int64]
    door: NDArray[np.int64]
    place: NDArray[np.uint8]
    counts: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.homes)

    def rows(self, start: int, stop: int) -> list[RoutineDay]:
        """Those from `start` up to `stop` as the store keeps them."""
        part = slice(start, stop)
        # Cut off, not rounded: encoding rounds up and finds the same byte again.
        longest = decode(self.codes[part]).astype(int)
        counts = np.round(self.counts[part].astype(np.float64) * 1000).astype(int)
        told = np.column_stack([longest, self.place[part].astype(int), counts]).tolist()
        columns = (self.homes, self.days, self.hours, self.last, self.door)
        home, day, hours, last, door = (column[part].tolist() for column in columns)
        return list(map(RoutineDay, home, day, told, hours, last, door))


class Pages:
    """Rows wait here in the order in which they came to be: a later one of a day replaces an earlier."""

    def __init__(self) -> None:
        self._waiting: deque[Page | Sequence[RoutineDay]] = deque()
        self._handed_out = 0  # of the first that waits

    def add(self, days: Page | Sequence[RoutineDay]) -> None:
        """To be handed out after all that waits."""
        if len(days):
            self._waiting.append(days)

    def take(self, homes: int) -> list[RoutineDay]:
        """The next few, for a town of `homes`; called about once a second."""
        most = max(FEWEST, -(-homes // CALLS))
        rows: list[RoutineDay] = []
        while self._waiting and len(rows) < most:
            first, begin = self._waiting[0], self._handed_out
            end = min(len(first), begin + most - len(rows))
            rows += first.rows(begin, end) if isinstance(first, Page) else first[begin:end]
            self._handed_out = end
            if end == len(first):
                self._waiting.popleft()
                self._handed_out = 0
        return rows
