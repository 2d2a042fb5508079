"""Raw samples of any rate -> one absolute grid of 25 Hz, exactly the same however the stream was cut.

Each grid value is the mean of the piecewise linear signal over its 40 ms cell. That one rule is the
anti-alias filter for a fast device, the interpolator for a slow one, and it bridges jitter and short
gaps. The running integral is kept in integers, so a value depends on its own neighbourhood alone and
is bit for bit the same in any batch and any split.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 40_000
"""Microseconds from one grid cell to the next; cell k covers [k * STEP, (k + 1) * STEP)."""

RATE = 1_000_000 // STEP
"""Cells a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """An unbroken piece of one device's stream and the grid cells it covers completely.

    Attributes:
        instants: shape (n,), rising strictly, Unix microseconds, n >= 2.
        acc: shape (n, 3), int16 milli-g.
        first, stop: cells first .. stop - 1 lie between the first and the last instant.
    """

    instants: NDArray[np.int64]
    acc: NDArray[np.int16]
    first: int
    stop: int


def sample_instants(start: int, hz: float, count: int) -> NDArray[np.int64]:
    """Instants of `count` samples from `start`, Unix microseconds, shape (count,)."""
    return np.asarray(start + np.rint(np.arange(count) * (1e6 / hz)).astype(np.int64))


def resample(runs: Sequence[Run]) -> NDArray[np.int16]:
    """Mean of the signal over every cell of every run, one run after the other, shape (cells, 3).

    All runs are laid end to end on one time axis, so that many devices cost one pass.
    """
    counts = np.array([run.stop - run.first for run in runs])
    if not counts.sum():
        return np.empty((0, 3), np.int16)
    sizes = np.array([len(run.instants) for run in runs])
    offsets = _lay_end_to_end(runs)
    instants = np.concatenate([run.instants for run in runs]) - np.repeat(offsets, sizes)
    values = np.concatenate([run.acc for run in runs]).astype(np.int64)
    edges, run_of_edge = _edges(runs, counts, offsets)
    last = (np.cumsum(sizes) - 2)[run_of_edge]
    left = np.minimum(np.searchsorted(instants, edges, side="right") - 1, last)
    whole, part = _integral_at(edges, left, instants, values)
    mean = (np.diff(whole, axis=0) + np.diff(part, axis=0)) / (2.0 * STEP)
    inside = run_of_edge[1:] == run_of_edge[:-1]
    return np.asarray(np.rint(mean[inside]).astype(np.int16))


def _lay_end_to_end(runs: Sequence[Run]) -> NDArray[np.int64]:
    """What to take off each run's instants so that the runs follow each other, shape (runs,)."""
    starts = np.array([run.instants[0] for run in runs])
    spans = np.array([run.instants[-1] for run in runs]) - starts + STEP
    return np.asarray(starts - (np.cumsum(spans) - spans))


def _edges(
    runs: Sequence[Run], counts: NDArray[np.int64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cell edges of all runs on the common axis, one more than cells each, and whose they are."""
    of = np.repeat(np.arange(len(runs)), counts + 1)
    begin = np.cumsum(counts + 1) - (counts + 1)
    firsts = np.array([run.first for run in runs])
    cell = firsts[of] + np.arange(len(of)) - begin[of]
    return cell * STEP - offsets[of], of


def _integral_at(
    edges: NDArray[np.int64],
    left: NDArray[np.int64],
    instants: NDArray[np.int64],
    values: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Twice the integral up to each edge: an exact whole part and a remainder of local values."""
    total = np.zeros_like(values)
    np.cumsum((values[1:] + values[:-1]) * np.diff(instants)[:, None], axis=0, out=total[1:])
    span = (instants[left + 1] - instants[left])[:, None]
    into = (edges - instants[left])[:, None]
    rise = values[left + 1] - values[left]
    part = 2.0 * values[left] * into + rise * (into * into) / span
    return total[left], part
