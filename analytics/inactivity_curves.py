"""Scores of recorded silences at every age, and what a threshold and the control make of them.

A false alarm is an alarm in a silence that ended with a movement; a silence makes one at most. The delay is
counted from the instant of the collapse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from analytics.rehearsal import Look
from analytics.routine import Routine
from analytics.silence import LONGEST_S, SHORTEST_S, Numbers, Silence, hesitation
from analytics.silence_patience import FADES, MOST, NEW, NEW_DAYS, STEP
from analytics.silence_training import at_ages
from core.instant import SECOND

AGES_S = np.arange(SHORTEST_S, LONGEST_S + 1, 900.0)
_HALVINGS = 16


@dataclass(frozen=True, slots=True)
class Point:
    """One operating point: false alarms a person-day, and the delay from the cut to the alarm in hours."""

    name: str
    false_alarms: float
    median_h: float
    p90_h: float


class Curves:
    """Silences of `rehearse`, each with its score at AGES_S by the weights of its home, (homes, columns)."""

    def __init__(self, weights: Numbers, routine: Routine, days: Mapping[int, float]) -> None:
        self._weights, self._routine, self._days = weights, routine, days
        self._looks: list[Look] = []
        self._scores: list[Numbers] = []
        self._fresh: list[float] = []

    def see(self, look: Look, silence: Silence) -> None:
        """Write down one silence; the score counts from the first age at which it was reached."""
        score = at_ages(self._routine, silence, AGES_S) @ self._weights[look.home - 1]
        score -= hesitation(silence, AGES_S)
        score[-1] = np.inf  # a whole day calls in any case
        self._looks.append(look)
        self._scores.append(np.maximum.accumulate(score))
        self._fresh.append(NEW * exp(-self._routine.known[look.home - 1] / NEW_DAYS))

    def point(self, name: str, thresholds: Mapping[int, float], *, ruled: bool = True) -> Point:
        """False alarms and delays in the homes of `thresholds`, each at its own; with `ruled` every false
        alarm is called false as soon as there is movement again."""
        used, called = self._called(thresholds, ruled)
        return self._point(name, used, called, sum(self._days[home] for home in thresholds))

    def timer(self, hours: float) -> Point:
        """The same for a fixed timer in all homes."""
        called_s = np.full(len(self._looks), hours * 3600.0)
        return self._point(f"{hours:g} h", np.arange(len(called_s)), called_s, sum(self._days.values()))

    def timer_at(self, rate: float) -> Point:
        """The quickest fixed timer with at most `rate` false alarms a person-day, to a minute."""
        length_s = np.sort([look.length / SECOND for look in self._looks if look.length])[::-1]
        hours = np.ceil(length_s[int(rate * sum(self._days.values()))] / 60) / 60
        return self.timer(round(float(hours), 2))

    def threshold(self, rate: float, homes: Sequence[int], *, ruled: bool = True) -> float:
        """The lowest threshold for `homes` with at most `rate` false alarms a person-day."""
        low, high = -10.0, 15.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.point("", dict.fromkeys(homes, middle), ruled=ruled).false_alarms > rate:
                low = middle
            else:
                high = middle
        return high

    def _called(self, thresholds: Mapping[int, float], ruled: bool) -> tuple[NDArray[np.intp], Numbers]:
        """The looks at `thresholds`' homes, and after how many seconds each silence is called."""
        used = [index for index, look in enumerate(self._looks) if look.home in thresholds]
        level = dict.fromkeys(thresholds, 0.0)
        then = dict.fromkeys(thresholds, 0)
        ruling: dict[int, int] = {}  # home -> when the false alarm of its running silence will be ruled on
        called = np.empty(len(used))
        for place, index in enumerate(used):
            look = self._looks[index]
            home, now = look.home, look.at
            if home in ruling and ruling[home] <= now:
                at = ruling.pop(home)
                level[home] = min(level[home] * exp((then[home] - at) / FADES) + STEP, MOST)
                then[home] = at
            limit = thresholds[home] + self._fresh[index] + level[home] * exp((then[home] - now) / FADES)
            called[place] = AGES_S[np.argmax(self._scores[index] > limit)]
            if ruled and look.length / SECOND > called[place]:
                ruling[home] = look.begun + look.length
        return np.array(used, np.intp), called

    def _point(self, name: str, used: NDArray[np.intp], called_s: Numbers, days: float) -> Point:
        length_s = np.array([self._looks[index].length / SECOND for index in used.tolist()])
        cut_s = np.array(
            [(look.at - look.begun) / SECOND for look in (self._looks[i] for i in used.tolist())]
        )
        false = int(np.count_nonzero((length_s > 0) & (length_s > called_s)))
        delay_h = (called_s - cut_s)[length_s == 0] / 3600
        delay_h = delay_h[delay_h > 0]  # else the alarm had come before the collapse
        if not len(delay_h):
            return Point(name, false / days, float("nan"), float("nan"))
        return Point(name, false / days, float(np.median(delay_h)), float(np.percentile(delay_h, 90)))
