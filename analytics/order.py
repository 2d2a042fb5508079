"""Readings of different devices, put in the order in which things happened.

What one device says on one topic arrives in the order in which it was said (MQTT promises that much); what
different devices say may overtake one another by a few seconds. Readings wait HOLD for each other; one that
comes later still takes its turn when it arrives. The order depends on what arrived when, and neither on
batches nor on ticks, so a restart sees it again.
"""

import numpy as np
from numpy.typing import NDArray

from core.batch import no_readings
from core.instant import SECOND

HOLD = 5 * SECOND


class InOrder:
    """Rows wait here until their turn; memory: what arrived within HOLD."""

    def __init__(self) -> None:
        self._waiting: list[NDArray[np.void]] = []

    def add(self, rows: NDArray[np.void]) -> None:
        """Rows of READING, shape (n,), any order."""
        if len(rows):
            self._waiting.append(rows.copy())

    def drain(self, now: int) -> NDArray[np.void]:
        """The rows whose turn has come by `now`, in order, each once."""
        if not self._waiting:
            return no_readings()
        rows = np.concatenate(self._waiting)
        turn = np.maximum(rows["time"] + HOLD, rows["received"])
        due = turn <= now
        self._waiting = [] if due.all() else [rows[~due]]
        rows, turn = rows[due], turn[due]
        order = np.lexsort((rows["value"], rows["metric"], rows["device"], rows["time"], turn))
        rows = rows[order]
        same = (rows["time"][1:] == rows["time"][:-1]) & (rows["device"][1:] == rows["device"][:-1])
        same &= rows["metric"][1:] == rows["metric"][:-1]
        fresh: NDArray[np.void] = rows[np.r_[True, ~same][: len(rows)]]
        return fresh
