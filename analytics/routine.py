"""What a home's silences are like: a day as a row, and the last four weeks of many homes as columns.

A silence belongs to a class: the local hour in which it began, and whether it began at an outer door. Of each
day only the longest silence of each class is kept, in one byte on a logarithmic scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.rows import Rows, carried

DAYS = 28
HOURS = 24
CLASSES = 2 * HOURS  # at home, away
CODE_STEP = 1.04  # one step of the byte: 4 %
FEWEST_ACTIVE_HOURS = 6  # a day with less was not an ordinary day at home, or the sensors were not there


@dataclass(frozen=True, slots=True)
class RoutineDay:
    """One home's day, as the store keeps it.

    Attributes:
        home: key. day: days since 1970-01-01 in the home's local time.
        longest_s: CLASSES numbers: the longest ordinary silence, in seconds, begun in local hour c % 24 at
            home (c < 24) or after an outer door; 0 where there was none.
        hours: bit h is set when something happened in local hour h.
        last_at: instant of the last activity seen, Unix microseconds.
        door_at: instant of the last movement of an outer door, or 0.
    """

    home: int
    day: int
    longest_s: Sequence[int]
    hours: int
    last_at: int
    door_at: int


def encode(seconds: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Seconds as a byte; under a minute is 0."""
    code = np.ceil(np.log(np.maximum(seconds, 60.0) / 60.0) / np.log(CODE_STEP))
    byte: NDArray[np.uint8] = np.minimum(code, 255).astype(np.uint8)
    return byte


def decode(code: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The byte as seconds; 0 stays 0."""
    return np.where(code > 0, 60.0 * CODE_STEP ** code.astype(np.float64), 0.0)


class Routine:
    """The last DAYS days of homes as columns, about 1.5 kB a home.

    Attributes:
        ring: codes, shape (homes, DAYS, CLASSES); known: how many days of it are filled, shape (homes,).
        today: codes of the running day; hours and day_of: its active hours (bits) and its number.
    """

    def __init__(self) -> None:
        self.ring = np.zeros((0, DAYS, CLASSES), np.uint8)
        self.ring_hours = np.zeros((0, DAYS), np.uint32)
        self.known = np.zeros(0, np.int16)
        self.head = np.zeros(0, np.int16)
        self.today = np.zeros((0, CLASSES), np.uint8)
        self.hours = np.zeros(0, np.uint32)
        self.day = np.zeros(0, np.int32)

    def know(self, old: Rows, new: Rows) -> None:
        """Rearrange for a new set of homes."""
        for column in ("ring", "ring_hours", "known", "head", "today", "hours", "day"):
            setattr(self, column, carried(old, new, getattr(self, column), 0))

    def note(
        self, homes: NDArray[np.int32], classes: NDArray[np.int64], seconds: NDArray[np.float64]
    ) -> None:
        """Ordinary silences that have ended. Shapes (n,)."""
        np.maximum.at(self.today, (homes, classes), encode(seconds))

    def close(self, homes: NDArray[np.intp], day: NDArray[np.int32]) -> None:
        """The running day of `homes` is over; `day` begins. An extraordinary day is not learned from."""
        active = np.array([int(bits).bit_count() for bits in self.hours[homes]])
        ordinary = homes[active >= FEWEST_ACTIVE_HOURS] if len(homes) else homes
        self.ring[ordinary, self.head[ordinary]] = self.today[ordinary]
        self.ring_hours[ordinary, self.head[ordinary]] = self.hours[ordinary]
        self.head[ordinary] = (self.head[ordinary] + 1) % DAYS
        self.known[ordinary] = np.minimum(self.known[ordinary] + 1, DAYS)
        self.today[homes], self.hours[homes], self.day[homes] = 0, 0, day

    def active_share(self, hour: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of the known days on which each home was active in local hour `hour`, shape (homes,)."""
        bits = (self.ring_hours >> hour[:, None].astype(np.uint32)) & 1
        share: NDArray[np.float64] = bits.sum(axis=1) / np.maximum(self.known, 1)
        return share
