"""Convolution kernels over four orientation-free courses of a candidate, and a linear score.

After MiniRocket (Dempster, Schmidt and Webb, KDD 2021): the 84 kernels of length nine with three
weights of two and six of minus one, dilated, and for each the share of time above a bias drawn from
training data. No kernel is trained; only the linear score is.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

LENGTH = 9
TRIPLES = tuple(combinations(range(LENGTH), 3))
_FIRST, _SECOND, _THIRD = (list(places) for places in zip(*TRIPLES, strict=True))
DILATIONS = (1, 2, 4, 8, 12)
SMOOTHING = 5
EARLY, LATE = 32, 22
"""Cells at either end of the clip over which the resting direction is averaged."""

COURSES = 4
Array = NDArray[np.float32]


def courses(acc: Array) -> Array:
    """Log magnitude, log jerk, and the direction's cosine to the late and to the early direction.

    `acc` is (n, T, 3) in g; the result (n, COURSES, T). Turning the device changes none of them.
    """
    size = np.sqrt(np.square(acc).sum(axis=2))
    step = np.diff(acc, axis=1, prepend=acc[:, :1])
    jerk = np.log(np.sqrt(np.square(step).sum(axis=2)) + 0.02)
    padded = np.pad(jerk, ((0, 0), (1, 1)), mode="edge")
    jerk = (padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]) / 3
    unit = _unit(_moving_mean(acc))
    late = _unit(unit[:, -LATE:].mean(axis=1))
    early = _unit(unit[:, :EARLY].mean(axis=1))
    turns = [(unit * direction[:, None]).sum(axis=2) for direction in (late, early)]
    return np.stack([np.log(np.maximum(size, 0.05)), jerk, *turns], axis=1).astype(np.float32)


def _moving_mean(acc: Array) -> Array:
    half = SMOOTHING // 2
    padded = np.pad(acc, ((0, 0), (half + 1, half), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=1)
    return np.asarray((total[:, SMOOTHING:] - total[:, :-SMOOTHING]) / SMOOTHING)


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6))


def responses(course: Array, dilation: int) -> Array:
    """What each of the 84 kernels answers along one course (n, T), shape (84, n, T)."""
    cells = course.shape[1]
    reach = LENGTH // 2 * dilation
    padded = np.pad(course, ((0, 0), (reach, reach)), mode="edge")
    shifted = np.stack([padded[:, index * dilation : index * dilation + cells] for index in range(LENGTH)])
    tripled = 3 * shifted
    answers = tripled[_FIRST] - shifted.sum(axis=0)
    answers += tripled[_SECOND]
    answers += tripled[_THIRD]
    return np.asarray(answers)


def shares(acc: Array, biases: Array) -> NDArray[np.uint8]:
    """For every course, dilation, kernel and bias, the share of time above it in 1/255, shape (n, k).

    `biases` is (COURSES, len(DILATIONS), 84, biases a kernel).
    """
    course = courses(acc)
    cells = acc.shape[1]
    above = np.zeros((len(TRIPLES), biases.shape[3], len(acc), -(-cells // _WORD) * _WORD), np.bool_)
    counts = []
    for index in range(COURSES):
        for nth, dilation in enumerate(DILATIONS):
            answers = responses(course[:, index], dilation)
            np.greater(answers[:, None], biases[index, nth, :, :, None, None], out=above[..., :cells])
            counts.append(_count(above).reshape(-1, len(acc)))
    share = np.concatenate(counts).T.astype(np.float32) / np.float32(cells)
    return np.ascontiguousarray(share * 255).astype(np.uint8)


_WORD = 8


def _count(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """How many flags of the last axis are set, eight at a time: at most 255 of a multiple of eight."""
    words = flags.view(np.uint64).sum(axis=-1, dtype=np.uint64)
    return np.asarray((words * np.uint64(0x0101010101010101)) >> np.uint64(56))


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """Biases of the kernels and the linear score of their shares.

    Attributes:
        biases: shape (COURSES, len(DILATIONS), 84, b), float32.
        weights: shape (k,), float32.
        offset: added to every score.
    """

    biases: Array
    weights: Array
    offset: float

    def score(self, acc: Array) -> NDArray[np.float64]:
        """Linear score, shape (n,); `acc` is (n, T, 3) in g. Row by row, see `Network.score`."""
        known = shares(acc, self.biases).astype(np.float32)
        return np.array([float(row @ self.weights) + self.offset for row in known], np.float64)
