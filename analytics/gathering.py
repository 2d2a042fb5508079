"""Are people missing together? When far fewer homes stir than do at this hour, it is not the people."""

import numpy as np
from numpy.typing import NDArray

from analytics.routine import HOURS, Routine
from core.instant import DAY, HOUR

SHARE = 0.5  # fewer than this share of the expected homes
FEWEST = 3  # homes that must stir before an outage is over
SIGMAS = 2.2  # and that many standard deviations fewer, which needs five expected homes at least


class Gathering:
    """How many homes stir within an hour, against how many usually do at this time. 3 bytes a home."""

    def __init__(self) -> None:
        self._share = np.zeros(0, np.float16)  # of the known days on which a home stirs at this hour
        self._counted = np.zeros(0, bool)  # homes of which anything is expected
        self._expected = 0.0

    def learn(self, routine: Routine, offset: NDArray[np.int64], now: int) -> None:
        """How many homes are usually active within the past hour."""
        hour = (now + offset - HOUR // 2) // HOUR % HOURS
        self._share = routine.active_share(hour).astype(np.float16)
        if len(self._counted) != len(offset):
            self._counted = np.ones(len(offset), bool)
        self._expected = float(self._share[self._counted].sum(dtype=np.float64))

    def count(self, last: NDArray[np.int64], apart: NDArray[np.bool_]) -> None:
        """Who can be missed: homes that stirred within the day before anybody's newest sign, `last`, and are
        not `apart` (on holiday, or nobody watches). Who has long been away says nothing of the platform.
        Shapes (homes,)."""
        self._counted = (last > last.max(initial=0) - DAY) & ~apart
        self._expected = float(self._share[self._counted].sum(dtype=np.float64))

    def _stirring(self, last: NDArray[np.int64], now: int) -> int:
        return int(np.count_nonzero((last > now - HOUR) & self._counted))

    def is_back(self, last: NDArray[np.int64], now: int) -> bool:
        """Whether people are seen to stir again; a quiet night after an outage proves nothing."""
        return self._stirring(last, now) >= max(FEWEST, SHARE * self._expected)

    def is_missing(self, last: NDArray[np.int64], now: int) -> bool:
        """Whether the platform, not a person, is the likeliest reason of a silence at `now`."""
        stirring = self._stirring(last, now)
        missing = self._expected - stirring
        return stirring < SHARE * self._expected and missing > SIGMAS * self._expected**0.5
