"""Is this motion data at all? Rates that lie, other units, gravity removed, a sensor that hangs.

Two looks: at the windows as they are stated (rate) and at the last ten seconds on the grid (level). A
device found unusable is said so once, is not scored, and is said to be good again when it is.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.motion import MotionWindow

SLOWEST, FASTEST = 18.0, 260.0
"""Stated rates that the detector was made for, with a margin, Hz."""

WITNESSES = 5
"""Windows in a row that must agree before a rate is called a lie."""

RATE_TOLERANCE = 0.15
AGREEMENT = 0.1

REST_LOW, REST_HIGH = 600, 1600
"""The middle magnitude of ten seconds of a worn device, milli-g."""

FLOOR_HIGH = 1300
"""Running lifts the middle, but between steps the foot is in the air: its lowest tenth stays below this."""

ONE_G_LOW, ONE_G_HIGH = 850, 1150

TINY = 20
"""A steady vector this small is rest in g or m/s2, where milli-g was promised."""


def rate_is_plausible(hz: float) -> bool:
    """True for a rate the detector can work with; False for NaN, zero, negative and absurd ones."""
    return SLOWEST <= hz <= FASTEST


@dataclass(slots=True)
class RateWitness:
    """Compares when windows start with how long they claim to be.

    A stream at the stated rate starts each window where the last ended. Lost windows leave gaps here
    and there; a lie leaves the same ratio every time.
    """

    start: int | None = None
    claimed: float = 0.0
    ratios: list[float] = field(default_factory=list)

    def see(self, window: MotionWindow) -> None:
        """Count one window that brought something new; windows come in order of start."""
        if self.start is not None and self.claimed > 0 and window.start > self.start:
            self.ratios = [*self.ratios[1 - WITNESSES :], (window.start - self.start) / self.claimed]
        self.start = window.start
        self.claimed = len(window.acc) * 1e6 / window.hz

    def lies(self) -> bool | None:
        """True if the rate is a lie, False if it holds, None while too few windows agree."""
        if len(self.ratios) < WITNESSES:
            return None
        middle = sorted(self.ratios)[WITNESSES // 2]
        if max(abs(ratio / middle - 1) for ratio in self.ratios) > AGREEMENT:
            return None
        return abs(middle - 1) > RATE_TOLERANCE


def plainly_worn(magnitudes: NDArray[np.uint16]) -> tuple[NDArray[np.bool_], NDArray[np.uint16]]:
    """Which rows (n, cells) are ten seconds of a device that plainly feels one g, and their middles, shape
    (n,) each: what most devices are at every look, found for all at once. No void cell is among those."""
    middle = np.partition(magnitudes, magnitudes.shape[1] // 2, axis=1)[:, magnitudes.shape[1] // 2]
    worn = (middle >= ONE_G_LOW) & (middle <= ONE_G_HIGH) & (magnitudes.min(axis=1) > 0)
    return worn, middle


def level_fault(magnitude: NDArray[np.float32], acc: NDArray[np.int16]) -> str | None:
    """What is wrong with ten seconds of cells, or None; `magnitude` (n,), `acc` (n, 3), voids left out.

    A device lying on a table repeats one value of about 1 g for hours; that is no fault.
    """
    middle = float(np.median(magnitude))
    if not np.ptp(acc, axis=0).any() and not ONE_G_LOW <= middle <= ONE_G_HIGH:
        return "scale" if 0 < middle < TINY else "stuck"
    if REST_LOW <= middle <= REST_HIGH:
        return None
    if middle > REST_HIGH and np.percentile(magnitude, 10) < FLOOR_HIGH and middle < 2 * REST_HIGH:
        return None
    if middle < REST_LOW and not _has_gravity(magnitude, acc):
        return "no_gravity"
    return "scale"


def _has_gravity(magnitude: NDArray[np.float32], acc: NDArray[np.int16]) -> bool:
    """Gravity, in whatever unit, keeps a floor under the magnitude, or a steady direction.

    Without it the magnitude is that of noise about zero: its tenth percentile is half its median.
    """
    low, middle = np.percentile(magnitude, [10, 50])
    steady = float(np.linalg.norm(acc.mean(axis=0)))
    return bool(low > 0.65 * middle or steady > 0.5 * float(magnitude.mean()))
