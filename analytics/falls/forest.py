"""Decision trees as arrays, walked for all candidates and all trees at once."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees with a value in every leaf; the score is their sum.

    Attributes:
        feature: shape (trees, nodes), int16, the feature a node asks about; -1 in a leaf.
        threshold: shape (trees, nodes), float32; at most this goes left.
        left: shape (trees, nodes), int16; the right child follows at left + 1.
        value: shape (trees, nodes), float32, what a leaf adds.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    value: NDArray[np.float32]
    _flat: tuple[Any, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Lay the trees end to end; a leaf leads to itself, so that all paths are equally long."""
        trees, nodes = self.feature.shape
        base = np.arange(trees)[:, None] * nodes
        leaf = self.feature < 0
        goes = base + np.where(leaf, np.arange(nodes), self.left)
        object.__setattr__(
            self,
            "_flat",
            (
                base[:, 0],
                np.where(leaf, 0, self.feature).ravel().astype(np.intp),
                np.where(leaf, np.float32(np.inf), self.threshold).ravel(),
                goes.ravel().astype(np.intp),
                self.value.ravel(),
                _depth(self.feature, self.left),
            ),
        )

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum of the leaves reached, shape (n,); `features` is (n, f)."""
        roots, feature, threshold, goes, value, depth = self._flat
        known = features.ravel()
        row = np.arange(len(features))[:, None] * features.shape[1]
        node = np.broadcast_to(roots, (len(features), len(roots)))
        for _ in range(depth):
            right = known.take(row + feature.take(node)) > threshold.take(node)
            node = goes.take(node) + right
        return np.asarray(value.take(node).sum(axis=1, dtype=np.float64))


def _depth(feature: NDArray[np.int16], left: NDArray[np.int16]) -> int:
    """Questions on the longest path of any tree."""
    level = np.zeros((len(feature), 1), np.intp)
    depth = 0
    while True:
        asks = np.take_along_axis(feature, level, axis=1) >= 0
        if not asks.any():
            return depth
        child = np.where(asks, np.take_along_axis(left, level, axis=1), level)
        level = np.concatenate([child, np.where(asks, child + 1, level)], axis=1)
        depth += 1
