"""The trained model: candidates in, calibrated probability of a fall out.

An impact is judged twice: early, where only what is plain counts, and half a second later for good. Each time
trees judge every candidate by its features; the few that are not plainly something else are judged by small
networks on the same features and by kernels on the courses themselves, and the scores are added.
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

from analytics.falls.forest import Forest
from analytics.falls.kernels import Kernels
from analytics.falls.network import Network
from analytics.falls.thresholds import Thresholds

SHIPPED = Path(__file__).parent / "models" / "falls.npz"

FORMAT = 3

MIX = {"forest": 0.5, "network": 0.5, "kernels": 10.0}
"""What a unit of each part's score counts; chosen on data sets left out (see the model card)."""


class BadModel(Exception):
    """The file is not a fall model this version understands."""


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """What judges a candidate once so many cells after it are known.

    Attributes:
        after: cells after the impact that it sees.
        plainly_not: candidates with a tree score (a logit) below this are not looked at any further.
        slope, offset: logistic calibration of the mixed score.
        thresholds: probability from which it reports.
    """

    after: int
    plainly_not: float
    slope: float
    offset: float
    thresholds: Thresholds
    forest: Forest
    network: Network
    kernels: Kernels

    def probability(self, features: NDArray[np.float32], acc: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated probability, shape (n,), from features (n, f) and acceleration (n, T, 3) in g."""
        return self.calibrated(self.mixed(features, lambda near: self.kernels.score(acc[near])))

    def calibrated(self, mixed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of a mixed score."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.slope * mixed + self.offset, -30, 30))))

    def mixed(
        self,
        features: NDArray[np.float32],
        kernels: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Uncalibrated score, shape (n,); `kernels` is asked for the rows that need its part."""
        forest = self.forest.score(features)
        mixed = MIX["forest"] * forest - MIX["kernels"]
        (near,) = np.nonzero(forest >= self.plainly_not)
        if len(near):
            mixed[near] = mix(forest[near], self.network.score(features[near]), kernels(near))
        return np.asarray(mixed)


@dataclass(frozen=True, slots=True, eq=False)
class FallModel:
    """The judges, the earliest first; the last one's word is final.

    Attributes:
        version: what the card calls it.
        features: names, in the order the parts count them.
        trained_on: what it was trained on, for the card and the log.
    """

    version: str
    judges: tuple[Judge, ...]
    features: tuple[str, ...]
    trained_on: Mapping[str, Any]

    @property
    def final(self) -> Judge:
        """The judge that sees the most."""
        return self.judges[-1]

    def save(self, path: Path) -> None:
        """Write the model as plain arrays."""
        head = {
            "format": FORMAT,
            "version": self.version,
            "features": list(self.features),
            "trained_on": dict(self.trained_on),
            "judges": [_numbers(judge) for judge in self.judges],
        }
        arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head).encode(), np.uint8)}
        for index, judge in enumerate(self.judges):
            arrays |= {f"{index}_{name}": array for name, array in _arrays(judge).items()}
        np.savez_compressed(path, **arrays)


def _numbers(judge: Judge) -> dict[str, Any]:
    return {
        "after": judge.after,
        "plainly_not": judge.plainly_not,
        "slope": judge.slope,
        "offset": judge.offset,
        "kernel_offset": judge.kernels.offset,
        "thresholds": judge.thresholds.as_json(),
    }


def _arrays(judge: Judge) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "tree_feature": judge.forest.feature,
        "tree_threshold": judge.forest.threshold,
        "tree_left": judge.forest.left,
        "tree_value": judge.forest.value,
        "network_mean": judge.network.mean,
        "network_spread": judge.network.spread,
        "kernel_biases": judge.kernels.biases,
        "kernel_weights": judge.kernels.weights,
    }
    layers = zip(judge.network.weights, judge.network.offsets, strict=True)
    for index, (weights, offsets) in enumerate(layers):
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
    return FallModel(
        version=str(head["version"]),
        judges=tuple(
            _judge(numbers, {name.removeprefix(f"{index}_"): array for name, array in arrays.items()})
            for index, numbers in enumerate(head["judges"])
        ),
        features=tuple(head["features"]),
        trained_on=head["trained_on"],
    )


def _judge(numbers: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Judge:
    layers = range(sum(name.startswith("network_weights_") for name in arrays))
    return Judge(
        after=int(numbers["after"]),
        plainly_not=float(numbers["plainly_not"]),
        slope=float(numbers["slope"]),
        offset=float(numbers["offset"]),
        thresholds=Thresholds.from_json(numbers["thresholds"]),
        forest=Forest(*(arrays[f"tree_{name}"] for name in ("feature", "threshold", "left", "value"))),
        network=Network(
            arrays["network_mean"],
            arrays["network_spread"],
            tuple(arrays[f"network_weights_{index}"] for index in layers),
            tuple(arrays[f"network_offsets_{index}"] for index in layers),
        ),
        kernels=Kernels(arrays["kernel_biases"], arrays["kernel_weights"], float(numbers["kernel_offset"])),
    )
