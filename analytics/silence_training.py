"""Training the silence model: a logistic regression that tells cut silences from ordinary ones.

Every silence is shown at several ages, as long as it lasts, so that the score is about "still silent after so
long". Weighted so that both sorts count the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.inactivity import InactivityDetector
from analytics.recording import Recording
from analytics.rehearsal import Look, cuts, ordinary, rehearse
from analytics.routine import Routine
from analytics.silence import NAMES, Numbers, Silence, SilenceModel, describe
from core.instant import SECOND

AGES_S = 3600.0 * np.array([1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24])
RIDGE = 3.0
ROUNDS = 15
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Lessons:
    """What silences looked like at each age. Shapes (n, columns), (n,), (n,)."""

    numbers: NDArray[np.float32]
    cut: NDArray[np.bool_]
    home: NDArray[np.int32]


def no_model() -> SilenceModel:
    """Calls nobody before a whole day has passed."""
    return SilenceModel(np.zeros(len(NAMES)), np.array([0.05]), np.array([np.inf]))


def gather(recording: Recording, progress: Callable[[float], None] = lambda share: None) -> Lessons:
    """Play the recording once and write down every silence at every age."""
    detector = InactivityDetector(no_model())
    numbers: list[NDArray[np.float32]] = []
    labels: list[tuple[bool, int]] = []

    def see(look: Look, silence: Silence) -> None:
        ages = AGES_S if not look.length else AGES_S[look.length / SECOND > AGES_S]
        if len(ages):
            rows = at_ages(detector.routine, silence, ages).astype(np.float32)
            numbers.append(rows)
            labels.extend([(not look.length, look.home)] * len(rows))

    rehearse(recording, detector, [*ordinary(recording), *cuts(recording)], see, progress)
    cut, home = zip(*labels, strict=True)
    return Lessons(np.concatenate(numbers), np.array(cut), np.array(home, np.int32))


def at_ages(routine: Routine, silence: Silence, ages_s: Numbers) -> Numbers:
    """One silence described at several ages, shape (ages, columns)."""
    times = len(ages_s)
    again = Silence(
        home=np.repeat(silence.home, times),
        begun_h=np.repeat(silence.begun_h, times),
        away=np.repeat(silence.away, times),
        door_s=np.repeat(silence.door_s, times),
        place=np.repeat(silence.place, times),
        counts=np.repeat(silence.counts, times, axis=0),
    )
    return describe(routine, again, ages_s)


def fit(lessons: Lessons, without: Sequence[int] = ()) -> Numbers:
    """Weights of `describe`'s columns, from all homes but `without`."""
    use = ~np.isin(lessons.home, without)
    numbers, cut = lessons.numbers[use].astype(np.float64), lessons.cut[use].astype(np.float64)
    mean, scale = numbers.mean(axis=0), numbers.std(axis=0)
    mean[0], scale[scale == 0] = 0.0, 1.0
    weight = np.where(cut == 1, (cut == 0).sum() / max((cut == 1).sum(), 1), 1.0)
    scaled: Numbers = _logistic((numbers - mean) / scale, cut, weight) / scale
    scaled[0] -= float(scaled[1:] @ mean[1:])
    return scaled


def _logistic(numbers: Numbers, cut: Numbers, weight: Numbers) -> Numbers:
    """Ridge logistic regression by Newton's method; the first column is the constant and goes free."""
    ridge = np.eye(numbers.shape[1]) * RIDGE
    ridge[0, 0] = 0.0
    weights: Numbers = np.zeros(numbers.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(numbers @ weights, -30, 30)))
        curvature = weight * chance * (1 - chance) + 1e-9
        slope = numbers.T @ (weight * (cut - chance)) - ridge @ weights
        step = np.linalg.solve(numbers.T @ (numbers * curvature[:, None]) + ridge, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def folds(homes: Sequence[int]) -> list[list[int]]:
    """Every FOLDS-th home together: what one of them is judged by has been learned from the others."""
    return [list(homes[index::FOLDS]) for index in range(FOLDS)]
