"""Trials of the training people -> a calibrated, thresholded model."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from analytics.falls.dataset import Trial
from analytics.falls.features import describe
from analytics.falls.kernels import Kernels, shares
from analytics.falls.model import FallModel, device_class
from analytics.falls.training.augment import augment
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

COPIES = 4
"""Augmented variants of every trial beside the trial itself."""

FOLDS = 3

FOUND_SHARE = {"wrist/fast": 0.975}
"""Share of falls that must be found where a threshold is set by falls."""

FALSE_SHARE = {"wrist": 0.03, "wrist/slow": 0.0125, "ankle": 0.03}
FALSE_SHARE_ELSEWHERE = 0.01
"""Share of recordings of daily life in which a false alarm is accepted where it is set by those."""

LOWEST, LOWEST_ELSEWHERE, HIGHEST = {"wrist": 0.25}, 0.45, 0.95
"""A threshold stays between these whatever the recordings say: on the trunk almost anything separates
one data set, but another maker's device needs the room."""

LOT = 500

Progress = Callable[[Iterable[Any], str], Iterable[Any]]
"""Wraps an iterable to show how far it is; the default shows nothing."""


def _silently(items: Iterable[Any], _what: str) -> Iterable[Any]:
    return items


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Labelled candidates.

    Attributes:
        features: shape (n, f); `names` in order.
        shares: shape (n, k), kernel shares with `biases`.
        label, weight, trial, person: shape (n,).
        recorded: shape (n,), False for augmented variants.
    """

    features: NDArray[np.float32]
    names: tuple[str, ...]
    shares: NDArray[np.uint8]
    biases: NDArray[np.float32]
    label: NDArray[np.int64]
    weight: NDArray[np.float64]
    trial: NDArray[np.int64]
    person: NDArray[np.str_]
    recorded: NDArray[np.bool_]


def examples(trials: Sequence[Trial], seed: int, progress: Progress = _silently) -> Examples:
    """Candidates of the trials and of COPIES augmented variants of each."""
    acc, label, trial, copy = [], [], [], []
    for number in progress(range(COPIES + 1), "cutting candidates"):
        rng = np.random.default_rng([seed, number])
        variants = [augment(one, rng) for one in trials] if number else trials
        clips = cut(variants, [cells_of(variant) for variant in variants])
        used = clips.label != IGNORED
        acc.append(clips.acc[used])
        label.append(clips.label[used])
        trial.append(clips.trial[used])
        copy.append(np.full(int(used.sum()), number))
    clip, labels, owner = np.concatenate(acc), np.concatenate(label), np.concatenate(trial)
    biases = draw_biases(clip, seed)
    lots = [clip[begin : begin + LOT] for begin in range(0, len(clip), LOT)]
    described = [describe(lot) for lot in lots]
    return Examples(
        features=np.concatenate([features for features, _ in described]),
        names=described[0][1],
        shares=np.concatenate([shares(lot, biases) for lot in progress(lots, "convolving")]),
        biases=biases,
        label=labels,
        weight=_weights(trials, owner, labels),
        trial=owner,
        person=np.array([person(trials[index]) for index in owner]),
        recorded=np.concatenate(copy) == 0,
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
    scaling = scaling_of(known.shares)
    splits = list(
        StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(
            known.features, known.label, known.person
        )
    )
    normals = [_normal(known, scaling, held) for _, held in progress(splits, "convolved candidates")]
    total = normals[0]
    for normal in normals[1:]:
        total += normal
    everything = np.arange(len(known.label))
    logit = np.full(len(known.label), np.nan)
    plan = list(zip(splits, normals, strict=True))
    for (fit, held), normal in progress(plan, "calibrating on people left out"):
        real = held[known.recorded[held]]
        logit[real] = _logit(_fit(known, fit, total - normal, scaling, seed), known, real)
    final = _fit(known, everything, total, scaling, seed)
    return _calibrated(trials, known, logit, final, version, seed)


def _normal(known: Examples, scaling: Scaling, rows: NDArray[np.int64]) -> Normal:
    return normal_equations(known.shares[rows], scaling, known.label[rows], known.weight[rows])


def _fit(known: Examples, rows: NDArray[np.int64], normal: Normal, scaling: Scaling, seed: int) -> FallModel:
    """An uncalibrated model of the examples `rows`."""
    features, label = known.features[rows], known.label[rows]
    weights, offset = solve(normal, scaling)
    return FallModel(
        version="",
        thresholds={"unknown": 0.5},
        slope=1.0,
        offset=0.0,
        features=known.names,
        forest=fit_forest(features, label, known.weight[rows], seed),
        network=fit_network(features, label, seed),
        kernels=Kernels(known.biases, weights, offset),
        trained_on={},
    )


def _logit(model: FallModel, known: Examples, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mixed score of examples whose kernel shares are already known."""
    linear = known.shares[rows].astype(np.float32) @ model.kernels.weights + model.kernels.offset
    return model.mixed(known.features[rows], lambda near: linear[near].astype(np.float64))


def _calibrated(
    trials: Sequence[Trial],
    known: Examples,
    logit: NDArray[np.float64],
    model: FallModel,
    version: str,
    seed: int,
) -> FallModel:
    real = known.recorded
    scale = LogisticRegression(C=1e6).fit(logit[real, None], known.label[real], known.weight[real])
    slope, offset = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    highest = np.zeros(len(trials))
    np.maximum.at(highest, known.trial[real], 1 / (1 + np.exp(-(slope * logit[real] + offset))))
    return FallModel(
        version=version,
        thresholds=thresholds(trials, highest),
        slope=slope,
        offset=offset,
        features=model.features,
        forest=model.forest,
        network=model.network,
        kernels=model.kernels,
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


def thresholds(trials: Sequence[Trial], highest: NDArray[np.float64]) -> dict[str, float]:
    """By device class and by bare site, chosen on recordings of people left out.

    `highest` is the highest probability in each trial. Data sets count alike: what is chosen in each
    is averaged.
    """
    falls: dict[tuple[str, str], list[float]] = defaultdict(list)
    others: dict[tuple[str, str], list[float]] = defaultdict(list)
    for trial, value in zip(trials, highest, strict=True):
        for name in (trial.placement, device_class(trial.placement, trial.hz)):
            (falls if trial.is_fall else others)[name, trial.dataset].append(float(value))
    found: dict[str, list[float]] = defaultdict(list)
    for (name, dataset), values in others.items():
        found[name].append(_threshold(name, falls[name, dataset], values))
    chosen = {name: _within_limits(name, float(np.mean(values))) for name, values in found.items()}
    return {"unknown": chosen.get("wrist", max(chosen.values())), **chosen}


def _within_limits(name: str, threshold: float) -> float:
    return min(HIGHEST, max(LOWEST.get(name.split("/", maxsplit=1)[0], LOWEST_ELSEWHERE), threshold))


def _threshold(name: str, falls: Sequence[float], others: Sequence[float]) -> float:
    if name in FOUND_SHARE and falls:
        return float(np.quantile(falls, 1 - FOUND_SHARE[name]))
    site = name.split("/", maxsplit=1)[0]
    share = FALSE_SHARE.get(name, FALSE_SHARE.get(site, FALSE_SHARE_ELSEWHERE))
    return float(np.quantile(others, 1 - share))
