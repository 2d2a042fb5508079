"""What is held about an account, table by table, a stretch of rows at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from psycopg import Connection

from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))
_STRETCH = 5000
_cursors = count(1)

TABLES = tuple(_SQL)


@contextmanager
def table(
    conn: Connection[Any], name: str, account: int
) -> Iterator[tuple[list[str], Iterator[list[tuple[Any, ...]]]]]:
    """(names of the columns, stretches of rows) of one of `TABLES`; within a transaction."""
    with conn.cursor(name=f"own_{next(_cursors)}") as cursor:
        cursor.execute(_SQL[name], {"account": account})
        columns = [column.name for column in cursor.description or []]

        def stretches() -> Iterator[list[tuple[Any, ...]]]:
            while found := cursor.fetchmany(_STRETCH):
                yield found

        yield columns, stretches()
