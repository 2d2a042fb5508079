"""Columns into the bytes PostgreSQL's binary COPY takes: one array assignment a column, no loop over rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH_2000_US = 946_684_800_000_000  # PostgreSQL counts from 2000-01-01

# name in READING, width and big-endian type on the wire
_FIELDS = (
    ("time", 8, ">i8"),
    ("value", 8, ">f8"),
    ("received", 8, ">i8"),
    ("home", 4, ">i4"),
    ("device", 4, ">i4"),
    ("resident", 4, ">i4"),
    ("metric", 2, ">i2"),
)
_ROW = np.dtype(
    [("fields", ">i2")]
    + [part for name, _, kind in _FIELDS for part in ((f"{name}_length", ">i4"), (name, kind))]
)


def copy_bytes(readings: NDArray[np.void]) -> bytes:
    """A binary COPY stream of `readings` (READING, shape (n,)): header, rows, trailer."""
    rows: NDArray[Any] = np.empty(len(readings), dtype=_ROW)
    rows["fields"] = len(_FIELDS)
    for name, width, _ in _FIELDS:
        rows[f"{name}_length"] = width
        column = readings[name]
        rows[name] = column - _EPOCH_2000_US if name in ("time", "received") else column
    return _HEADER + rows.tobytes() + _TRAILER
