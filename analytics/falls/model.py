"""The trained model: features of a candidate in, calibrated probability of a fall out.

It is stored as plain arrays (`.npz`, loaded with pickling forbidden), so a file can hold numbers but
no code. Trees are walked for all candidates and all trees at once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHIPPED = Path(__file__).parent / "models" / "falls.npz"


class BadModel(Exception):
    """The file is not a fall model this version understands."""


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Decision trees with a value in every leaf; the score is their sum.

    Attributes:
        feature: shape (trees, nodes), int16, the feature a node asks about; -1 in a leaf.
        threshold: shape (trees, nodes), float32; at most this goes left.
        left: shape (trees, nodes), int16; the right child follows at left + 1.
        value: shape (trees, nodes), float32, what a leaf adds.
        base: what every score starts from.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    value: NDArray[np.float32]
    base: float

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum of the leaves reached, shape (n,)."""
        trees = np.arange(len(self.feature))
        node = np.zeros((len(features), len(trees)), np.int64)
        row = np.arange(len(features))[:, None]
        while True:
            asked = self.feature[trees, node]
            if (asked < 0).all():
                break
            right = features[row, np.maximum(asked, 0)] > self.threshold[trees, node]
            node = np.where(asked < 0, node, self.left[trees, node] + right)
        return np.asarray(self.base + self.value[trees, node].sum(axis=1, dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class FallModel:
    """A forest, its calibration and the threshold it was shipped with.

    Attributes:
        version: what the card calls it.
        thresholds: probability from which a candidate is reported, by site; "unknown" must be there.
        slope, offset: logistic calibration of the score.
        features: names, in the order the forest counts them.
        trained_on: what it was trained on, for the card and the log.
    """

    version: str
    thresholds: Mapping[str, float]
    slope: float
    offset: float
    features: tuple[str, ...]
    forest: Forest
    trained_on: Mapping[str, Any]

    def probability(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated probability of each candidate, shape (n,), from features of shape (n, f)."""
        logit = self.slope * self.forest.score(features) + self.offset
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30))))

    def threshold(self, site: str) -> float:
        """Probability from which a candidate at `site` is reported."""
        return self.thresholds.get(site, self.thresholds["unknown"])

    def save(self, path: Path) -> None:
        """Write the model as plain arrays."""
        head = {
            "format": 1,
            "version": self.version,
            "thresholds": dict(self.thresholds),
            "slope": self.slope,
            "offset": self.offset,
            "base": self.forest.base,
            "features": list(self.features),
            "trained_on": dict(self.trained_on),
        }
        np.savez_compressed(
            path,
            head=np.frombuffer(json.dumps(head).encode(), np.uint8),
            feature=self.forest.feature,
            threshold=self.forest.threshold,
            left=self.forest.left,
            value=self.forest.value,
        )


def load(path: Path = SHIPPED) -> FallModel:
    """Read a model written by `FallModel.save`; raises BadModel on anything else."""
    try:
        with np.load(path, allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            forest = Forest(
                file["feature"], file["threshold"], file["left"], file["value"], float(head["base"])
            )
            return FallModel(
                version=str(head["version"]),
                thresholds={site: float(value) for site, value in head["thresholds"].items()},
                slope=float(head["slope"]),
                offset=float(head["offset"]),
                features=tuple(head["features"]),
                forest=forest,
                trained_on=head["trained_on"],
            )
    except (OSError, ValueError, KeyError) as error:
        raise BadModel(f"{path.name}: {error}") from error
