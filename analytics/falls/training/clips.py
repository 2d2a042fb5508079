"""Candidates of recorded trials, cut by the very trigger that runs live, with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.falls.conditioning import RATE, STEP, Run, resample, sample_instants
from analytics.falls.dataset import Trial
from analytics.falls.features import fill_voids
from analytics.falls.history import History
from analytics.falls.rounds import Cells, rounds, void
from analytics.falls.trigger import AFTER, BEFORE, SPAN, candidates, smooth

IGNORED = -1
"""Label of impacts in a fall trial that are not the fall: walking there, being helped up."""


@dataclass(frozen=True, slots=True, eq=False)
class Clips:
    """Candidates of many trials.

    Attributes:
        acc: shape (n, SPAN, 3), float32 g.
        label: shape (n,), 1 fall, 0 not, IGNORED neither.
        trial: shape (n,), index of the trial each was cut from.
    """

    acc: NDArray[np.float32]
    label: NDArray[np.int64]
    trial: NDArray[np.int64]


def cells_of(trial: Trial) -> Cells:
    """The whole trial on the grid, its first sample at instant 0."""
    instants = sample_instants(0, trial.hz, len(trial.samples))
    run = Run(instants, np.asarray(trial.samples), 0, int(instants[-1]) // STEP)
    return resample([run])


def cut(trials: Sequence[Trial], cells: Sequence[Cells]) -> Clips:
    """All candidates of `trials`, whose grid cells are `cells`."""
    history = History()
    begin = 1_000_000
    slots = [history.open(begin) for _ in trials]
    of_slot = dict(zip(slots, range(len(trials)), strict=True))
    queues = {slot: [block, void(AFTER + 1)] for slot, block in zip(slots, cells, strict=True)}
    found: list[NDArray[np.int16]] = []
    whose: list[int] = []
    where: list[int] = []
    for moved, counts, block in rounds(dict.fromkeys(slots, begin), queues):
        history.append(moved, counts, block)
        at, impacts = candidates(history, moved, counts)
        found.append(history.cut(at, impacts - BEFORE, SPAN))
        whose += [of_slot[int(slot)] for slot in at]
        where += (impacts - begin).tolist()
    trial, cell = np.array(whose, np.int64), np.array(where, np.int64)
    return Clips(fill_voids(np.concatenate(found)), _labels(trials, cells, trial, cell), trial)


def _labels(
    trials: Sequence[Trial], cells: Sequence[Cells], trial: NDArray[np.int64], cell: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The hardest candidate within the fall is the fall; all else in that trial is ignored."""
    label = np.where([trials[index].is_fall for index in trial], IGNORED, 0)
    for index in np.unique(trial[label == IGNORED]):
        size = smooth(np.pad(np.linalg.norm(cells[index], axis=1), 1, mode="edge"))
        begin, end = _fall_span(trials[index], size)
        inside = np.flatnonzero((trial == index) & (cell >= begin) & (cell <= end))
        inside = inside[cell[inside] < len(size)]
        if len(inside):
            label[inside[np.argmax(size[cell[inside]])]] = 1
    return np.asarray(label)


def _fall_span(trial: Trial, size: NDArray[np.float32]) -> tuple[float, float]:
    """First and last cell in which the impact lies: as annotated, else around the hardest blow."""
    if trial.fall_start_s is not None and trial.fall_end_s is not None:
        return trial.fall_start_s * RATE, (trial.fall_end_s + 1) * RATE
    peak = int(np.argmax(size))
    return peak - 1.5 * RATE, peak + 1.5 * RATE
