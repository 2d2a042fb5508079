"""The trained model: candidates in, calibrated probability of a fall out.

Trees judge every candidate by its features; the few that are not plainly something else are judged by
small networks on the same features and by kernels on the courses themselves, and the scores are added.
The model is stored as plain arrays (`.npz`, read with pickling forbidden): a file can hold no code.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from analytics.falls.calibration import adjusted
from analytics.falls.forest import Forest
from analytics.falls.kernels import Kernels
from analytics.falls.network import Network

SHIPPED = Path(__file__).parent / "models" / "falls.npz"

FORMAT = 2

PLAINLY_NOT = -5.0
"""Candidates with a tree score (a logit) below this are not looked at any further."""

MIX = {"forest": 0.5, "network": 0.5, "kernels": 10.0}
"""What a unit of each part's score counts; chosen on data sets left out (see the model card)."""


SLOW = 35.0
"""Below this rate (Hz) a device misses the height of a blow, and has a threshold of its own."""


UNFAMILIAR = 0.85
"""Added to the logit of the threshold for a class of device that was not trained on: be surer there."""


def device_class(site: str, hz: float) -> str:
    """The name under which a threshold is kept."""
    return f"{site}/{'slow' if hz < SLOW else 'fast'}"


class BadModel(Exception):
    """The file is not a fall model this version understands."""


@dataclass(frozen=True, slots=True, eq=False)
class FallModel:
    """The parts, their calibration and the thresholds they were shipped with.

    Attributes:
        version: what the card calls it.
        thresholds: probability from which a candidate is reported, by `device_class`; also by bare
            site, for classes never seen, and "unknown".
        slope, offset: logistic calibration of the mixed score.
        features: names, in the order the parts count them.
        trained_on: what it was trained on, for the card and the log.
    """

    version: str
    thresholds: Mapping[str, float]
    slope: float
    offset: float
    features: tuple[str, ...]
    forest: Forest
    network: Network
    kernels: Kernels
    trained_on: Mapping[str, Any]

    def probability(self, features: NDArray[np.float32], acc: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated probability, shape (n,), from features (n, f) and acceleration (n, T, 3) in g."""
        logit = self.mixed(features, lambda near: self.kernels.score(acc[near]))
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.slope * logit + self.offset, -30, 30))))

    def mixed(
        self,
        features: NDArray[np.float32],
        kernels: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Uncalibrated score, shape (n,); `kernels` is asked for the rows that need its part."""
        forest = self.forest.score(features)
        mixed = MIX["forest"] * forest - MIX["kernels"]
        (near,) = np.nonzero(forest >= PLAINLY_NOT)
        if len(near):
            mixed[near] = mix(forest[near], self.network.score(features[near]), kernels(near))
        return np.asarray(mixed)

    def threshold(self, site: str, hz: float) -> float:
        """Probability from which a candidate of a device at `site` that samples at `hz` is reported."""
        familiar = self.thresholds.get(device_class(site, hz))
        if familiar is not None:
            return familiar
        return adjusted(self.thresholds.get(site, self.thresholds["unknown"]), UNFAMILIAR)

    def save(self, path: Path) -> None:
        """Write the model as plain arrays."""
        head = {
            "format": FORMAT,
            "version": self.version,
            "thresholds": dict(self.thresholds),
            "slope": self.slope,
            "offset": self.offset,
            "kernel_offset": self.kernels.offset,
            "features": list(self.features),
            "trained_on": dict(self.trained_on),
        }
        arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head).encode(), np.uint8)}
        np.savez_compressed(path, **(arrays | self._arrays()))

    def _arrays(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {
            "tree_feature": self.forest.feature,
            "tree_threshold": self.forest.threshold,
            "tree_left": self.forest.left,
            "tree_value": self.forest.value,
            "network_mean": self.network.mean,
            "network_spread": self.network.spread,
            "kernel_biases": self.kernels.biases,
            "kernel_weights": self.kernels.weights,
        }
        for index, (weights, offsets) in enumerate(
            zip(self.network.weights, self.network.offsets, strict=True)
        ):
            arrays |= {f"network_weights_{index}": weights, f"network_offsets_{index}": offsets}
        return arrays


def mix(
    forest: NDArray[np.float64], network: NDArray[np.float64], kernels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The three scores as one."""
    return MIX["forest"] * forest + MIX["network"] * network + MIX["kernels"] * kernels


def load(path: Path = SHIPPED) -> FallModel:
    """Read a model written by `FallModel.save`; raises BadModel on anything else."""
    try:
        with path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(arrays["head"].tobytes())
        if head["format"] != FORMAT:
            raise BadModel(f"{path.name}: format {head['format']}, expected {FORMAT}")
        return _assembled(head, arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as error:
        raise BadModel(f"{path.name}: {error}") from error


def _assembled(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> FallModel:
    layers = sum(name.startswith("network_weights_") for name in arrays)
    return FallModel(
        version=str(head["version"]),
        thresholds={site: float(value) for site, value in head["thresholds"].items()},
        slope=float(head["slope"]),
        offset=float(head["offset"]),
        features=tuple(head["features"]),
        forest=Forest(*(arrays[f"tree_{name}"] for name in ("feature", "threshold", "left", "value"))),
        network=Network(
            arrays["network_mean"],
            arrays["network_spread"],
            tuple(arrays[f"network_weights_{index}"] for index in range(layers)),
            tuple(arrays[f"network_offsets_{index}"] for index in range(layers)),
        ),
        kernels=Kernels(arrays["kernel_biases"], arrays["kernel_weights"], float(head["kernel_offset"])),
        trained_on=head["trained_on"],
    )
