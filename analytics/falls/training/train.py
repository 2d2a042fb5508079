"""Trials of the training people -> a calibrated, thresholded model."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from analytics.falls.dataset import Trial
from analytics.falls.features import describe
from analytics.falls.kernels import Kernels, shares
from analytics.falls.model import FallModel, Judge
from analytics.falls.thresholds import Thresholds
from analytics.falls.training.augment import augment, curtailed
from analytics.falls.training.clips import IGNORED, cells_of, cut
from analytics.falls.training.parts import (
    Normal,
    Scaling,
    draw_biases,
    fit_forest,
    fit_network,
    normal_equations,
    scaling_of,
    solve,
)
from analytics.falls.training.people import person
from analytics.falls.training.settle import settle
from analytics.falls.trigger import AFTER, BEFORE, EARLY

COPIES = 4
"""Augmented variants of every trial beside the trial itself."""

FOLDS = 5

PLAINLY_NOT, PLAINLY_NOT_EARLY = -5.0, 0.0
"""Candidates with a tree score below this are not looked at any further. The early judge reports only what is
plain, so it need not look closely."""

LOT = 500

Progress = Callable[[Iterable[Any], str], Iterable[Any]]
"""Wraps an iterable to show how far it is; the default shows nothing."""


def _silently(items: Iterable[Any], _what: str) -> Iterable[Any]:
    return items


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Labelled candidates.

    Attributes:
        acc: shape (n, T, 3), g, as the last judge sees them.
        label, weight, trial, person: shape (n,).
        recorded: shape (n,), False for augmented variants.
    """

    acc: NDArray[np.float32]
    label: NDArray[np.int64]
    weight: NDArray[np.float64]
    trial: NDArray[np.int64]
    person: NDArray[np.str_]
    recorded: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Candidates as one judge sees them: features (n, f) with `names`, kernel shares (n, k) with `biases`."""

    features: NDArray[np.float32]
    names: tuple[str, ...]
    shares: NDArray[np.uint8]
    biases: NDArray[np.float32]


def examples(trials: Sequence[Trial], seed: int, progress: Progress = _silently) -> Examples:
    """Candidates of the trials and of COPIES augmented variants of each."""
    acc, label, trial, copy = [], [], [], []
    for number in progress(range(COPIES + 1), "cutting candidates"):
        rng = np.random.default_rng([seed, number])
        variants = [augment(one, rng) for one in trials] if number else trials
        clips = cut(variants, [cells_of(variant) for variant in variants])
        used = clips.label != IGNORED
        acc.append(curtailed(clips.acc[used], rng) if number else clips.acc[used])
        label.append(clips.label[used])
        trial.append(clips.trial[used])
        copy.append(np.full(int(used.sum()), number))
    labels, owner = np.concatenate(label), np.concatenate(trial)
    return Examples(
        acc=np.concatenate(acc),
        label=labels,
        weight=_weights(trials, owner, labels),
        trial=owner,
        person=np.array([person(trials[index]) for index in owner]),
        recorded=np.concatenate(copy) == 0,
    )


def view(known: Examples, after: int, seed: int, progress: Progress = _silently) -> View:
    """The examples as seen `after` cells after the impact."""
    acc = known.acc[:, : BEFORE + 1 + after]
    biases = draw_biases(acc, seed)
    lots = [acc[begin : begin + LOT] for begin in range(0, len(acc), LOT)]
    described = [describe(lot) for lot in lots]
    return View(
        np.concatenate([features for features, _ in described]),
        described[0][1],
        np.concatenate([shares(lot, biases) for lot in progress(lots, "convolving")]),
        biases,
    )


def _weights(
    trials: Sequence[Trial], trial: NDArray[np.int64], label: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Every (data set, site, class) counts by the root of its size, so none drowns the others."""
    places = [f"{trials[index].dataset}/{trials[index].placement}" for index in trial]
    strata = np.char.add(places, label.astype(str))
    _, which, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(sizes[which])
    return np.asarray(weight / weight.mean())


def train(trials: Sequence[Trial], version: str, seed: int, progress: Progress = _silently) -> FallModel:
    """Calibrate and choose thresholds on people left out, then fit on all."""
    known = examples(trials, seed, progress)
    judges: list[Judge] = []
    names: tuple[str, ...] = ()
    for after in (EARLY, AFTER):
        seen = view(known, after, seed, progress)
        judges.append(_judge(trials, known, seen, after, seed, progress))
        names = seen.names
    real = known.recorded
    return FallModel(
        version=version,
        judges=tuple(judges),
        features=names,
        trained_on={
            "sets": sorted({trial.dataset for trial in trials}),
            "people": len({person(trial) for trial in trials}),
            "recordings": len(trials),
            "candidates": int(real.sum()),
            "falls": int(known.label[real].sum()),
            "copies": COPIES,
            "seed": seed,
        },
    )


def _judge(
    trials: Sequence[Trial], known: Examples, seen: View, after: int, seed: int, progress: Progress
) -> Judge:
    scaling = scaling_of(seen.shares)
    people = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    splits = list(people.split(seen.features, known.label, known.person))
    normals = [_normal(known, seen, scaling, held) for _, held in progress(splits, "convolved candidates")]
    total = normals[0]
    for normal in normals[1:]:
        total += normal
    logit = np.full(len(known.label), np.nan)
    plan = list(zip(splits, normals, strict=True))
    for (fit, held), normal in progress(plan, "calibrating on people left out"):
        real = held[known.recorded[held]]
        judge = _fit(known, seen, fit, total - normal, scaling, after, seed)
        linear = seen.shares[real].astype(np.float32) @ judge.kernels.weights + judge.kernels.offset
        logit[real] = judge.mixed(seen.features[real], linear.astype(np.float64).__getitem__)
    everything = np.arange(len(known.label))
    return _calibrated(trials, known, logit, _fit(known, seen, everything, total, scaling, after, seed))


def _normal(known: Examples, seen: View, scaling: Scaling, rows: NDArray[np.int64]) -> Normal:
    return normal_equations(seen.shares[rows], scaling, known.label[rows], known.weight[rows])


def _fit(
    known: Examples,
    seen: View,
    rows: NDArray[np.int64],
    normal: Normal,
    scaling: Scaling,
    after: int,
    seed: int,
) -> Judge:
    """An uncalibrated judge of the examples `rows`."""
    features, label = seen.features[rows], known.label[rows]
    weights, offset = solve(normal, scaling)
    return Judge(
        after=after,
        plainly_not=PLAINLY_NOT,
        slope=1.0,
        offset=0.0,
        thresholds=Thresholds({}, {}, {}, 0.5),
        forest=fit_forest(features, label, known.weight[rows], seed),
        network=fit_network(features, label, seed),
        kernels=Kernels(seen.biases, weights, offset),
    )


def _calibrated(trials: Sequence[Trial], known: Examples, logit: NDArray[np.float64], judge: Judge) -> Judge:
    real = known.recorded
    scale = LogisticRegression(C=1e6).fit(logit[real, None], known.label[real], known.weight[real])
    calibrated = replace(judge, slope=float(scale.coef_[0, 0]), offset=float(scale.intercept_[0]))
    highest = np.zeros(len(trials))
    np.maximum.at(highest, known.trial[real], calibrated.calibrated(logit[real]))
    early = judge.after == EARLY
    return replace(
        calibrated,
        plainly_not=PLAINLY_NOT_EARLY if early else PLAINLY_NOT,
        thresholds=settle(trials, highest, early),
    )
