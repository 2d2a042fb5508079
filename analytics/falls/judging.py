"""Impacts that have become decidable, judged, for all devices of a round at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.falls.features import describe, fill_voids
from analytics.falls.history import History
from analytics.falls.model import FallModel, Judge
from analytics.falls.trigger import BEFORE, THRESHOLD, candidates


class Judgement(NamedTuple):
    """What one judge says of one impact.

    Attributes:
        slot, impact: the device's row in the history and the cell of the impact.
        judge: who says it.
        probability: calibrated, for nobody in particular.
        features: name -> number.
        clip: shape (T, 3), g, around the impact.
    """

    slot: int
    impact: int
    judge: Judge
    probability: float
    features: dict[str, float]
    clip: NDArray[np.float32]

    @property
    def decided(self) -> int:
        """The cell before which everything is known that this judge looks at."""
        return self.impact + self.judge.after + 1


def judged(
    history: History, slots: NDArray[np.int64], counts: NDArray[np.int64], model: FallModel
) -> Iterator[Judgement]:
    """What the judges say of the impacts that became decidable with the last `counts` cells of each slot, in
    the order in which it could be known."""
    longest = int(counts.max(initial=0))
    first, final = model.judges[0].after, model.final.after
    decidable = history.magnitudes(
        slots, history.head[slots] - final - longest - 1, final - first + longest + 2
    )
    if decidable.max(initial=0) < THRESHOLD:
        return
    found: list[tuple[int, int, int, int]] = []
    known: dict[tuple[int, int, int], tuple[float, NDArray[np.float32], NDArray[np.float32]]] = {}
    names: tuple[str, ...] = ()
    for nth, judge in enumerate(model.judges):
        at, impacts = candidates(history, slots, counts, judge.after)
        if not len(at):
            continue
        clips = fill_voids(history.cut(at, impacts - BEFORE, BEFORE + 1 + judge.after))
        features, names = describe(clips)
        chances = judge.probability(features, clips).tolist()
        for index, (slot, impact) in enumerate(zip(at.tolist(), impacts.tolist(), strict=True)):
            found.append((impact + judge.after, slot, nth, impact))
            known[slot, nth, impact] = chances[index], features[index], clips[index]
    for _, slot, nth, impact in sorted(found):
        chance, row, clip = known[slot, nth, impact]
        columns = dict(zip(names, row.tolist(), strict=True))
        yield Judgement(slot, impact, model.judges[nth], round(chance, 4), columns, clip)
