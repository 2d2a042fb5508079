"""People: finding them by whatever is known of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from care.search import keys, prefix
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_FEW = 5000
_STRETCH = 5000


def find(conn: psycopg.Connection[Any], asked: str, paths: Sequence[str], limit: int = 50) -> list[int]:
    """Keys of the residents in the subtrees `paths` (ltree; "" is everything) that `asked` may mean.

    `asked` is the beginning of a name, its pinyin or initials, a telephone number or the last four digits of
    one or of an identity number. The closest come first; none when `asked` says nothing.
    """
    start = prefix(asked)
    if not start:
        return []
    values = {"start": start, "paths": list(paths), "limit": limit, "few": _FEW}
    row = conn.execute(Q["few_in_scope"], values).fetchone()
    query = "find_among_few" if row and row[0] else "find_among_many"
    return [found[0] for found in conn.execute(Q[query], values)]


def look_up(
    conn: psycopg.Connection[Any], asked: str, paths: Sequence[str], limit: int = 50
) -> tuple[list[int], bool]:
    """As `find`, then by how the code or address of the home begins; and whether that is all there is.

    In subtrees of few people a caller may look further, at each of them; among many it must not.
    """
    found = find(conn, asked, paths, limit)
    values = {"paths": list(paths), "few": _FEW, "start": asked.strip(), "limit": limit}
    if found or not asked.strip():
        return found, True
    row = conn.execute(Q["few_in_scope"], values).fetchone()
    if row and row[0]:
        return [], False
    return [one[0] for one in conn.execute(Q["find_by_home"], values)], True


def index(conn: psycopg.Connection[Any]) -> int:
    """Make everybody's search keys anew; returns for how many."""
    done, after = 0, 0
    while rows := conn.execute(Q["names_to_index"], {"after": after, "limit": _STRETCH}).fetchall():
        ids = [row[0] for row in rows]
        with conn.transaction(), conn.cursor() as cursor:
            cursor.execute("DELETE FROM resident_key WHERE resident_id = ANY (%s)", (ids,))
            with cursor.copy("COPY resident_key (resident_id, key) FROM STDIN") as copy:
                for resident, name, phone, identity in rows:
                    for key in keys(name, phone, identity):
                        copy.write_row((resident, key))
        done, after = done + len(rows), ids[-1]
    return done
