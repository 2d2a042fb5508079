"""What a home's silences are like: a day as a row, and the last four weeks of many homes as columns.

A silence belongs to two classes: the local hour in which it began, at home or at an outer door; and the place
of the last sign, by day or at night. Of each day only the longest silence of each class is kept, in one byte
on a logarithmic scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.rows import Rows, carried

DAYS = 28
HOURS = 24
ROOM_CLASSES = 2 * HOURS  # from here on: by place of the last sign, and by day and night
CLASSES = ROOM_CLASSES + 2 * 8
SPOILED = np.uint32(1 << 30)  # of the active hours' bits: an alarm was raised, the day is not learned from
SITUATION = 4  # numbers about the last sign that follow the classes in a stored day
CODE_STEP = 1.04  # one step of the byte: 4 %
FEWEST_ACTIVE_HOURS = 6  # a day with less was not an ordinary day at home, or the sensors were not there


@dataclass(frozen=True, slots=True)
class RoutineDay:
    """One home's day, as the store keeps it.

    Attributes:
        home: key. day: days since 1970-01-01 in the home's local time.
        longest_s: CLASSES numbers, the longest ordinary silence in seconds, 0 where there was none: begun in
            local hour c % 24 at home (c < 24) or at an outer door (c < 48); then by place, by day and night.
            SITUATION more that a silence in progress is judged by: where the last sign was (an index of
            activity.PLACES) and how much was going on (silence.COUNT_OVER_S), in thousandths.
        hours: bit h is set when something happened in local hour h; bit 30 when an alarm was raised.
        last_at: instant of the last activity seen, Unix microseconds.
        door_at: instant of the last movement of an outer door, or 0.
    """

    home: int
    day: int
    longest_s: Sequence[int]
    hours: int
    last_at: int
    door_at: int

    @property
    def fits(self) -> bool:
        """Whether the row was written for these classes."""
        return len(self.longest_s) == CLASSES + SITUATION


def encode(seconds: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Seconds as a byte; under a minute is 0."""
    code = np.ceil(np.log(np.maximum(seconds, 60.0) / 60.0) / np.log(CODE_STEP))
    byte: NDArray[np.uint8] = np.minimum(code, 255).astype(np.uint8)
    return byte


def decode(code: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The byte as seconds; 0 stays 0."""
    return np.where(code > 0, 60.0 * CODE_STEP ** code.astype(np.float64), 0.0)


class Routine:
    """The last DAYS days of homes as columns, about 2 kB a home.

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
        active = [
            int(bits).bit_count() if bits < SPOILED else 0 for bits in self.hours[homes].tolist()
        ]  # fmt: skip
        ordinary = homes[np.array(active, int) >= FEWEST_ACTIVE_HOURS]
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
