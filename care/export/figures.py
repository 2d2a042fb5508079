"""Statistics as rows of one long table, with words for people. Pure."""

from collections.abc import Iterable
from datetime import date

from care.export.table import Cell, Column
from care.store.statistics import Coverage, Figures
from core import messages

COLUMNS = (
    Column("figure", "figure"),
    Column("of", "of"),
    Column("words", "words"),
    Column("number", "number", "whole"),
    Column("amount", "amount", "whole"),
)


def rows(figures: Figures, coverage: Coverage, month: date, language: str) -> list[list[Cell]]:
    """(figure, of, words, number, amount): amounts are minutes, points or fen; of coverage, people met."""
    found: list[list[Cell]] = []
    for (category, grade), people in sorted(figures.people.items()):
        said = word(f"category.{category}", language), word(f"grade.{grade}", language)
        found.append(["people", f"{category}/{grade}", " / ".join(said), people, None])
    for living, people in sorted(figures.living.items()):
        found.append(["living", living, word(f"living.{living}", language), people, None])
    for what, (number, amount) in sorted(figures.flows.items()):
        found.append([what.split("/")[0], what, flow(what, language), number, amount])
    for category, (people, met) in sorted(coverage.categories.items()):
        said = word(f"category.{category}", language), f"{month:%Y-%m}"
        found.append(["coverage", category, " ".join(said), people, met])
    return found


def flow(what: str, language: str) -> str:
    """ "visit/home/well" in words."""
    kind, *steps = what.split("/")
    families = {"visit": ("way", "result"), "order": ("service", "order_state"), "rating": ("service",)}
    names = families.get(kind, ("book",))
    said = [word(f"{name}.{step}", language) for name, step in zip(names, steps, strict=False)]
    return " / ".join([word(f"figure.{kind}", language), *said])


def word(key: str, language: str) -> str:
    """A word of the catalogue; one without an entry is its own last part."""
    entry = messages.catalogue().get(key)
    return entry[language] if entry else key.rpartition(".")[2]


def grades(figures: Figures) -> Iterable[tuple[str, dict[int, int]]]:
    """(category, people by grade; -1: not assessed), the most urgent category first."""
    for category in ("high_risk", "key", "ordinary"):
        found = {grade: n for (name, grade), n in figures.people.items() if name == category}
        if found:
            yield category, found
