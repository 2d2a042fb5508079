"""Fits the three parts of the model: trees (LightGBM), networks (scikit-learn), kernels (ridge)."""

import warnings
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from analytics.falls.forest import Forest
from analytics.falls.kernels import COURSES, DILATIONS, TRIPLES, courses, responses
from analytics.falls.network import Network, standardise

NETWORK_SEEDS = 3
BIASES = 2
"""Biases a kernel."""

SAMPLED = 600
"""Candidates from which the biases are drawn."""

PENALTY = 0.3
"""Of the ridge, as a share of the examples; heavy, because it transfers better."""

LOT = 4000
"""Examples expanded to float at once."""

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
Weights = NDArray[np.float64]


def fit_forest(features: Features, label: Labels, weight: Weights, seed: int) -> Forest:
    """Gradient boosting with random thresholds (extremely randomised): shallow, many, slow."""
    learner = lightgbm.LGBMClassifier(
        n_estimators=800,
        learning_rate=0.04,
        num_leaves=7,
        min_child_samples=40,
        colsample_bytree=0.3,
        subsample=0.7,
        subsample_freq=1,
        reg_lambda=10.0,
        extra_trees=True,
        random_state=seed,
        deterministic=True,
        n_jobs=1,
        verbose=-1,
    )
    learner.fit(features, label, sample_weight=weight)
    trees = [tree["tree_structure"] for tree in learner.booster_.dump_model()["tree_info"]]
    return _to_arrays(trees)


def _to_arrays(trees: list[dict[str, Any]]) -> Forest:
    rows = [_numbered(tree) for tree in trees]
    width = max(map(len, rows))
    feature = np.full((len(rows), width), -1, np.int16)
    threshold = np.zeros((len(rows), width), np.float32)
    left = np.zeros((len(rows), width), np.int16)
    value = np.zeros((len(rows), width), np.float32)
    for row, nodes in enumerate(rows):
        for index, (asked, least, child, leaf) in enumerate(nodes):
            feature[row, index], left[row, index], value[row, index] = asked, child, leaf
            threshold[row, index] = _round_down(least)
    return Forest(feature, threshold, left, value)


def _numbered(tree: dict[str, Any]) -> list[tuple[int, float, int, float]]:
    """Nodes in an order in which the right child follows its left sibling."""
    queue = [tree]
    nodes: list[tuple[int, float, int, float]] = []
    for node in queue:
        if "leaf_value" in node:
            nodes.append((-1, 0.0, 0, float(node["leaf_value"])))
        else:
            nodes.append((int(node["split_feature"]), float(node["threshold"]), len(queue), 0.0))
            queue += [node["left_child"], node["right_child"]]
    return nodes


def _round_down(threshold: float) -> np.float32:
    """A float32 that sends every float32 feature the way the float64 threshold did."""
    single = np.float32(threshold)
    return np.nextafter(single, np.float32(-np.inf)) if single > threshold else single


def fit_network(features: Features, label: Labels, seed: int) -> Network:
    """NETWORK_SEEDS networks of two hidden layers."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + np.float32(1e-6)
    known = standardise(features, mean, spread)
    with warnings.catch_warnings():
        # Twenty passes are all they get: to stop early is what keeps them general.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = [_network(seed + index, len(known)).fit(known, label) for index in range(NETWORK_SEEDS)]
    return Network(
        mean,
        spread,
        tuple(
            np.stack(layer).astype(np.float32) for layer in zip(*(net.coefs_ for net in fitted), strict=True)
        ),
        tuple(
            np.stack(layer).astype(np.float32)[:, None]
            for layer in zip(*(net.intercepts_ for net in fitted), strict=True)
        ),
    )


def _network(seed: int, examples: int) -> MLPClassifier:
    batch = min(512, examples)
    return MLPClassifier((64, 32), alpha=0.3, batch_size=batch, max_iter=20, random_state=seed)


def draw_biases(acc: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Biases of all kernels: quantiles of what they answer to a sample of candidates."""
    rng = np.random.default_rng(seed)
    course = courses(acc[rng.choice(len(acc), min(SAMPLED, len(acc)), replace=False)])
    drawn = np.empty((COURSES, len(DILATIONS), len(TRIPLES), BIASES), np.float32)
    for index in range(COURSES):
        for nth, dilation in enumerate(DILATIONS):
            levels = rng.uniform(0.1, 0.9, (len(TRIPLES), BIASES))
            for kernel, answer in enumerate(responses(course[:, index], dilation)):
                drawn[index, nth, kernel] = np.quantile(answer, levels[kernel])
    return drawn


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """Normal equations of a weighted ridge, so that folds can be added and taken away.

    Attributes:
        square: shape (k + 1, k + 1).
        moment: shape (k + 1,).
        count: examples seen.
    """

    square: NDArray[np.float64]
    moment: NDArray[np.float64]
    count: int

    def __sub__(self, other: "Normal") -> "Normal":
        return Normal(self.square - other.square, self.moment - other.moment, self.count - other.count)

    def __add__(self, other: "Normal") -> "Normal":
        return Normal(self.square + other.square, self.moment + other.moment, self.count + other.count)


def normal_equations(known: NDArray[np.uint8], scaling: "Scaling", label: Labels, weight: Weights) -> Normal:
    """Of the examples `known` (n, k) against +1 for falls and -1 for the rest."""
    size = known.shape[1] + 1
    square, moment = np.zeros((size, size), np.float64), np.zeros(size)
    for begin in range(0, len(known), LOT):
        lot = slice(begin, begin + LOT)
        rows = scaling.apply(known[lot])
        loads = weight[lot].astype(np.float32)
        square += rows.T @ (rows * loads[:, None])
        moment += rows.T @ (loads * (2 * label[lot] - 1).astype(np.float32))
    return Normal(square, moment, len(known))


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Mean and spread of the kernel shares, shape (k,) each."""

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]

    def apply(self, known: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Scaled shares with a column of ones behind, shape (n, k + 1)."""
        rows = np.ones((len(known), known.shape[1] + 1), np.float32)
        rows[:, :-1] = (known - self.mean) / self.spread
        return rows


def scaling_of(known: NDArray[np.uint8]) -> Scaling:
    """Scaling by a sample of the examples; a share that hardly varies is not blown up."""
    sample = known[:: max(1, len(known) // 20_000)].astype(np.float32)
    return Scaling(sample.mean(axis=0), sample.std(axis=0) + np.float32(4))


def solve(normal: Normal, scaling: Scaling) -> tuple[NDArray[np.float32], float]:
    """Weights on the unscaled shares, and the offset."""
    penalty = PENALTY * normal.count * np.eye(len(normal.moment))
    solution = np.linalg.solve(normal.square + penalty, normal.moment)
    weights = solution[:-1] / scaling.spread
    return weights.astype(np.float32), float(solution[-1] - weights @ scaling.mean)
