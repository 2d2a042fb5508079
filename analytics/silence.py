"""How long may a silence last? From the home's own past four weeks, from other homes while it is new.

The answer is a limit in seconds for each silence, by the local hour in which it began and by whether it began
at an outer door. Vectorised over the homes that are asked about.
"""

import numpy as np
from numpy.typing import NDArray

from analytics.routine import DAYS, HOURS, Routine, decode

FACTOR = 1.3  # of the longest ordinary silence in the class and its neighbours
SHORTEST_S = 2 * 3600.0
LONGEST_S = 18 * 3600.0
PRIOR_DAYS = 7.0  # the population counts like so many days of one's own

# What other homes would call long, by the hour a silence begins: nights, days; then the same after a door.
_NIGHT = (20, 21, 22, 23, 0, 1, 2, 3, 4, 5)
PRIOR_S = np.array(
    [(11.0 if hour in _NIGHT else 4.0) * 3600 for hour in range(HOURS)]
    + [(14.0 if hour in _NIGHT else 10.0) * 3600 for hour in range(HOURS)]
)


def neighbours(routine: Routine, homes: NDArray[np.intp], classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Longest ordinary silence of each known day begun within an hour of the class: seconds, (n, days)."""
    kind, hour = classes // HOURS * HOURS, classes % HOURS
    codes = np.stack([routine.ring[homes, :, kind + (hour + shift) % HOURS] for shift in (-1, 0, 1)])
    return decode(codes.max(axis=0))


def longest(routine: Routine, homes: NDArray[np.intp], classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The longest of them all, in seconds, shape (n,)."""
    most: NDArray[np.float64] = neighbours(routine, homes, classes).max(axis=1, initial=0.0)
    return most


def limit(routine: Routine, homes: NDArray[np.intp], classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds a silence of `classes` may last in `homes`. Shapes (n,)."""
    days = neighbours(routine, homes, classes)
    seen = np.count_nonzero(days, axis=1)  # days that tell something about this class
    trust = seen / (seen + PRIOR_DAYS * (1 - seen / DAYS))
    blended = trust * days.max(axis=1, initial=0.0) * FACTOR + (1 - trust) * PRIOR_S[classes]
    clipped: NDArray[np.float64] = np.clip(blended, SHORTEST_S, LONGEST_S)
    return clipped
