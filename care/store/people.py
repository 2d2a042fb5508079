"""People: finding them by whatever is known of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from care.search import keys, number_keys, prefix
from care.store.sealing import hidden
from core import queries
from core.database import WATCHFUL

Q = queries.load(Path(__file__).with_suffix(".sql"))

_FEW = 5000
_STRETCH = 5000


def find(conn: psycopg.Connection[Any], asked: str, paths: Sequence[str], limit: int = 50) -> list[int]:
    """Keys of the residents in the subtrees `paths` (ltree; "" is everything) that `asked` may mean.

    `asked` is the beginning of a name, its pinyin or initials, a whole telephone or identity number or the
    last four digits of one. The closest come first; none when `asked` says nothing.
    """
    start = prefix(asked)
    if not start:
        return []
    values: dict[str, Any] = {"start": start, "paths": list(paths), "limit": limit, "few": _FEW}
    row = conn.execute(Q["few_in_scope"], values).fetchone()
    query = "find_among_few" if row and row[0] else "find_among_many"
    named = [found[0] for found in conn.execute(Q[query], values)]
    if not (numbers := number_keys(asked)):
        return named
    values["keys"] = hidden(numbers)
    numbered = [found[0] for found in conn.execute(Q["find_by_number"], values)]
    return list(dict.fromkeys(numbered + named))[:limit]


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


def rebuild(conninfo: str) -> int:
    """Make everybody's search keys where there are none (after a crash, a restore), or none; for how many.

    Of several processes one does it. For a process of its own: a hundred thousand people are a minute's work.
    """
    with psycopg.connect(conninfo, options="-c TimeZone=UTC", **WATCHFUL) as conn:
        row = conn.execute(Q["keys_are_missing"]).fetchone()
        return index(conn) if row and row[0] and keys_are_missing(conn) else 0


def keys_are_missing(conn: psycopg.Connection[Any]) -> bool:
    """Whether nobody can be found though there is somebody."""
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        row = cursor.execute(Q["empty"]).fetchone()
    return bool(row and row[0])


def index(conn: psycopg.Connection[Any]) -> int:
    """Make everybody's search keys anew, in the caller's transaction; returns for how many."""
    done, after = 0, 0
    while rows := conn.execute(Q["names_to_index"], {"after": after, "limit": _STRETCH}).fetchall():
        ids, words = [row[0] for row in rows], list[tuple[int, str]]()
        for resident, name, phone, identity, contacts in rows:
            words += [(resident, key) for key in hidden(keys(name, phone, identity or "", contacts))]
        with conn.transaction():
            conn.execute(Q["drop_keys"], {"residents": ids})
            conn.execute(
                Q["put_keys"], {"residents": [one for one, _ in words], "keys": [key for _, key in words]}
            )
        done, after = done + len(rows), ids[-1]
    return done
