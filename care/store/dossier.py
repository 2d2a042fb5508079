"""Everything that is held about one person, table by table, a stretch of rows at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from psycopg import sql

from care.store.errors import Unknown
from care.store.rows import Connection, rows
from core import queries, sealed

Q = queries.load(Path(__file__).with_suffix(".sql"))

BULKY = frozenset({"reading", "reading_hour", "motion"})  # in sheets of their own only
_STRETCH = 5000
_BYTEA = 17  # the type of what is no text: hashes, pictures
_cursors = count(1)


@dataclass(frozen=True, slots=True)
class Part:
    """One table: which of its rows `t` are the person's, what is in it and what an erasure does with it."""

    name: str
    whose: str
    fate: str
    zh: str
    en: str


def parts(conn: Connection, resident: int) -> list[Part]:
    """Raises Unknown when there is no such person."""
    if conn.execute(Q["known"], {"resident": resident}).fetchone() is None:
        raise Unknown(f"there is no resident {resident}")
    return [Part(**one) for one in rows(conn, Q["parts"], {})]


@contextmanager
def table(
    conn: Connection, part: Part, resident: int
) -> Iterator[tuple[list[str], Iterator[list[tuple[Any, ...]]]]]:
    """(names of the columns, stretches of rows); within a transaction. Hashes and pictures are left out."""
    # Both texts come from the repository: the list of tables is written by migrations only.
    plain = Q.get(part.name) or f"SELECT t.* FROM {part.name} t WHERE {{whose}} ORDER BY 1"  # noqa: S608
    statement = sql.SQL(plain.replace("{whose}", _of(part, resident)))
    with conn.cursor(name=f"everything_{next(_cursors)}") as cursor:
        cursor.itersize = _STRETCH
        cursor.execute(statement)
        described = cursor.description or []
        kept = [n for n, column in enumerate(described) if column.type_code != _BYTEA]

        def stretches() -> Iterator[list[tuple[Any, ...]]]:
            while found := cursor.fetchmany(_STRETCH):
                yield [tuple(sealed.opened_within(row[n]) for n in kept) for row in found]

        yield [described[n].name for n in kept], stretches()


def photos(conn: Connection, part: Part, resident: int) -> Iterator[tuple[str, bytes]]:
    """(key, JPEG) of each picture; one at a time in memory."""
    statement = sql.SQL(Q["photos"].replace("{whose}", _of(part, resident)))
    with conn.cursor(name=f"everything_{next(_cursors)}") as cursor:
        cursor.itersize = 1
        cursor.execute(statement)
        for key, jpeg in cursor:
            yield str(key), bytes(jpeg)


def _of(part: Part, resident: int) -> str:
    return f"({part.whose.replace(':resident', str(int(resident)))})"
