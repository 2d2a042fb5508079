"""Which cells of which devices look like an impact, for many devices in one pass.

A candidate is a cell whose smoothed magnitude reaches THRESHOLD and is the greatest within RADIUS on
either side (the first, when equal). The threshold is far below the usual 2-3 g: a device that clips at
2 g, averages, or samples at 20 Hz must still get through. The model decides, not the trigger.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from analytics.falls.conditioning import RATE
from analytics.falls.history import CELLS, History

THRESHOLD = 1500
"""Smoothed magnitude, milli-g."""

RADIUS = RATE
"""A candidate is the peak of two seconds."""

BEFORE = 5 * RATE // 2
AFTER = 2 * RATE
"""The model sees this many cells before and after the impact."""

EARLY = 36
"""Cells after the impact at which what is plain is said already: 1.44 s, so that the first report of a device
that sends every second comes within 2.5 s."""

SPAN = BEFORE + 1 + AFTER

LONGEST_ROUND = CELLS - SPAN - RADIUS
"""New cells at most between two looks, so that no cell is overwritten undecided."""


def smooth(magnitude: NDArray[np.floating] | NDArray[np.integer]) -> NDArray[np.float32]:
    """Weights 1-2-1 along the last axis; two values shorter."""
    wide = magnitude.astype(np.float32)
    return np.asarray((wide[..., :-2] + 2 * wide[..., 1:-1] + wide[..., 2:]) / 4)


def candidates(
    history: History, slots: NDArray[np.int64], new: NDArray[np.int64], after: int = AFTER
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Slots and cells of the candidates that became decidable with the last `new` cells of each slot.

    A cell is decidable once `after` cells behind it are known (RADIUS to AFTER), so each is looked at exactly
    once however the cells arrived.
    """
    longest = int(new.max(initial=0))
    if not longest:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first = history.head[slots] - after - longest
    width = longest + 2 * RADIUS
    smoothed = smooth(history.magnitudes(slots, first - RADIUS - 1, width + 2))
    middle = smoothed[:, RADIUS : RADIUS + longest]
    undecided = np.arange(longest) >= (longest - new)[:, None]
    row, column = np.nonzero((middle >= THRESHOLD) & undecided)
    if not len(row):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    around = sliding_window_view(smoothed, 2 * RADIUS + 1, axis=1)[row, column]
    peak = np.argmax(around, axis=1) == RADIUS
    row, column = row[peak], column[peak]
    return slots[row], first[row] + column
