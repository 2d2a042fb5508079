"""What the last release asks of the database, kept in tests/fixtures/release.json: its named statements and
what its tables were. Made anew when a release is made:

    python -m tests.support.release tests/fixtures/release.json VERSION
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import psycopg

from core.embedded.postgres import Postgres
from core.migrate import files, migrate
from core.queries import load

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "ingest", "alerts", "care", "api", "simulators")
_PLACE = re.compile(r"%\((\w+)\)s|%%")
_COLUMNS = """
SELECT table_name || '.' || column_name, data_type, is_nullable = 'YES',
       column_default IS NOT NULL OR is_identity = 'YES'
FROM information_schema.columns c JOIN pg_class t ON t.relname = table_name AND NOT t.relispartition
WHERE table_schema = 'public' AND t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p', 'v')
ORDER BY 1"""


class Column(NamedTuple):
    """One column as a writer of the old code meets it."""

    kind: str
    nullable: bool
    filled: bool  # without a value given it gets one


class Release(NamedTuple):
    """What a release knew."""

    version: str
    migrations: list[str]
    statements: Mapping[str, str]
    columns: Mapping[str, Column]


def read(path: Path) -> Release:
    """The release that `path` describes."""
    known = json.loads(path.read_text(encoding="utf-8"))
    known["columns"] = {name: Column(*column) for name, column in known["columns"].items()}
    return Release(**known)


def statements(root: Path) -> Iterator[tuple[str, str]]:
    """Every named statement below `root`."""
    for path in sorted(path for name in PACKAGES for path in (root / name).rglob("*.sql")):
        if path.parent.name != "migrations":
            for name, statement in load(path).items():
                yield f"{path.relative_to(root)}:{name}", statement


def prepare(conn: psycopg.Connection[Any], statement: str) -> str:
    """Have the database understand `statement` without running it; the error, or ""."""
    names: dict[str, int] = {}

    def place(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}" if match[1] else "%"

    try:
        with conn.transaction(force_rollback=True):
            conn.execute(("PREPARE asked AS " + _PLACE.sub(place, statement)).encode())
        conn.execute("DEALLOCATE ALL")
    except psycopg.Error as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return ""


def columns(conn: psycopg.Connection[Any]) -> dict[str, Column]:
    """Every column of every table and view of ours."""
    return {row[0]: Column(*row[1:]) for row in conn.execute(_COLUMNS.encode()).fetchall()}


def write(path: Path, version: str) -> None:
    """Keep what this working tree asks, as far as it can be prepared (no LISTEN, no two at once)."""
    folder = Path(mkdtemp(prefix="nowalls-release-"))
    folder.chmod(0o755)
    postgres = Postgres(folder)
    with psycopg.connect(postgres.start()) as conn:
        migrate(conn, datetime(2026, 1, 1, tzinfo=UTC))
        understood = {name: text for name, text in statements(ROOT) if not prepare(conn, text)}
        known = Release(version, [file.name for file in files()], understood, columns(conn))
    postgres.stop()
    path.write_text(json.dumps(known._asdict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
