"""How soon, at how many false alarms? The silence model against fixed timers, on homes it has not seen.

Everything is left out by folds of homes, the thresholds too: a home is judged by weights and by a threshold
that were chosen on other homes, by its own past, and by what was said of its own past alarms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.inactivity import InactivityDetector
from analytics.inactivity_curves import Curves, Point
from analytics.recording import Recording, span_days
from analytics.rehearsal import cuts, ordinary, rehearse
from analytics.silence import NAMES, Numbers, SilenceModel
from analytics.silence_training import Lessons, fit, folds, gather
from core.finding import Finding
from core.instant import HOUR, MINUTE

RATES = (0.1, 0.07, 0.05, 0.0329, 0.025)  # false alarms a person-day; 0.0329 is one a month
TIMERS_H = (3, 4, 5, 6, 8, 10, 12, 14, 16)
TEST_SEED = 2  # other cuts than those that were learned from

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What `evaluate` found.

    Attributes:
        thresholds: rates (a person-day) and the score for each, from all homes: what a detector ships with.
        model, timers: curves; best_timers: the quickest timer at each rate of `model`. unruled: as `model`,
            when nobody ever says that an alarm was false.
        streamed: what the detector itself did at `target`; alarms: its alarms as (home, onset, at).
        platform: alarms among them that began in an outage of the platform, or within a day after it.
        ended: silences with which a home's recording ends; the detector called, and nobody can say whether
            wrongly: they are not counted.
    """

    homes: int
    person_days: float
    cuts: int
    target: float
    thresholds: tuple[tuple[float, float], ...]
    model: tuple[Point, ...]
    unruled: tuple[Point, ...]
    timers: tuple[Point, ...]
    best_timers: tuple[Point, ...]
    streamed: Point
    alarms: tuple[tuple[str, int, int], ...]
    platform: int
    ended: int
    weights: Numbers


@dataclass(frozen=True, slots=True)
class FoldedModel(SilenceModel):
    """Weights and thresholds of its own for every home: rows are those of the routine."""

    home_weights: Numbers
    home_thresholds: Numbers

    def threshold(self, rate: float) -> float:
        """The score is counted from the home's own threshold."""
        return 0.0

    def score(self, numbers: Numbers, home: NDArray[np.intp]) -> Numbers:
        """Each row by the weights of its home, above its threshold."""
        score: Numbers = np.einsum("nk,nk->n", numbers, self.home_weights[home]) - self.home_thresholds[home]
        return score


def evaluate(recording: Recording, target: float, progress: Progress = lambda what, share: None) -> Result:
    """Train by folds of homes, choose the thresholds for `target` false alarms a day, play it once more."""
    homes = sorted(recording.directory.residents)
    lessons = gather(recording, lambda share: progress("learning", share))
    player = _Player(recording, homes, lessons, progress)
    curves, _ = player.play(np.full(len(homes), np.inf), "choosing")
    # A detector that raises alarms learns from other days than one that never does: choose again.
    curves, _ = player.play(_by_home(left_out(curves, homes, target)), "choosing again")
    chosen = left_out(curves, homes, target)
    curves, found = player.play(_by_home(chosen), "playing")
    last = {home: int(recording.signs(home)[-1]) for home in homes}
    raised = [f for f in found if not f.cleared]
    alarms = [f for f in raised if f.onset < last[f.home]]
    days = sum(player.days.values())
    streamed = curves.point("", chosen)
    model = tuple(curves.point(f"model at {r:g}", left_out(curves, homes, r)) for r in RATES)
    return Result(
        homes=len(homes),
        person_days=days,
        cuts=sum(1 for _ in cuts(recording, TEST_SEED)),
        target=target,
        thresholds=tuple((rate, curves.threshold(rate, homes)) for rate in sorted({*RATES, target})),
        model=model,
        unruled=tuple(
            curves.point(f"nobody rules, {r:g}", left_out(curves, homes, r, ruled=False), ruled=False)
            for r in RATES
        ),
        timers=tuple(curves.timer(hours) for hours in TIMERS_H),
        best_timers=tuple(curves.timer_at(point.false_alarms) for point in model),
        streamed=Point("detector", len(alarms) / days, streamed.median_h, streamed.p90_h),
        alarms=tuple((recording.codes[f.home - 1], f.onset, f.at) for f in alarms),
        platform=_of_outages(raised, recording.outages()),
        ended=len(raised) - len(alarms),
        weights=fit(lessons),
    )


def left_out(curves: Curves, homes: Sequence[int], rate: float, *, ruled: bool = True) -> dict[int, float]:
    """The threshold of each home, chosen for `rate` on the homes of the other folds."""
    chosen: dict[int, float] = {}
    for fold in folds(homes):
        others = [home for home in homes if home not in fold]
        chosen |= dict.fromkeys(fold, curves.threshold(rate, others or homes, ruled=ruled))
    return chosen


class _Player:
    """Plays the recording with weights of other homes."""

    def __init__(
        self, recording: Recording, homes: Sequence[int], lessons: Lessons, progress: Progress
    ) -> None:
        self._recording, self._progress = recording, progress
        self._weights = np.zeros((len(homes), len(NAMES)))
        for fold in folds(homes):
            self._weights[np.array(fold, int) - 1] = fit(lessons, without=fold)
        self.days = {home: span_days(recording, home) for home in homes}
        self._looks = [*ordinary(recording), *cuts(recording, TEST_SEED)]

    def play(self, thresholds: Numbers, what: str) -> tuple[Curves, list[Finding]]:
        """Curves of what was seen, and what the detector said, with a threshold for each home."""
        empty = np.zeros(0)
        detector = InactivityDetector(FoldedModel(empty, empty, empty, self._weights, thresholds))
        detector.know(self._recording.directory)
        curves = Curves(self._weights, detector.routine, self.days)
        found = rehearse(
            self._recording, detector, self._looks, curves.see, lambda share: self._progress(what, share)
        )
        return curves, found


def _by_home(chosen: dict[int, float]) -> Numbers:
    return np.array([chosen[home] for home in sorted(chosen)])


def _of_outages(alarms: Sequence[Finding], outages: Sequence[tuple[int, int]]) -> int:
    """Alarms raised while nobody could have been heard, or of silences that span it."""
    return sum(
        any(f.at > begin + MINUTE and f.onset <= end and f.at <= end + HOUR for begin, end in outages)
        for f in alarms
    )
