"""Decision trees as arrays, walked for all candidates and all trees at once."""

from dataclasses import dataclass

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

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum of the leaves reached, shape (n,); `features` is (n, f)."""
        trees = np.arange(len(self.feature))
        node = np.zeros((len(features), len(trees)), np.int64)
        row = np.arange(len(features))[:, None]
        while True:
            asked = self.feature[trees, node]
            if (asked < 0).all():
                break
            right = features[row, np.maximum(asked, 0)] > self.threshold[trees, node]
            node = np.where(asked < 0, node, self.left[trees, node] + right)
        return np.asarray(self.value[trees, node].sum(axis=1, dtype=np.float64))
