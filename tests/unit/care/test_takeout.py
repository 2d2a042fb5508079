"""A long file is written with the memory of a short one."""

import csv
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from care.export import table
from care.store.takeout import READINGS

START = datetime(2026, 3, 1, 3, tzinfo=UTC)


def stretches(count: int, rows: int = 2_000) -> Iterator[Sequence[Sequence[table.Cell]]]:
    for n in range(count):
        yield [
            [START + timedelta(seconds=n * rows + row), START, "east", "h1", 1, "w1", "spo2", "%", 97.5]
            for row in range(rows)
        ]


def peak(path: Path, form: table.Format, count: int) -> int:
    tracemalloc.start()
    with path.open("wb") as out:
        table.write(out, form, READINGS.shape, stretches(count))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, form: table.Format) -> None:
    peak(tmp_path / "warm", form, 1)  # what a library keeps for good
    short, long = (peak(tmp_path / f"{n}.{form}", form, n) for n in (2, 20))
    assert long < short * 1.3
    assert (tmp_path / f"20.{form}").stat().st_size > (tmp_path / f"2.{form}").stat().st_size * 3


def test_instants_and_flags_in_csv_are_what_programs_read(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    columns = [table.Column("at", "at", "instant"), table.Column("drill", "drill", "flag")]
    columns += [table.Column("value", "value", "number"), table.Column("note", "note")]
    with path.open("wb") as out:
        table.write(out, "csv", columns, [[[START, True, -1.5, "=1+1"], [None, None, None, None]]])
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1:] == [["2026-03-01T03:00:00.000000Z", "true", "-1.5", "'=1+1"], ["", "", "", ""]]
