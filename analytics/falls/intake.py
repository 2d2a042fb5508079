"""Windows of one device, in whatever order and pieces they come -> unbroken runs of new samples.

A late window within reach is waited for, so that re-ordering and redelivery change nothing. A gap that
stays open is given up after a while, measured in event time; it becomes void cells.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.falls.conditioning import STEP, Run, sample_instants
from core.instant import SECOND
from core.motion import MotionWindow

START_HOLD = 2 * SECOND
"""The first windows of a device wait this long for an earlier one."""

LATENESS = 10_500_000
"""The longest wait for a missing window; just more than the longest window."""

BRIDGED = 1 * SECOND
"""Gaps up to here are bridged by a straight line; longer ones become void cells."""

MAX_PENDING = 64
"""Windows kept waiting for a device at most, whatever they promise."""


@dataclass(slots=True)
class Intake:
    """Where one device's stream stands.

    Attributes:
        front: instant of the last sample taken, or None before the first.
        head: the next grid cell to be made.
        period: microseconds between samples as last stated.
        longest: longest window seen, microseconds; it says how long silence is normal.
    """

    front: int | None = None
    head: int = 0
    period: float = 0.0
    longest: int = 0
    pending: list[MotionWindow] = field(default_factory=list)
    tail_instants: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    tail_acc: NDArray[np.int16] = field(default_factory=lambda: np.empty((0, 3), np.int16))

    def offer(self, window: MotionWindow) -> None:
        """Keep `window` until its turn."""
        self.pending.append(window)
        self.longest = max(self.longest, min(end_of(window) - window.start, 10 * SECOND))

    def release(self, now: int | None = None) -> tuple[list[Run], list[MotionWindow]]:
        """Runs whose turn has come, and the windows they came from; `now` gives up waiting."""
        self.pending.sort(key=lambda window: (window.start, -len(window.acc)))
        runs: list[Run] = []
        taken: list[MotionWindow] = []
        while self.pending and self._is_due(self.pending[0], now):
            window = self.pending.pop(0)
            run = self._take(window)
            if run is not None:
                taken.append(window)
                runs.append(run)
        return runs, taken

    def overdue(self, now: int) -> bool:
        """True when nothing came for longer than this device ever takes between two windows."""
        return self.front is not None and now - self.front > 3 * SECOND + self.longest * 3 // 2

    def skip_to(self, cell: int) -> None:
        """Give up the time before `cell`: samples of it that still come are late."""
        self.head = max(self.head, cell)
        self.front = max(self.front or 0, self.head * STEP)
        self.tail_instants = self.tail_instants[:0]
        self.tail_acc = self.tail_acc[:0]

    def _is_due(self, window: MotionWindow, now: int | None) -> bool:
        if now is not None or len(self.pending) > MAX_PENDING:
            return True
        if self.front is None:
            return max(map(end_of, self.pending)) - window.start > START_HOLD
        gap = window.start - self.front
        if gap <= max(2.5e6 / window.hz, 60_000):
            return True
        return self.pending[-1].start - self.front > min(LATENESS, gap * 7 // 2)

    def _take(self, window: MotionWindow) -> Run | None:
        """The run that `window` adds, joined to the tail of the last one; None if nothing is new."""
        instants = sample_instants(window.start, window.hz, len(window.acc))
        self.period = 1e6 / window.hz
        acc = window.acc
        if self.front is not None:
            new = int(np.searchsorted(instants, self.front + self.period / 2, side="right"))
            instants, acc = instants[new:], acc[new:]
        if not len(instants):
            return None
        if len(self.tail_instants) and instants[0] - self.tail_instants[-1] <= BRIDGED:
            instants = np.concatenate([self.tail_instants, instants])
            acc = np.concatenate([self.tail_acc, acc])
        self.front = int(instants[-1])
        first = max(self.head, -(-int(instants[0]) // STEP))
        stop = max(first, self.front // STEP)
        self.head = stop
        self._keep_tail(instants, acc, stop)
        return Run(instants, acc, first, stop)

    def _keep_tail(self, instants: NDArray[np.int64], acc: NDArray[np.int16], stop: int) -> None:
        """Samples that the next cell still needs: from the last at or before its edge on."""
        keep = max(0, int(np.searchsorted(instants, stop * STEP, side="right")) - 1)
        self.tail_instants = instants[keep:].copy()
        self.tail_acc = acc[keep:].copy()


def end_of(window: MotionWindow) -> int:
    """Instant of the last sample of `window`, as stated."""
    return window.start + int((len(window.acc) - 1) * 1e6 / window.hz)
