"""Are people missing together? When far fewer homes stir than do at this hour, it is not the people."""

import numpy as np
from numpy.typing import NDArray

from analytics.routine import HOURS, Routine
from core.instant import HOUR

SHARE = 0.5  # fewer than this share of the expected homes
FEWEST = 3  # homes that must stir before an outage is over
SIGMAS = 2.2  # and that many standard deviations fewer, which needs five expected homes at least


class Gathering:
    """How many homes stir within an hour, against how many usually do at this time."""

    def __init__(self) -> None:
        self._expected = 0.0

    def learn(self, routine: Routine, offset: NDArray[np.int64], now: int) -> None:
        """The expected number of homes active within the past hour."""
        hour = (now + offset - HOUR // 2) // HOUR % HOURS
        self._expected = float(routine.active_share(hour).sum()) if len(offset) else 0.0

    def is_back(self, last: NDArray[np.int64], now: int) -> bool:
        """Whether people are seen to stir again; a quiet night after an outage proves nothing."""
        return bool(np.count_nonzero(last > now - HOUR) >= max(FEWEST, SHARE * self._expected))

    def is_missing(self, last: NDArray[np.int64], now: int) -> bool:
        """Whether the platform, not a person, is the likeliest reason of a silence at `now`."""
        stirring = int(np.count_nonzero(last > now - HOUR))
        missing = self._expected - stirring
        return stirring < SHARE * self._expected and missing > SIGMAS * self._expected**0.5
