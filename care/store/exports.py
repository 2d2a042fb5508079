"""People as rows of a file, with the headings that the intake reads again."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from care.export.table import Cell, Column
from care.identity import masked
from care.intake.sheet import HEADINGS
from care.store.rows import Connection, Row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_STRETCH = 5000
_PLAIN = (
    "name",
    "sex",
    "station",
    "home",
    "address",
    "living",
    "category",
    "risks",
    "medicines",
    "allergies",
)
_NAMES = (
    "name", "sex", "born", "identity", "phone", "station", "home", "address", "living", "category", "grade",
    "risks", "medicines", "allergies", "doctor", "contact1", "relation1", "contact_phone1", "contact2",
    "relation2", "contact_phone2",
)  # fmt: skip


def columns(language: str) -> list[Column]:
    """The columns, headed in "zh" or "en"."""
    at = 0 if language == "zh" else 1
    kinds = {"born": "day", "grade": "whole"}
    return [Column(name, HEADINGS[name][at], kinds.get(name, "text")) for name in _NAMES]  # type: ignore[arg-type]


def people(
    conn: Connection, paths: Sequence[str], now: datetime, *, whole: bool,
    told: Callable[[list[int]], None] = lambda keys: None,
) -> Iterator[list[list[Cell]]]:  # fmt: skip
    """Everybody in our care below `paths`, in stretches; numbers masked unless `whole`.

    `told` hears whom each stretch is about.
    """
    after = 0
    while found := rows(
        conn, Q["stretch"], {"paths": list(paths), "now": now, "after": after, "limit": _STRETCH}
    ):
        told([one["id"] for one in found])
        yield [_cells(one, whole) for one in found]
        after = found[-1]["id"]


def _cells(one: Row, whole: bool) -> list[Cell]:
    show = (lambda text: text) if whole else masked
    values: Row = {name: one[name] for name in _PLAIN}
    values |= {"born": one["born"], "grade": one["ability_grade"], "doctor": one["doctor"]}
    values |= {"identity": show(one["identity"] or ""), "phone": show(_national(one["phone"]))}
    for n in (1, 2):
        there = len(one["names"]) >= n
        values[f"contact{n}"] = one["names"][n - 1] if there else ""
        values[f"relation{n}"] = one["relations"][n - 1] if there else ""
        values[f"contact_phone{n}"] = show(_national(one["phones"][n - 1])) if there else ""
    return [values[name] for name in _NAMES]


def _national(phone: str) -> str:
    return phone.removeprefix("+86")
