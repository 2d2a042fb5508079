"""Rows of a statement as dictionaries; the one way in which the newer stores read."""

from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
Connection = psycopg.Connection[Any]


def rows(conn: Connection, query: LiteralString, values: Row) -> list[Row]:
    """Every row."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


def row(conn: Connection, query: LiteralString, values: Row) -> Row | None:
    """The first row, or None."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchone()


def key(conn: Connection, query: LiteralString, values: Row) -> int | None:
    """The first column of the first row, or None."""
    found = conn.execute(query, values).fetchone()
    return None if found is None else int(found[0])
