"""What lies in every table, as counts and checksums: to say that two databases hold the same."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

# Tables as people know them (not their partitions) that are in the log: what is unlogged is made anew.
_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relpersistence = 'p' ORDER BY 1"""
_CONTENT = """
SELECT count(*), md5(coalesce(string_agg(h, '' ORDER BY h), '')) FROM (SELECT md5(t::text) h FROM {} t) x"""


class Still(NamedTuple):
    """All tables at an instant at which nobody wrote."""

    at: datetime
    content: dict[str, tuple[int, str]]


def content(conn: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    """Rows and checksum of every table."""
    names = [str(row[0]) for row in conn.execute(_TABLES).fetchall()]
    found = {}
    for name in names:
        row = conn.execute(sql.SQL(_CONTENT).format(sql.Identifier(name))).fetchone()
        assert row is not None
        found[name] = (int(row[0]), str(row[1]))
    return found


def still(dsn: str) -> Still:
    """Hold every writer for a moment, so that what was committed by `at` is exactly what is counted."""
    for _ in range(20):
        with psycopg.connect(dsn) as conn:
            try:
                conn.execute("SET timezone = 'UTC'")
                names = [sql.Identifier(str(row[0])) for row in conn.execute(_TABLES).fetchall()]
                conn.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.SQL(", ").join(names)))
                row = conn.execute("SELECT clock_timestamp()").fetchone()
                assert row is not None
                return Still(row[0], content(conn))
            except psycopg.errors.DeadlockDetected:
                continue  # a writer had begun with another table
    raise AssertionError("the tables could not be held")
