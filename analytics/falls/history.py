"""The last ten seconds of every device on the grid, as arrays over devices.

A device owns a row ("slot"). Cells lie in rings, cell k in column k % CELLS, so that the newest part of
many devices is one gather. Void cells (nothing was received) hold VOID in every axis.
"""

import numpy as np
from numpy.typing import NDArray

CELLS = 256
"""Cells kept for a device: 10.24 s."""

VOID = np.int16(-32768)


class History:
    """Rings of acceleration and magnitude; grows by doubling, rows are reused.

    Attributes:
        acc: shape (slots, CELLS, 3), int16 milli-g.
        magnitude: shape (slots, CELLS), int32 milli-g, 0 where void.
        head: shape (slots,), the next cell to be written.
    """

    def __init__(self) -> None:
        self.acc = np.full((0, CELLS, 3), VOID, np.int16)
        self.magnitude = np.zeros((0, CELLS), np.uint16)
        self.head = np.zeros(0, np.int64)
        self._free: list[int] = []

    @property
    def bytes_a_slot(self) -> int:
        """Memory one device takes here."""
        return CELLS * (3 * 2 + 2) + 8

    def open(self, head: int) -> int:
        """A row for a new device whose first cell will be `head`."""
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self.clear(slot, head)
        return slot

    def close(self, slot: int) -> None:
        """Give the row back."""
        self._free.append(slot)

    def clear(self, slot: int, head: int) -> None:
        """Forget all cells of the row and go on at `head`."""
        self.acc[slot] = VOID
        self.magnitude[slot] = 0
        self.head[slot] = head

    def append(self, slots: NDArray[np.int64], counts: NDArray[np.int64], cells: NDArray[np.int16]) -> None:
        """Write `counts` cells of each slot, laid one slot after the other in `cells` (n, 3)."""
        row = np.repeat(slots, counts)
        within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        column = (self.head[row] + within) % CELLS
        self.acc[row, column] = cells
        wide = cells.astype(np.float32)
        size = np.sqrt(np.einsum("ij,ij->i", wide, wide))
        size[cells[:, 0] == VOID] = 0
        self.magnitude[row, column] = np.minimum(np.rint(size), 65535)
        self.head[slots] += counts

    def magnitudes(
        self, slots: NDArray[np.int64], first: NDArray[np.int64], count: int
    ) -> NDArray[np.uint16]:
        """Magnitude of `count` cells from `first` of each slot, shape (slots, count)."""
        return np.asarray(self.magnitude[slots[:, None], (first[:, None] + np.arange(count)) % CELLS])

    def cut(self, slots: NDArray[np.int64], first: NDArray[np.int64], count: int) -> NDArray[np.int16]:
        """Acceleration of `count` cells from `first` of each slot, shape (slots, count, 3)."""
        return np.asarray(self.acc[slots[:, None], (first[:, None] + np.arange(count)) % CELLS])

    def _grow(self) -> None:
        old = len(self.head)
        new = max(16, 2 * old)
        self.acc = np.concatenate([self.acc, np.full((new - old, CELLS, 3), VOID, np.int16)])
        self.magnitude = np.concatenate([self.magnitude, np.zeros((new - old, CELLS), np.uint16)])
        self.head = np.concatenate([self.head, np.zeros(new - old, np.int64)])
        self._free.extend(range(new - 1, old - 1, -1))
