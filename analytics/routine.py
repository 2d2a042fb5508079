"""What a home's silences are like: a day as a row, and the last weeks of many homes as columns.

A silence belongs to two classes: the local hour in which it began, at home or at an outer door; and the place
of the last sign, by day or at night. Of each day only the longest silence of each class is kept, in one byte
on a logarithmic scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.rows import Rows, carried

DAYS = 25
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
        hours: bit h is set when something happened in local hour h; bit 30 when the day belongs to an alarm
            that nobody has called false.
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
    """The last DAYS days of homes as columns, some 1.8 kB a home.

    Attributes:
        ring: codes, shape (homes, DAYS, CLASSES); known: how many days of it are filled, shape (homes,).
        today: codes of the running day; hours and day: its active hours (bits) and its number.
        aside, aside_hours, aside_day: the same of the last day that an alarm spoiled, in case somebody
            says that it was ordinary.
    """

    def __init__(self) -> None:
        self.ring = np.zeros((0, DAYS, CLASSES), np.uint8)
        self.ring_hours = np.zeros((0, DAYS), np.uint32)
        self.known = np.zeros(0, np.int16)
        self.head = np.zeros(0, np.int16)
        self.today = np.zeros((0, CLASSES), np.uint8)
        self.hours = np.zeros(0, np.uint32)
        self.day = np.zeros(0, np.int32)
        self.aside = np.zeros((0, CLASSES), np.uint8)
        self.aside_hours = np.zeros(0, np.uint32)
        self.aside_day = np.zeros(0, np.int32)

    def know(self, old: Rows, new: Rows) -> None:
        """Rearrange for a new set of homes."""
        for column in _COLUMNS:
            setattr(self, column, carried(old, new, getattr(self, column), 0))

    def note(
        self, homes: NDArray[np.int32], classes: NDArray[np.int64], seconds: NDArray[np.float64]
    ) -> None:
        """Ordinary silences that have ended. Shapes (n,)."""
        np.maximum.at(self.today, (homes, classes), encode(seconds))

    def written(self, *, aside: bool) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint32]]:
        """(days, codes, hours) of all homes: of the running day, or of the one put aside."""
        if aside:
            return self.aside_day, self.aside, self.aside_hours
        return self.day, self.today, self.hours

    def close(self, homes: NDArray[np.intp], day: NDArray[np.int32]) -> None:
        """The running day of `homes` is over; `day` begins. A spoiled day is put aside, not learned from."""
        spoiled = homes[self.hours[homes] >= SPOILED]
        self.aside[spoiled], self.aside_hours[spoiled] = self.today[spoiled], self.hours[spoiled]
        self.aside_day[spoiled] = self.day[spoiled]
        self._learn(homes[self.hours[homes] < SPOILED], self.today, self.hours)
        self.today[homes], self.hours[homes], self.day[homes] = 0, 0, day

    def excuse(self, home: int, begin: int, end: int) -> list[int]:
        """The alarm of `home` (a row) was false: its spoiled days from `begin` to `end` were ordinary.

        Returns those days; none when they were excused before or are too long ago.
        """
        days = []
        if self.hours[home] >= SPOILED and begin <= self.day[home] <= end:
            self.hours[home] &= ~SPOILED
            days.append(int(self.day[home]))
        if self.aside_hours[home] >= SPOILED and begin <= self.aside_day[home] <= end:
            self.aside_hours[home] &= ~SPOILED
            self._learn(np.array([home]), self.aside, self.aside_hours)
            days.append(int(self.aside_day[home]))
        return days

    def teach(self, home: int, codes: NDArray[np.uint8], hours: int) -> None:
        """A day of the past that is told afterwards, shape (CLASSES,)."""
        if hours.bit_count() >= FEWEST_ACTIVE_HOURS:
            place = self.head[home]
            self.ring[home, place], self.ring_hours[home, place] = codes, hours
            self.head[home] = (place + 1) % DAYS
            self.known[home] = min(int(self.known[home]) + 1, DAYS)

    def _learn(self, homes: NDArray[np.intp], codes: NDArray[np.uint8], hours: NDArray[np.uint32]) -> None:
        """Into the ring, where somebody was at home for most of the day."""
        active = np.array([int(bits).bit_count() for bits in hours[homes].tolist()], int)
        ordinary = homes[active >= FEWEST_ACTIVE_HOURS]
        self.ring[ordinary, self.head[ordinary]] = codes[ordinary]
        self.ring_hours[ordinary, self.head[ordinary]] = hours[ordinary]
        self.head[ordinary] = (self.head[ordinary] + 1) % DAYS
        self.known[ordinary] = np.minimum(self.known[ordinary] + 1, DAYS)

    def active_days(self, home: int, hour: int) -> int:
        """On how many known days `home` (a row) was active in local hour `hour`."""
        return int(((self.ring_hours[home] >> np.uint32(hour)) & 1).sum())

    def active_share(self, hour: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of the known days on which each home was active in local hour `hour`, shape (homes,)."""
        bits = (self.ring_hours >> hour[:, None].astype(np.uint32)) & 1
        share: NDArray[np.float64] = bits.sum(axis=1) / np.maximum(self.known, 1)
        return share


_COLUMNS = (
    "ring", "ring_hours", "known", "head", "today", "hours", "day", "aside", "aside_hours", "aside_day",
)  # fmt: skip
