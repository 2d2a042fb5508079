"""A window of motion as it travels from a decoder to a detector."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SITES = ("wrist", "waist", "chest", "thigh", "ankle", "unknown")


@dataclass(frozen=True, eq=False)
class MotionWindow:
    """0.5 to 10 s of accelerometer samples from one wearable.

    Attributes:
        home: key of the household, the partition of the stream.
        device: key of the wearable.
        resident: key of the person who wore it then; None while nobody does.
        start: instant of the first sample, Unix microseconds, clock corrected.
        hz: sampling rate as the device states it; it may be a lie.
        acc: shape (n, 3), int16, milli-g, gravity included.
        gyr: shape (n, 3), int16, 0.1 degrees a second, or None.
        site: where it is worn, one of SITES.
        judged: a gateway has looked for falls in it, and in what came before and after.
    """

    home: int
    device: int
    resident: int | None
    start: int
    hz: float
    acc: NDArray[np.int16]
    gyr: NDArray[np.int16] | None = None
    site: str = "unknown"
    judged: bool = False

    @cached_property
    def unrest(self) -> float:
        """Standard deviation of the acceleration's magnitude, milli-g: how much it moves; 0 of nothing."""
        if not len(self.acc):
            return 0.0
        return float(np.sqrt(np.square(self.acc.astype(np.float32)).sum(axis=1)).std())
