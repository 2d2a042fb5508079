"""What is usual for one person: a value a day for four weeks, learnt slowly and only from ordinary days.

Of a day the median of its hours counts; of the heart rate the lowest fifth, which is about its resting rate.
An hour gives its first value. A day in which something was out of order is not learnt from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR

DAYS = 28
HOURS = 24
RESTING = 20.0  # percentile
SPREAD = 1.4826  # a median absolute deviation times this estimates a standard deviation


@dataclass(slots=True)
class Baseline:
    """One metric of one person, from one device.

    Attributes:
        latest: newest instant learnt from. day: the running local day (since 1970). spoiled: it is not
            ordinary. hours: its first value in each local hour, NaN where there is none.
        values, days: the last ordinary days, oldest first; shapes (n,), n <= DAYS.
    """

    resting: bool = False
    latest: int = 0
    day: int = 0
    spoiled: bool = False
    hours: NDArray[np.float64] = field(default_factory=lambda: np.full(HOURS, np.nan))
    values: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    days: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def learn(self, time: int, local: int, value: float) -> bool:
        """A value in order at `time` (`local`: the same by the wall clock); whether it is news."""
        if time <= self.latest:
            return False
        self.latest = time
        self.turn(local // DAY)
        hour = local // HOUR % HOURS
        if not np.isnan(self.hours[hour]):
            return False
        self.hours[hour] = value
        return True

    def spoil(self, time: int, local: int) -> None:
        """Something is out of order at `time`."""
        if time > self.latest:
            self.latest = time
            self.turn(local // DAY)
            self.spoiled = True

    def turn(self, day: int) -> None:
        """Close the running day when `day` is a later one."""
        if day <= self.day:
            return
        known = self.hours[~np.isnan(self.hours)]
        if len(known) and not self.spoiled:
            keep = self.days > self.day - DAYS
            self.values = np.r_[self.values[keep], self._of_day(known)]
            self.days = np.r_[self.days[keep], self.day]
        self.day, self.spoiled = day, False
        self.hours[:] = np.nan

    def between(self, oldest: int, newest: int) -> NDArray[np.float64]:
        """Values of the days from `oldest` to `newest` days ago, today (0) as far as it goes."""
        ago = self.day - self.days
        values: NDArray[np.float64] = self.values[(ago <= oldest) & (ago >= newest)]
        known = self.hours[~np.isnan(self.hours)]
        if newest > 0 or not len(known) or self.spoiled:
            return values
        return np.append(values, self._of_day(known))

    def numbers(self) -> list[float]:
        """What is to be kept."""
        known = [*self.hours.tolist(), *self.values.tolist(), *self.days.tolist()]
        return [self.latest, self.day, self.spoiled, *known]

    @classmethod
    def of(cls, numbers: Sequence[float], resting: bool) -> "Baseline":
        """What was kept."""
        rest = numbers[3 + HOURS :]
        half = len(rest) // 2
        return cls(
            resting, int(numbers[0]), int(numbers[1]), bool(numbers[2]), np.array(numbers[3 : 3 + HOURS]),
            np.array(rest[:half], np.float64), np.array(rest[half:]).astype(np.int64),
        )  # fmt: skip

    def _of_day(self, known: NDArray[np.float64]) -> float:
        return float(np.percentile(known, RESTING)) if self.resting else float(np.median(known))


def spread(values: NDArray[np.float64]) -> float:
    """A robust standard deviation."""
    return SPREAD * float(np.median(np.abs(values - np.median(values))))
