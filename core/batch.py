"""A batch of readings as columns: how they travel from the decoders to the detectors and into COPY."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.motion import MotionWindow

# time and received: Unix microseconds. resident 0: nobody in particular. metric: core.quantity ids.
# live: the reading is about now; False when it comes late from a device's own memory.
READING = np.dtype(
    [
        ("time", "i8"),
        ("value", "f8"),
        ("received", "i8"),
        ("home", "i4"),
        ("device", "i4"),
        ("resident", "i4"),
        ("metric", "i2"),
        ("live", "?"),
    ]
)


def no_readings() -> NDArray[np.void]:
    """An empty column set."""
    return np.empty(0, dtype=READING)


def one_after_another(pieces: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """Several of READING as one, shape (sum of n,): np.concatenate of records costs as much as 40 rows."""
    if len(pieces) == 1:
        return pieces[0]
    rows: NDArray[np.void] = np.empty(sum(map(len, pieces)), dtype=READING)
    at = 0
    for piece in pieces:
        rows[at : at + len(piece)] = piece
        at += len(piece)
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What arrived together.

    Attributes:
        readings: structured array of READING, shape (n,), in order of arrival.
        motion: windows in order of arrival.
        now: instant of the batch, Unix microseconds by the server's clock.
    """

    now: int
    readings: NDArray[np.void] = field(default_factory=no_readings)
    motion: Sequence[MotionWindow] = ()
