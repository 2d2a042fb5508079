"""Columns into the bytes PostgreSQL takes, for COPY and as parameters: one array assignment a column, no loop
over rows."""

import struct
from typing import Any, ClassVar

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


class Column(bytes):
    """A one-dimensional array without NULL, in PostgreSQL's binary form; a class for each element type."""

    element: ClassVar[int]
    array: ClassVar[int]
    kind: ClassVar[str]


class _Int8s(Column):
    element, array, kind = 20, 1016, ">i8"


class _Int4s(Column):
    element, array, kind = 23, 1007, ">i4"


class _Int2s(Column):
    element, array, kind = 21, 1005, ">i2"


class _Float8s(Column):
    element, array, kind = 701, 1022, ">f8"


COLUMNS: dict[str, type[Column]] = {kind.kind: kind for kind in (_Int8s, _Int4s, _Int2s, _Float8s)}
_ELEMENTS = {kind: np.dtype([("length", ">i4"), ("value", kind)]) for kind in COLUMNS}


def column(values: NDArray[Any], kind: str) -> Column:
    """`values`, shape (n,), as the parameter of a statement; `kind` is the big-endian type on the wire."""
    of = COLUMNS[kind]
    rows: NDArray[Any] = np.empty(len(values), _ELEMENTS[kind])
    rows["length"] = rows.dtype["value"].itemsize
    rows["value"] = values
    head = struct.pack(">iiIii", 1, 0, of.element, len(values), 1)
    return of(head + rows.tobytes())


def arrays(readings: NDArray[np.void]) -> dict[str, Column]:
    """Parameters of `insert_readings`, of READING, shape (n,)."""
    return {f"reading_{name}": column(readings[name], kind) for name, _, kind in _FIELDS}
