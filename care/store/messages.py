"""What relatives and the station write to each other, in the database; and who has access to a resident."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))
_WINDOW = timedelta(hours=1)

_Connection = psycopg.Connection[Any]
_Row = dict[str, Any]


def write(conn: _Connection, resident: int, account: int, text: str, request: UUID, now: datetime) -> None:
    """A relative writes to the station about `resident`; the same `request` again changes nothing."""
    with conn.transaction():
        row = conn.execute(Q["begin"], {"resident": resident, "account": account, "now": now}).fetchone()
        assert row is not None  # it is there or was made
        _add(conn, row[0], account, text, request, now, from_station=False)


def answer(
    conn: _Connection,
    conversation: int,
    paths: Sequence[str],
    account: int,
    text: str,
    request: UUID,
    now: datetime,
    upto: int | None = None,
) -> bool:
    """The station answers what was written up to message `upto` (None: everything); what the relative wrote
    since still waits. False when there is no such conversation in the subtrees `paths`."""
    with conn.transaction():
        row = conn.execute(Q["hold"], {"id": conversation, "paths": list(paths)}).fetchone()
        if row is None:
            return False
        _add(conn, conversation, account, text, request, now, from_station=True, upto=upto)
    return True


def _add(
    conn: _Connection,
    conversation: int,
    account: int,
    text: str,
    request: UUID,
    now: datetime,
    *,
    from_station: bool,
    upto: int | None = None,
) -> None:
    values: dict[str, Any] = {"conversation": conversation, "account": account, "text": text}
    values |= {"request": request, "now": now, "from_station": from_station, "upto": upto}
    row = conn.execute(Q["write"], values).fetchone()
    if row is not None:
        conn.execute(Q["last"], {**values, "message": row[0]})


def lately(conn: _Connection, account: int, now: datetime) -> int:
    """How many messages somebody wrote in the last hour."""
    row = conn.execute(Q["lately"], {"account": account, "since": now - _WINDOW}).fetchone()
    return int(row[0]) if row else 0


def mine(conn: _Connection, resident: int, account: int, limit: int, before: int | None = None) -> list[_Row]:
    """A relative's own messages and the answers, the latest first.

    Keys: id, at, text, from_station, account_id, account_name, fresh (not seen yet).
    """
    values = {"resident": resident, "account": account, "limit": limit, "before": before}
    return _rows(conn, "mine", values)


def thread(
    conn: _Connection, conversation: int, paths: Sequence[str], limit: int, before: int | None = None
) -> list[_Row]:
    """The same as the station reads it; nothing outside the subtrees `paths`."""
    values = {"id": conversation, "paths": list(paths), "limit": limit, "before": before}
    return _rows(conn, "thread", values)


def seen(conn: _Connection, resident: int, account: int, upto: int) -> None:
    """The relative has seen the answers up to message `upto`."""
    conn.execute(Q["read"], {"resident": resident, "account": account, "upto": upto})


def threads(conn: _Connection, paths: Sequence[str], limit: int, *, waiting: bool) -> list[_Row]:
    """Conversations below `paths`; with `waiting`, only those that wait for an answer.

    Keys: id, resident_id, resident_name, account_id, account_name, relation, waiting, last_at, text,
    from_station.
    """
    return _rows(conn, "threads", {"paths": list(paths), "limit": limit, "waiting": waiting})


def waiting(conn: _Connection, paths: Sequence[str]) -> int:
    """How many conversations below `paths` wait for an answer."""
    row = conn.execute(Q["waiting"], {"paths": list(paths)}).fetchone()
    return int(row[0]) if row else 0


def settle(conn: _Connection, conversation: int, paths: Sequence[str], upto: int) -> bool:
    """Say that nothing up to message `upto` needs an answer.

    False when something newer does, or the conversation is not there.
    """
    values = {"id": conversation, "paths": list(paths), "upto": upto}
    return conn.execute(Q["settle"], values).fetchone() is not None


def set_relation(conn: _Connection, resident: int, account: int, word: str, now: datetime) -> None:
    """Note what a relative says to be to the resident."""
    conn.execute(Q["set_relation"], {"resident": resident, "account": account, "word": word, "now": now})


def access(conn: _Connection, resident: int, now: datetime) -> dict[str, list[_Row]]:
    """Who may see the resident: `family` (id, name, since, relation), `staff` (role, people), `station` (id,
    name, name_en, phone) and `consents` (purpose, since)."""
    values = {"resident": resident, "now": now}
    return {name: _rows(conn, query, values) for name, query in _ACCESS.items()}


_ACCESS = {"family": "family", "staff": "staff", "station": "station_of", "consents": "consents"}


def _rows(conn: _Connection, query: str, values: dict[str, Any]) -> list[_Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(Q[query], values).fetchall()
