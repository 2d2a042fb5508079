"""Trials of the training people -> a calibrated, thresholded model."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from analytics.falls.dataset import Trial
from analytics.falls.features import describe
from analytics.falls.model import FallModel
from analytics.falls.training.clips import IGNORED, cells_of, cut
from analytics.falls.training.forest import to_forest
from analytics.falls.training.people import person

FOLDS = 5

FALSE_SHARE = 0.05
"""Share of recordings of daily life in which a false alarm is accepted when a threshold is chosen."""

LOWEST, HIGHEST = 0.3, 0.9
"""A threshold stays between these whatever the recordings say."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What the model learns from: features (n, f), labels, weights, person and site of each."""

    features: NDArray[np.float32]
    names: tuple[str, ...]
    label: NDArray[np.int64]
    weight: NDArray[np.float64]
    trial: NDArray[np.int64]
    groups: NDArray[np.str_]


Progress = Callable[[Iterable[Any], str], Iterable[Any]]
"""Wraps an iterable to show how far it is; the default shows nothing."""


def _silently(items: Iterable[Any], _what: str) -> Iterable[Any]:
    return items


def examples(trials: Sequence[Trial]) -> Examples:
    """Labelled candidates of `trials`."""
    clips = cut(trials, [cells_of(trial) for trial in trials])
    used = clips.label != IGNORED
    features, names = describe(clips.acc[used])
    trial = clips.trial[used]
    groups = np.array([person(trials[index]) for index in trial])
    label = clips.label[used]
    return Examples(features, names, label, _weights(trials, trial, label), trial, groups)


def _weights(
    trials: Sequence[Trial], trial: NDArray[np.int64], label: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Every (data set, site, class) counts by the root of its size, so none drowns the others."""
    places = [f"{trials[index].dataset}/{trials[index].placement}" for index in trial]
    strata = np.char.add(places, label.astype(str))
    _, which, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(sizes[which])
    return np.asarray(weight / weight.mean())


def booster(seed: int) -> HistGradientBoostingClassifier:
    """The learner, as chosen by the leave-one-data-set-out figures in the model card."""
    return HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.06,
        max_leaf_nodes=12,
        l2_regularization=5.0,
        min_samples_leaf=20,
        random_state=seed,
    )


def train(trials: Sequence[Trial], version: str, seed: int, progress: Progress = _silently) -> FallModel:
    """Fit, calibrate on people left out, choose the thresholds there, then fit on all."""
    known = examples(trials)
    score = np.zeros(len(known.label))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    splits = list(folds.split(known.features, known.label, known.groups))
    for fit, held in progress(splits, "calibrating on people left out"):
        fitted = booster(seed).fit(known.features[fit], known.label[fit], known.weight[fit])
        score[held] = fitted.decision_function(known.features[held])
    scale = LogisticRegression(C=1e6).fit(score[:, None], known.label, known.weight)
    slope, offset = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    probability = 1 / (1 + np.exp(-(slope * score + offset)))
    final = booster(seed).fit(known.features, known.label, known.weight)
    return FallModel(
        version=version,
        thresholds=thresholds(trials, known, probability),
        slope=slope,
        offset=offset,
        features=known.names,
        forest=to_forest(final),
        trained_on={
            "sets": sorted({trial.dataset for trial in trials}),
            "people": len({person(trial) for trial in trials}),
            "candidates": len(known.label),
            "falls": int(known.label.sum()),
            "seed": seed,
        },
    )


def thresholds(
    trials: Sequence[Trial], known: Examples, probability: NDArray[np.float64]
) -> dict[str, float]:
    """By site, the lowest probability that few recordings of daily life of held-out people reach."""
    highest = np.zeros(len(trials))
    np.maximum.at(highest, known.trial, probability)
    fall = np.array([trial.is_fall for trial in trials])
    site = np.array([trial.placement for trial in trials])
    chosen = {
        str(name): _least(highest[(site == name) & ~fall]) for name in np.unique(site)
    }
    return {"unknown": max(chosen.values()), **chosen}


def _least(others: NDArray[np.float64]) -> float:
    return float(np.clip(np.quantile(others, 1 - FALSE_SHARE), LOWEST, HIGHEST))
