"""The figures of a node on one side of A4, to be printed and signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from care.export.figures import flow, grades, word
from care.handover.page import one_side, text
from care.store.statistics import Coverage, Figures
from core import messages


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page says; `first` and `last` are the days of the period, both included. `answers` are
    (what, value) of how incidents were answered."""

    station: str
    first: date
    last: date
    made_at: datetime
    zone: str
    figures: Figures
    coverage: Coverage
    month: date
    answers: Sequence[tuple[str, str]] = ()


def pdf(sheet: Sheet, language: str) -> bytes:
    """The page in "zh" or "en"; what does not fit is made smaller, never a second page."""
    return one_side(word("figure.title", language), _parts(sheet, language))


def _parts(one: Sheet, language: str) -> Iterable[Flowable]:
    yield text(f"{word('figure.title', language)} · {one.station}", 18, bold=True)
    made = one.made_at.astimezone(messages.zone(one.zone)).strftime("%Y-%m-%d %H:%M")
    yield text(f"{one.first.isoformat()} - {one.last.isoformat()} · {made}", 9)
    for name, rows in _tables(one, language):
        if rows:
            yield Spacer(1, 3 * mm)
            yield text(name, 12, bold=True)
            yield _table(rows)


def _tables(one: Sheet, language: str) -> Iterable[tuple[str, list[list[str]]]]:
    head = ["", *(word(f"grade.{grade}", language) for grade in range(-1, 5)), "="]
    people = [
        [
            word(f"category.{name}", language),
            *(str(found.get(g, 0)) for g in range(-1, 5)),
            str(sum(found.values())),
        ]
        for name, found in grades(one.figures)
    ]
    yield word("figure.people", language), [head, *people] if people else []
    living = [[word(f"living.{name}", language), str(n)] for name, n in sorted(one.figures.living.items())]
    yield word("figure.living", language), living
    covered = [
        [
            word(f"category.{name}", language),
            f"{met} / {people}",
            f"{100 * met / people:.1f} %" if people else "",
        ]
        for name, (people, met) in sorted(one.coverage.categories.items())
    ]
    yield f"{word('figure.coverage', language)} {one.month:%Y-%m}", covered
    for kind in ("visit", "order", "rating", "hours", "money"):
        flows = [
            (what, found) for what, found in sorted(one.figures.flows.items()) if what.split("/")[0] == kind
        ]
        yield (
            word(f"figure.{kind}", language),
            [[flow(w, language), str(n), _amount(w, a)] for w, (n, a) in flows],
        )
    yield word("figure.answers", language), [list(row) for row in one.answers]


def _amount(what: str, amount: int) -> str:
    kind = what.split("/", maxsplit=1)[0]
    if kind == "money":
        return f"{amount / 100:,.2f}"
    if kind in ("visit", "hours"):
        return f"{amount / 60:,.1f} h"
    return "" if kind == "order" else str(amount)


def _table(rows: list[list[str]]) -> Flowable:
    table = Table([[text(cell, 9) for cell in row] for row in rows], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.lightgrey),
                ("TOPPADDING", (0, 0), (-1, -1), 0.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5),
            ]
        )
    )
    return table
