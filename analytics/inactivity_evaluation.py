"""How soon, at how many false alarms? The silence model against fixed timers, on homes it has not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.inactivity import InactivityDetector
from analytics.recording import Recording, span_days
from analytics.rehearsal import Look, cuts, ordinary, rehearse
from analytics.routine import Routine
from analytics.silence import LONGEST_S, NAMES, SHORTEST_S, Numbers, Silence, SilenceModel
from analytics.silence_training import at_ages, fit, folds, gather
from core.finding import Finding
from core.instant import HOUR, MINUTE, SECOND

AGES_S = np.arange(SHORTEST_S, LONGEST_S + 1, 900.0)
RATES = (0.1, 0.07, 0.05, 0.035, 0.025)  # false alarms a person-day at which the delay is told
TIMERS_H = (3, 4, 5, 6, 8, 10, 12, 14, 16)
TEST_SEED = 2  # other cuts than those that were learned from

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Point:
    """One operating point: false alarms a person-day, and the delay from the cut to the alarm in hours."""

    name: str
    false_alarms: float
    median_h: float
    p90_h: float


@dataclass(frozen=True, slots=True)
class Result:
    """What `evaluate` found.

    Attributes:
        model, timers: curves. streamed: what the detector itself did at `threshold`; alarms: its alarms as
            (home, onset, at).
        platform: alarms among them that began in an outage of the platform, or within a day after it.
    """

    homes: int
    person_days: float
    cuts: int
    threshold: float
    model: tuple[Point, ...]
    timers: tuple[Point, ...]
    streamed: Point
    alarms: tuple[tuple[str, int, int], ...]
    platform: int
    weights: Numbers


class FoldedModel(SilenceModel):
    """Weights of its own for every home: row i of `weights` is for row i of the routine."""

    def score(self, numbers: Numbers, home: NDArray[np.intp]) -> Numbers:
        """Each row by the weights of its home."""
        score: Numbers = np.einsum("nk,nk->n", numbers, self.weights[home])
        return score


class Curves:
    """Scores of silences at all ages, and what a threshold makes of them."""

    def __init__(self, model: SilenceModel, routine: Routine) -> None:
        self._model, self._routine = model, routine
        self._looks: list[Look] = []
        self._scores: list[Numbers] = []

    def see(self, look: Look, silence: Silence) -> None:
        """Write down one silence; the score counts from the first age at which it was reached."""
        numbers = at_ages(self._routine, silence, AGES_S)
        asleep = (silence.begun_h >= 21) | (silence.begun_h < 5)
        patience = self._model.away_patience * silence.away + self._model.night_patience * asleep
        score = self._model.score(numbers, np.repeat(silence.home, len(AGES_S))) - patience
        score[-1] = np.inf  # a whole day calls in any case
        self._looks.append(look)
        self._scores.append(np.maximum.accumulate(score))

    def point(self, name: str, threshold: float, days: float) -> Point:
        """False alarms and delays at `threshold`."""
        scores = np.array(self._scores)
        called_s = AGES_S[np.argmax(scores > threshold, axis=1)]
        return self._point(name, called_s, days)

    def timer(self, hours: float, days: float) -> Point:
        """The same for a fixed timer."""
        return self._point(f"{hours:g} h", np.full(len(self._looks), hours * 3600.0), days)

    def _point(self, name: str, called_s: Numbers, days: float) -> Point:
        length_s = np.array([look.length / SECOND for look in self._looks])
        cut_s = np.array([(look.at - look.begun) / SECOND for look in self._looks])
        false = int(np.count_nonzero((length_s > 0) & (length_s > called_s)))
        delay_h = (called_s - cut_s)[length_s == 0] / 3600
        delay_h = delay_h[delay_h > 0]  # else the alarm had come before the collapse
        return Point(name, false / days, float(np.median(delay_h)), float(np.percentile(delay_h, 90)))

    def threshold(self, rate: float, days: float) -> float:
        """The lowest threshold with at most `rate` false alarms a person-day."""
        low, high = -10.0, 15.0
        for _ in range(30):
            middle = (low + high) / 2
            if self.point("", middle, days).false_alarms > rate:
                low = middle
            else:
                high = middle
        return high


def evaluate(recording: Recording, target: float, progress: Progress = lambda what, share: None) -> Result:
    """Train by folds of homes, choose the threshold for `target` false alarms a day, play it once more."""
    homes = sorted(recording.directory.residents)
    lessons = gather(recording, lambda share: progress("learning", share))
    weights = np.zeros((len(homes), len(NAMES)))
    for fold in folds(homes):
        weights[np.array(fold) - 1] = fit(lessons, without=fold)
    days = sum(span_days(recording, home) for home in homes)
    looks = [*ordinary(recording), *cuts(recording, TEST_SEED)]

    def play(threshold: float, what: str) -> tuple[Curves, list[Finding]]:
        model = FoldedModel(weights, threshold)
        detector = InactivityDetector(model)
        detector.know(recording.directory)
        curves = Curves(model, detector.routine)
        found = rehearse(recording, detector, looks, curves.see, lambda share: progress(what, share))
        return curves, found

    curves, _ = play(np.inf, "choosing")
    # A detector that raises alarms learns less than one that never does: choose again with what it learned.
    curves, _ = play(curves.threshold(target, days), "choosing again")
    threshold = curves.threshold(target, days)
    curves, found = play(threshold, "playing")
    alarms = [f for f in found if not f.cleared]
    return Result(
        homes=len(homes),
        person_days=days,
        cuts=sum(not look.length for look in looks),
        threshold=threshold,
        model=tuple(curves.point(f"model at {r:g}", curves.threshold(r, days), days) for r in RATES),
        timers=tuple(curves.timer(hours, days) for hours in TIMERS_H),
        streamed=_streamed(curves.point("streamed", threshold, days), alarms, days),
        alarms=tuple((recording.codes[f.home - 1], f.onset, f.at) for f in alarms),
        platform=_of_outages(alarms, recording.outages()),
        weights=fit(lessons),
    )


def _streamed(point: Point, alarms: Sequence[Finding], days: float) -> Point:
    return Point("detector", len(alarms) / days, point.median_h, point.p90_h)


def _of_outages(alarms: Sequence[Finding], outages: Sequence[tuple[int, int]]) -> int:
    """Alarms raised while nobody could have been heard, or of silences that span it."""
    return sum(
        any(f.at > begin + MINUTE and f.onset <= end and f.at <= end + HOUR for begin, end in outages)
        for f in alarms
    )
