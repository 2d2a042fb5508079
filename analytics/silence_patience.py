"""How much more patient to be with one person than with others, after what people said of past alarms.

Rates of long ordinary silences differ between homes by a factor of ten. A false alarm therefore makes the
detector more patient with that home, by STEP on the score; it fades over FADES, so that the threshold sinks
again slowly and each home finds its own. A real alarm takes all of it back. Somebody new is given a little
more time until their own ways are known. A pure function of what was said: taking back a ruling undoes
exactly what it did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from analytics.rows import UNKNOWN, Rows, carried
from core.instant import DAY

STEP = 1.0  # what a false alarm adds to the threshold, in units of the score (logarithm of odds)
MOST = 4.0
FADES = 14 * DAY  # after that long a third of it is left
NEW = 1.0  # more patience with somebody of whom nothing is known yet
NEW_DAYS = 14.0  # known days after which a third of that is left
REMEMBERED = 180 * DAY


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person said of an alarm of inactivity.

    Attributes:
        home: key. onset: since when it was silent. at: instant of the ruling.
        false: it was ordinary life; otherwise somebody needed help.
    """

    home: int
    onset: int
    at: int
    false: bool


Rulings = Mapping[int, Sequence[Ruling]]
"""Home -> all rulings about it."""


class Patience:
    """Patience with every home, as columns: 12 bytes a home."""

    def __init__(self) -> None:
        self._extra = np.zeros(0, np.float32)  # at the instant `_at`
        self._at = np.zeros(0, np.int64)

    def know(self, old: Rows, new: Rows) -> None:
        """Rearrange for a new set of homes."""
        self._extra, self._at = carried(old, new, self._extra, 0), carried(old, new, self._at, 0)

    def heed(self, rulings: Rulings, homes: Rows, now: int, *, whole: bool = True) -> None:
        """All that was ever said: what is not among it any more is forgotten, in all homes, or in those named
        if not `whole`."""
        if whole:
            self._extra[:], self._at[:] = 0, now
        for home, said in rulings.items():
            row = homes.one(home)
            if row != UNKNOWN:
                self._extra[row], self._at[row] = extra(said, now), now

    def of(self, rows: NDArray[np.intp], now: int, known_days: NDArray[np.int16]) -> NDArray[np.float64]:
        """Patience with the homes of `rows`, shape (n,)."""
        fading = np.exp(-np.maximum(now - self._at[rows], 0) / FADES)
        fresh = NEW * np.exp(-known_days / NEW_DAYS)
        patience: NDArray[np.float64] = self._extra[rows] * fading + fresh
        return patience


def extra(said: Iterable[Ruling], now: int) -> float:
    """What the rulings up to `now` add to the threshold at `now`."""
    level, then = 0.0, 0
    for ruling in sorted(said, key=lambda one: (one.at, one.onset)):
        if ruling.at > now:
            break
        level *= exp(-(ruling.at - then) / FADES) if then else 1.0
        level, then = (min(level + STEP, MOST) if ruling.false else 0.0), ruling.at
    return level * exp(-(now - then) / FADES) if then else 0.0
