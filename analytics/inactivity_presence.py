"""Is somebody at home? What can be inferred from the last sign, the outer door, the bed, and what was said.

Shown to people and kept for them; no alarm follows from it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.activity import BEDS, DOOR_NEAR
from analytics.rows import UNKNOWN as NOBODY
from analytics.rows import Rows, carried
from core.batch import Batch
from core.instant import MINUTE

WORDS = ("unknown", "at_home", "away", "in_bed", "visitors", "holiday")
UNKNOWN, AT_HOME, AWAY, IN_BED, VISITORS, HOLIDAY = range(len(WORDS))
QUIET = 15 * MINUTE  # after the outer door nothing for so long: nobody is at home


class Presence(NamedTuple):
    """Home (key) -> a word of WORDS, and since when."""

    home: int
    word: str
    since: int


class Presences:
    """What was last said of every home, as columns: 17 bytes a home."""

    def __init__(self) -> None:
        self._word = np.zeros(0, np.uint8)
        self._since = np.zeros(0, np.int64)
        self._bed = np.zeros(0, np.int64)  # since when somebody lies in it, or 0

    def know(self, old: Rows, new: Rows) -> None:
        """Rearrange for a new set of homes."""
        for column in ("_word", "_since", "_bed"):
            setattr(self, column, carried(old, new, getattr(self, column), 0))

    def note_beds(self, batch: Batch, homes: Rows) -> None:
        """Since when somebody lies in bed: live readings only, in order of arrival."""
        readings = batch.readings
        beds = readings[(readings["metric"] == BEDS) & readings["live"]]
        rows = homes.of(beds["home"]).tolist()
        for row, value, time in zip(rows, beds["value"].tolist(), beds["time"].tolist(), strict=True):
            if row != NOBODY and not value:
                self._bed[row] = 0
            elif row != NOBODY and not self._bed[row]:
                self._bed[row] = time

    def update(
        self,
        homes: Rows,
        now: int,
        *,
        last: NDArray[np.int64],
        door: NDArray[np.int64],
        blind: NDArray[np.bool_],
        visitors: NDArray[np.bool_],
        holiday: NDArray[np.bool_],
    ) -> list[Presence]:
        """What has changed by `now`. All of shape (homes,): the last sign, the last movement of an outer
        door, and whether nobody watches, guests are there, or
        a holiday was announced and has begun."""
        away = (door > 0) & (last - door <= DOOR_NEAR) & (now - last >= QUIET)
        word = np.full(len(last), AT_HOME, np.uint8)
        since = np.where(self._word == AT_HOME, self._since, last)
        for mask, code, instant in (
            ((self._bed > 0) & (self._bed >= last - DOOR_NEAR), IN_BED, self._bed),
            (away, AWAY, last),
            (visitors, VISITORS, np.where(self._word == VISITORS, self._since, now)),
            (holiday & away, HOLIDAY, last),
            (blind | (last == 0), UNKNOWN, np.where(self._word == UNKNOWN, self._since, last)),
        ):
            word[mask], since = code, np.where(mask, instant, since)
        changed = np.flatnonzero(word != self._word)
        self._word, self._since = word, since
        return [Presence(int(homes.keys[row]), WORDS[word[row]], int(since[row])) for row in changed.tolist()]
