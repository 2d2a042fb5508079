"""What signs of activity leave behind: silences that have ended, and how much was going on of late."""

import numpy as np
from numpy.typing import NDArray

from analytics import silence
from analytics.activity import DOOR_NEAR
from analytics.routine import HOURS, Routine
from analytics.rows import begins, ends
from core.instant import DAY, HOUR, MINUTE, SECOND


def learn(
    routine: Routine,
    offset: NDArray[np.int64],
    home: NDArray[np.int32],
    time: NDArray[np.int64],
    before: NDArray[np.int64],
    door: NDArray[np.int64],
    place: NDArray[np.uint8],
) -> None:
    """Ordinary silences that have ended: from `before`, at `place`, to `time`, all of shape (n,); `offset` is
    local time minus UTC, shape (homes,)."""
    silent_s = (time - before) / SECOND
    long = silent_s >= 60
    home, before, door, place, silent_s = home[long], before[long], door[long], place[long], silent_s[long]
    begun_h = (before + offset[home]) % DAY / HOUR
    away = (before - door <= DOOR_NEAR) & (door > 0)
    routine.note(home, begun_h.astype(np.int64) + HOURS * away, silent_s)
    routine.note(home, silence.place_class(place, begun_h), silent_s)


def count(
    counts: NDArray[np.float32],
    last_before: NDArray[np.int64],
    home: NDArray[np.int32],
    time: NDArray[np.int64],
    before: NDArray[np.int64],
) -> None:
    """Add signs to the fading counts of the minutes in which something happened, as of each home's newest.

    `counts` (homes, memories) and `last_before` (homes,) are columns; the signs (n,) are grouped by home and
    in order of time, `before` is the sign before each.
    """
    first, last = begins(home), ends(home)
    end = time[last][np.cumsum(first) - 1]  # newest sign of the home, for each row
    rows, memory = home[last], np.array(silence.COUNT_OVER_S)
    faded = np.where(last_before[rows] > 0, (time[last] - last_before[rows]) / SECOND, 0.0)
    counts[rows] *= np.exp(-faded[:, None] / memory)
    fresh = time // MINUTE != before // MINUTE
    weight = np.exp(-((end - time) / SECOND)[fresh, None] / memory)
    np.add.at(counts, home[fresh], weight)
