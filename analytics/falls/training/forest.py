"""A trained scikit-learn gradient boosting -> the plain arrays that are shipped."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from analytics.falls.model import Forest


def to_forest(trained: HistGradientBoostingClassifier) -> Forest:
    """The trees of a binary classifier as arrays; scores equal `decision_function`."""
    trees = [stage[0].nodes for stage in trained._predictors]
    width = max(map(len, trees))
    shape = (len(trees), width)
    feature = np.full(shape, -1, np.int16)
    threshold = np.zeros(shape, np.float32)
    left = np.zeros(shape, np.int16)
    value = np.zeros(shape, np.float32)
    for row, nodes in enumerate(trees):
        order = _siblings_together(nodes)
        place = np.empty(len(nodes), np.int64)
        place[order] = np.arange(len(nodes))
        sorted_nodes = nodes[order]
        inner = sorted_nodes["is_leaf"] == 0
        size = len(nodes)
        feature[row, :size] = np.where(inner, sorted_nodes["feature_idx"], -1)
        threshold[row, :size] = _round_down(sorted_nodes["num_threshold"])
        left[row, :size] = np.where(inner, place[sorted_nodes["left"]], 0)
        value[row, :size] = np.where(inner, 0, sorted_nodes["value"])
    return Forest(feature, threshold, left, value, float(np.ravel(trained._baseline_prediction)[0]))


def _siblings_together(nodes: np.ndarray) -> list[int]:
    """An order of the nodes in which a right child follows its left sibling."""
    order = [0]
    for index in order:
        if not nodes[index]["is_leaf"]:
            order += [int(nodes[index]["left"]), int(nodes[index]["right"])]
    return order


def _round_down(thresholds: np.ndarray) -> np.ndarray:
    """float64 thresholds as float32 that send every float32 feature the same way."""
    single = thresholds.astype(np.float32)
    return np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)
