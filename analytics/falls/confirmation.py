"""What follows an impact: thirty seconds of stillness, or life going on.

A watch is opened for every reported fall and fed with whole seconds of cells. Stillness is judged by
how much the acceleration moves about its own mean, so it needs no gravity and no orientation.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.falls.conditioning import RATE
from analytics.falls.history import VOID

STILL = 60.0
"""Root of the summed variance of one second, milli-g, below which the wearer lies still."""

ACTIVE = 100.0
"""Above this the wearer walks, works or waves."""

SETTLING_S = 3
"""Seconds after the impact that say nothing yet: rolling, arms coming down."""

LONG_LIE_S = 30
STILL_SHARE = 0.9
"""A long lie: this share of thirty seconds still. Breathing, a moan, a hand that gropes are allowed."""

RECOVERED_S = 12
ACTIVE_SHARE = 0.8
"""Up again: this share of twelve seconds active."""

WATCHED_S = 57
"""After this the question stays open."""


@dataclass(slots=True)
class Watch:
    """A reported fall and what happened since.

    Attributes:
        impact: the cell of the impact.
        probability: of the report; None when a device reported the fall and no impact was seen.
        evidence: of the report; revisions add to it.
        second: the next whole second (cell // RATE) to be looked at.
        movement: of every second since SETTLING_S, milli-g; NaN where nothing was received.
    """

    impact: int
    home: int
    resident: int | None
    device: int
    probability: float | None
    evidence: dict[str, Any]
    second: int = field(init=False)
    movement: list[float] = field(default_factory=list)
    revision: int = 0

    def __post_init__(self) -> None:
        self.second = self.impact // RATE + SETTLING_S

    def see(self, acc: NDArray[np.int16]) -> str | None:
        """Take the cells (RATE, 3) of one second; the new severity, or None while nothing is decided."""
        known = acc[acc[:, 0] != VOID].astype(np.float64)
        self.second += 1
        moved = float("nan") if len(known) < RATE // 2 else float(np.sqrt(known.var(axis=0).sum()))
        self.movement.append(moved)
        lie, life = self.movement[-LONG_LIE_S:], self.movement[-RECOVERED_S:]
        if sum(moved < STILL for moved in lie) >= STILL_SHARE * LONG_LIE_S:
            return "long_lie"
        if sum(moved > ACTIVE for moved in life) >= ACTIVE_SHARE * RECOVERED_S:
            return "recovered"
        return None

    def is_over(self) -> bool:
        """True when it has been watched long enough."""
        return len(self.movement) >= WATCHED_S
