"""For how long what is kept: one row a class of data, and the sweep that enforces it."""

from datetime import datetime
from pathlib import Path

import psycopg

from care.store.errors import Conflict, Unknown
from care.store.rows import Connection, Row, key, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

AT_ONCE = 5000


def classes(conn: Connection) -> list[Row]:
    """class, name (the table), days, least, held, zh, en."""
    return rows(conn, Q["classes"], {})


def set_days(conn: Connection, which: str, days: int) -> None:
    """Raises Unknown for the class, Conflict for fewer days than it needs."""
    try:
        with conn.transaction():
            if conn.execute(Q["set"], {"class": which, "days": days}).rowcount != 1:
                raise Unknown(f"there is no class {which}")
    except psycopg.errors.CheckViolation as error:
        raise Conflict(f"{which} is needed for longer than {days} days") from error


def sweep(conn: Connection, now: datetime) -> dict[str, int]:
    """Take away what is too old, at most AT_ONCE rows of each class; returns how many of which."""
    gone = {}
    for one in classes(conn):
        with conn.transaction():
            number = key(conn, Q["retire"], {"class": one["class"], "now": now, "most": AT_ONCE}) or 0
        if number:
            gone[one["class"]] = number
    return gone
