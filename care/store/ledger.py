"""The ledger in the database. What is booked once is not booked twice, and nothing is ever taken out."""

from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from care.ledger.entry import Book, Entry, hours_passed_on, reversal
from care.store.errors import Unknown
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_Connection = psycopg.Connection[Any]


def post(conn: _Connection, entry: Entry, at: datetime, account: int | None = None) -> bool:
    """Book an entry; False when its source has been booked before."""
    with conn.transaction():
        named = {"source": entry.source, "what": entry.what, "station": entry.station}
        values = {**named, "at": at, "account": account}
        row = conn.execute(Q["enter"], values).fetchone()
        if row is None:
            return False
        # In one order everywhere, so that two entries never wait for each other.
        for book in sorted(entry.lines):
            key = conn.execute(Q["book"], book._asdict()).fetchone()
            line = {"entry": row[0], "book": key[0] if key else None, "amount": entry.lines[book]}
            conn.execute(Q["line"], line)
    return True


def reverse(conn: _Connection, source: str, at: datetime, account: int | None = None) -> bool:
    """Take back what was booked for `source`; False when that was done before. Raises Unknown."""
    rows = conn.execute(Q["lines_of"], {"source": source}).fetchall()
    if not rows:
        raise Unknown(f"nothing was booked for {source}")
    booked = Entry(source, rows[0][4], {Book(*row[:3]): row[3] for row in rows}, rows[0][5])
    return post(conn, reversal(booked), at, account)


def pass_on(
    conn: _Connection, transfer: str, giver: int, to: Book, minutes: int, at: datetime, account: int | None
) -> bool:
    """A volunteer passes saved time on; `transfer` is chosen by the caller, so that asking twice moves once.

    Raises LedgerError when there is not so much.
    """
    with conn.transaction():
        own = Book("volunteer", giver, "minute")
        # Both, in the order in which an entry takes them: two may give to each other at once.
        for book in sorted((own, to)):
            conn.execute(Q["hold"], book._asdict())
        if conn.execute(Q["lines_of"], {"source": f"transfer:{transfer}"}).fetchone():
            return False
        return post(conn, hours_passed_on(transfer, giver, to, minutes, balance(conn, own)), at, account)


def balance(conn: _Connection, book: Book) -> int:
    """What a book holds; below zero is owed."""
    row = conn.execute(Q["balance"], book._asdict()).fetchone()
    return int(row[0]) if row else 0


def statement(conn: _Connection, book: Book) -> list[tuple[datetime, str, str, int, int]]:
    """(instant, what, source, amount, balance after it) of every line, the oldest first."""
    return conn.execute(Q["statement"], book._asdict()).fetchall()


def total(conn: _Connection, unit: str) -> int:
    """The sum of all books of a unit: zero, or the books are wrong."""
    row = conn.execute(Q["total"], {"unit": unit}).fetchone()
    return int(row[0]) if row else 0
