"""A table as a file: CSV that Excel opens rightly, Excel itself, or Parquet with its types.

Rows come in stretches, so that a million of them never stand in memory at once.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import BinaryIO, Literal

Format = Literal["csv", "xlsx", "parquet"]
Cell = str | int | float | date | datetime | bool | None
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # also in full width
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what no sheet can hold


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in Parquet, `heading` for people; an "instant" is aware, a "number" a float, a "flag" a bool."""

    name: str
    heading: str
    kind: Literal["text", "whole", "day", "number", "instant", "flag"] = "text"


def write(
    out: BinaryIO, form: Format, columns: Sequence[Column], stretches: Iterable[Sequence[Sequence[Cell]]]
) -> None:
    """Write `stretches` of rows, one value a column, to `out`."""
    {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}[form](out, columns, stretches)


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, made a text: the file may come from strangers."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return cell
    text = _NO_TEXT.sub(" ", cell)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _csv(out: BinaryIO, columns: Sequence[Column], stretches: Iterable[Sequence[Sequence[Cell]]]) -> None:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")  # the mark by which Excel knows UTF-8
    writer = csv.writer(text)
    writer.writerow([column.heading for column in columns])
    for rows in stretches:
        writer.writerows([harmless(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def _xlsx(out: BinaryIO, columns: Sequence[Column], stretches: Iterable[Sequence[Sequence[Cell]]]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - too big for who never asks

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([column.heading for column in columns])
    for rows in stretches:
        for row in rows:
            sheet.append([harmless(cell) for cell in row])
    book.save(out)


def _parquet(out: BinaryIO, columns: Sequence[Column], stretches: Iterable[Sequence[Sequence[Cell]]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - too big for who never asks
    import pyarrow.parquet as pq  # noqa: PLC0415 - too big for who never asks

    types = {
        "text": pa.string(), "whole": pa.int64(), "day": pa.date32(), "number": pa.float64(),
        "instant": pa.timestamp("us", "UTC"), "flag": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in stretches:
            values = [
                pa.array([row[n] for row in rows], type=types[column.kind])
                for n, column in enumerate(columns)
            ]
            writer.write_table(pa.Table.from_arrays(values, schema=schema))
