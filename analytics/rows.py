"""From keys (device or home ids) to row numbers of NumPy columns, so that a batch is looked up at once."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY

UNKNOWN = -1


class Rows:
    """Dense row numbers 0..n-1 for positive integer keys, by a table of 4 bytes a key up to the largest."""

    def __init__(self, keys: Iterable[int] = ()) -> None:
        """Number `keys` in rising order."""
        self.keys: NDArray[np.int64] = np.unique(np.fromiter(keys, dtype=np.int64))
        top = int(self.keys[-1]) if len(self.keys) else 0
        self._row = np.full(top + 2, UNKNOWN, dtype=np.int32)
        self._row[self.keys] = np.arange(len(self.keys), dtype=np.int32)

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, keys: NDArray[np.integer]) -> NDArray[np.int32]:
        """Row of each key, shape as `keys`; UNKNOWN where there is none."""
        last = len(self._row) - 1  # never a key, so it reads UNKNOWN
        inside = np.where((keys >= 0) & (keys < last), keys, last)
        return self._row[inside]

    def one(self, key: int) -> int:
        """Row of one key, or UNKNOWN."""
        return int(self._row[key]) if 0 <= key < len(self._row) else UNKNOWN


def carried(old: Rows, new: Rows, column: NDArray, blank: float | bool) -> NDArray:  # type: ignore[type-arg]
    """`column` rearranged from the rows of `old` to those of `new`; newcomers get `blank`."""
    column_new = np.full((len(new), *column.shape[1:]), blank, dtype=column.dtype)
    source = old.of(new.keys)
    known = source != UNKNOWN
    column_new[known] = column[source[known]]
    return column_new


def begins(group: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whether each row is the first of its group, rows of a group standing together; shape (n,)."""
    first = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=first[1:])
    return first


def ends(group: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whether each row is the last of its group; shape (n,)."""
    last = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=last[:-1])
    return last


def running_max(
    values: NDArray[np.int64], first: NDArray[np.bool_], initial: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Of each group (it begins where `first`) the maximum of `initial` and all values before the row, (n,).

    Instants in microseconds; what lies more than 60 days before the newest counts as never.
    """
    floor = max(int(values.max()) - 60 * DAY, 0)
    span = int(values.max()) - floor + 1
    group = np.cumsum(first) - 1
    lifted = np.maximum(values, floor) - floor + group * span
    running = np.maximum.accumulate(lifted) - group * span + floor
    before = np.zeros(len(running), np.int64)
    before[1:] = np.where(first[1:], 0, running[:-1])
    return np.maximum(np.where(before > floor, before, 0), initial)
