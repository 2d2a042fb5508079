"""The reader of queries.sql files, and every such file of the project."""

from pathlib import Path

import pytest

from core.queries import load

ROOT = Path(__file__).parents[3]
FILES = sorted(p for p in ROOT.glob("*/**/*.sql") if ".venv" not in p.parts and "migrations" not in p.parts)


def written(folder: Path, text: str) -> Path:
    path = folder / "queries.sql"
    path.write_text(text)
    return path


def test_statements_by_name(tmp_path: Path) -> None:
    path = written(
        tmp_path, "-- about\n\n-- name: one\n-- why\nSELECT 1\n\n-- name: two\n-- why\nSELECT\n2\n"
    )
    assert load(path) == {"one": "-- why\nSELECT 1", "two": "-- why\nSELECT\n2"}


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one stands twice"):
        load(written(tmp_path, "-- name: one\n-- why\nSELECT 1\n-- name: one\n-- why\nSELECT 2\n"))


def test_a_statement_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before the first name"):
        load(written(tmp_path, "SELECT 1;\n-- name: one\nSELECT 1\n"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_statement_says_why_it_is_there(path: Path) -> None:
    assert not [name for name, statement in load(path).items() if not statement.startswith("-- ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_statement_asks_the_database_for_the_time(path: Path) -> None:
    for name, statement in load(path).items():
        assert "now()" not in statement.lower().replace("%(now)s", ""), f"{name} reads the clock"
