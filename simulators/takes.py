"""Recorded trials laid one after another on the time lines of wearables, with stillness in between.

Between two trials the wearer keeps still for longer than the time in which further impacts count as the same
fall, so that one trial says nothing about the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.falls.dataset import Trial
from core.instant import SECOND

LEAD_S = 13.0
TAIL_S = 22.0
EDGE_S = 6.0
"""Before the first and after the last trial of a time line: enough for the detector's look back and ahead."""
_NOISE_MG = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One trial on one wearable; `begin` and `end` are microseconds from the start of its time line."""

    trial: Trial
    wearer: int
    begin: int
    end: int


@dataclass(slots=True)
class Line:
    """What one wearable lives through: its samples at one rate, and which trial is where."""

    wearer: int
    hz: float
    site: str
    takes: list[Take] = field(default_factory=list)
    samples: list[NDArray[np.int16]] = field(default_factory=list)
    length: int = 0

    @property
    def seconds(self) -> float:
        """Length of the time line."""
        return self.length / self.hz

    def add(self, trial: Trial, draw: np.random.Generator) -> None:
        """Keep still, live through `trial`, keep still."""
        lead, tail = round((LEAD_S if self.takes else EDGE_S) * self.hz), round(TAIL_S * self.hz)
        recorded = np.asarray(trial.samples)
        begin = self.length + lead
        take = Take(
            trial,
            self.wearer,
            round(begin / self.hz * SECOND),
            round((begin + len(recorded)) / self.hz * SECOND),
        )
        self.takes.append(take)
        edge = max(2, round(0.4 * self.hz))
        pieces = (still(recorded[:edge], lead, draw), recorded, still(recorded[-edge:], tail, draw))
        self.samples += pieces
        self.length += lead + len(recorded) + tail

    def end(self) -> None:
        """No trial follows: keep still no longer than the detector looks ahead."""
        surplus = round((TAIL_S - EDGE_S) * self.hz)
        self.samples[-1] = self.samples[-1][:-surplus]
        self.length -= surplus


def still(near: NDArray[np.int16], count: int, draw: np.random.Generator) -> NDArray[np.int16]:
    """`count` samples of a limb at rest in the posture of the samples `near`: 1 g and the chip's noise."""
    mean = near.astype(np.float64).mean(axis=0)
    size = float(np.linalg.norm(mean))
    direction = mean / size if size > 1 else np.array([0.0, 0.0, 1.0])
    noise = draw.normal(0, _NOISE_MG, (count, 3))
    return np.rint(direction * 1000 + noise).astype(np.int16)


def lay_out(trials: Iterable[Trial], wearers: int, seed: int = 0) -> list[Line]:
    """Spread trials over at most `wearers` time lines of about the same length.

    A wearable has one rate and one site; there are more lines than asked for when the trials have more
    kinds of devices than that.
    """
    kinds: dict[tuple[float, str], list[Trial]] = {}
    for trial in trials:
        kinds.setdefault((trial.hz, trial.placement), []).append(trial)
    total = sum(_cost(t) for group in kinds.values() for t in group)
    lines: list[Line] = []
    for (hz, site), group in kinds.items():
        share = max(1, round(wearers * sum(map(_cost, group)) / total))
        own = [Line(len(lines) + k, hz, site) for k in range(min(share, len(group)))]
        lines += own
        _fill(own, group, seed)
    return lines


def _fill(lines: Sequence[Line], trials: Sequence[Trial], seed: int) -> None:
    draw = np.random.default_rng(seed)
    for trial in sorted(trials, key=_cost, reverse=True):
        min(lines, key=lambda line: line.length).add(trial, draw)
    for line in lines:
        line.end()


def _cost(trial: Trial) -> float:
    return trial.seconds + LEAD_S + TAIL_S
