"""Volunteers: who they are, what they saved, and passing it on."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg

from care.ledger.entry import Book, LedgerError, OwnerKind
from care.store import ledger
from care.store.errors import CareError, Conflict, Unknown
from care.store.rows import Connection, Row, row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))


def page(conn: Connection, paths: Sequence[str], now: datetime) -> list[Row]:
    """Volunteers of the subtrees now, each with `balance` in minutes."""
    return rows(conn, Q["page"], {"paths": list(paths), "now": now})


def known(conn: Connection, paths: Sequence[str], account: int, now: datetime) -> None:
    """Raises Unknown unless the account is a volunteer below `paths` now."""
    if row(conn, Q["one"], {"paths": list(paths), "account": account, "now": now}) is None:
        raise Unknown("there is no such volunteer")


def add(conn: Connection, account: int, station: int, now: datetime) -> None:
    """A volunteer of this station from now on. Raises Unknown for somebody who has no role there, Conflict
    for one who is a volunteer already."""
    if row(conn, Q["staff"], {"account": account, "station": station}) is None:
        raise Unknown("this account has no role in the station or above it")
    try:
        with conn.transaction():
            conn.execute(Q["add"], {"account": account, "station": station, "now": now})
    except psycopg.errors.ExclusionViolation as error:
        raise Conflict("they are a volunteer already") from error


def end(conn: Connection, account: int, now: datetime) -> None:
    """No longer a volunteer; what was saved stays theirs."""
    if conn.execute(Q["end"], {"account": account, "now": now}).rowcount == 0:
        raise Unknown("there is no such volunteer")


def statement(conn: Connection, account: int) -> list[tuple[datetime, str, str, int, int]]:
    """(instant, what, source, minutes, balance after it), the oldest first."""
    return ledger.statement(conn, Book("volunteer", account, "minute"))


def pass_on(
    conn: Connection, request: UUID, giver: int, kind: OwnerKind, to: int, minutes: int,
    paths: Sequence[str], now: datetime,
) -> bool:  # fmt: skip
    """Pass saved minutes on; False when the same `request` did so before.

    Raises Unknown for a receiver who is no volunteer and no resident below `paths`, CareError when there is
    not so much saved.
    """
    if row(conn, Q["receiver"], {"kind": kind, "id": to, "paths": list(paths), "now": now}) is None:
        raise Unknown("there is nobody to receive it")
    try:
        return ledger.pass_on(conn, str(request), giver, Book(kind, to, "minute"), minutes, now, giver)
    except LedgerError as error:
        raise CareError(str(error)) from error
