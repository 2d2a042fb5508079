"""Small fully connected networks as arrays; several, trained from different seeds, are averaged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDEST = 5.0
"""Standardised features are cut off here, so that a strange device cannot drive a network far out."""


def standardise(
    features: NDArray[np.float32], mean: NDArray[np.float32], spread: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Features with mean 0 and spread 1 on the training data, at most WIDEST away."""
    return np.asarray(np.clip((features - mean) / spread, -WIDEST, WIDEST))


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Rectified layers; all arrays have one entry a seed in front.

    Attributes:
        mean, spread: shape (f,), of the training features.
        weights: matrices, the first of shape (seeds, f, h), the last (seeds, h, 1).
        offsets: shape (seeds, 1, h) each.
    """

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    weights: tuple[NDArray[np.float32], ...]
    offsets: tuple[NDArray[np.float32], ...]

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Mean logit over the seeds, shape (n,); `features` is (n, f).

        One candidate at a time: a product of fixed shape gives the same bits in any batch.
        """
        signal = standardise(features, self.mean, self.spread)
        return np.array([self._one(row) for row in signal], np.float64)

    def _one(self, row: NDArray[np.float32]) -> float:
        layer = np.broadcast_to(row, (len(self.weights[0]), 1, len(row)))
        for weights, offsets in zip(self.weights[:-1], self.offsets[:-1], strict=True):
            layer = np.maximum(layer @ weights + offsets, 0)
        return float((layer @ self.weights[-1] + self.offsets[-1]).mean())
