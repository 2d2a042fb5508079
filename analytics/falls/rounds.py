"""Runs of many devices -> rounds in which each device has at most a few seconds of new cells.

A round never crosses a multiple of LOOK cells, so what happens at such a boundary happens at the same
cell however the stream was cut.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.falls.conditioning import RATE
from analytics.falls.history import VOID
from analytics.falls.trigger import LONGEST_ROUND

LOOK = 4 * RATE
"""Cells between two looks at the quality of a stream."""

assert LOOK <= LONGEST_ROUND

Cells = NDArray[np.int16]


def void(count: int) -> Cells:
    """Cells of a time from which nothing came, shape (count, 3)."""
    return np.full((count, 3), VOID, np.int16)


def rounds(
    heads: Mapping[int, int], pieces: Mapping[int, Sequence[Cells]]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Cells]]:
    """Slots, counts and cells (laid end to end) of one round after the other.

    `heads` is the cell at which each slot's pieces begin.
    """
    queues = {slot: _cut(heads[slot], cells) for slot, cells in pieces.items()}
    while queues:
        batch = [(slot, piece) for slot, queue in queues.items() if (piece := next(queue, None)) is not None]
        if not batch:
            return
        slots = np.array([slot for slot, _ in batch], np.int64)
        counts = np.array([len(piece) for _, piece in batch], np.int64)
        yield slots, counts, np.concatenate([piece for _, piece in batch])


def _cut(head: int, pieces: Sequence[Cells]) -> Iterator[Cells]:
    for piece in pieces:
        begin = 0
        while begin < len(piece):
            end = min(len(piece), begin + LOOK - head % LOOK)
            yield piece[begin:end]
            head += end - begin
            begin = end
