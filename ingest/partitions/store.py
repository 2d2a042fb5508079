"""Leases on parts of the town: rows that name their owner, and a number that fences off who lost them.

A worker's session holds an advisory lock, so that its death shows at once, and it says every moment that
it works, so that one that hangs or is cut off shows soon after. What it owns carries an epoch. Taking over
raises the epoch, and every transaction of an owner begins by reading it FOR SHARE: the two cannot overlap.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import randrange
from typing import Any

import psycopg
from psycopg import Connection, Transaction
from psycopg.pq import TransactionStatus

from core import database
from core.access.roles import as_owner
from core.queries import load
from core.settings import Settings
from ingest.partitions.share_out import Standing

Q = load(Path(__file__).with_name("queries.sql"))

LEASE = timedelta(seconds=5)
_FORGOTTEN = timedelta(hours=1)
# Who takes over tries again instead of waiting: it has signs of life to give.
_PATIENCE = "-c lock_timeout=200ms"
_APPLICATION = "nowalls ingest"


class LeaseLost(Exception):
    """Somebody else looks after this part of the town now: nothing of ours was written."""


class Leases:
    """One worker's leases, over a connection of their own; raises psycopg.Error when the database is away."""

    def __init__(self, conn: Connection[Any], count: int, name: str, me: int | None = None) -> None:
        """`conn` in autocommit mode. Parts are 0 to `count` - 1, and `count` for the rest. `me`: who we were
        before the connection broke."""
        self._conn, self._count, self._name = conn, count, name
        conn.execute(Q["prepare"], {"count": count})
        conn.execute(Q["listen"])
        if me is not None:
            # Where it is not ours yet, a session of ours that the server takes for alive still has it.
            self._locks(me)
        self.me = me or self._sign_on()

    def _sign_on(self) -> int:
        while not self._locks(worker := randrange(1, 2**31)):
            continue
        return worker

    def _locks(self, worker: int) -> bool:
        row = self._conn.execute(Q["sign_on"], {"worker": worker}).fetchone()
        return bool(row and row[0])

    def look(self, now: datetime) -> Standing:
        """Say that we live, and see how things stand."""
        with self._conn.pipeline():
            self._conn.execute(Q["stay"], {"worker": self.me, "name": self._name, "till": now + LEASE})
            members = self._conn.execute(Q["members"], {"now": now, "count": self._count})
            parts = self._conn.execute(Q["parts"], {"count": self._count})
        living: dict[int, int] = dict(members.fetchall())
        rows = parts.fetchall()
        mine = {number: epoch for number, epoch, worker in rows if worker == self.me}
        free = tuple(number for number, _, worker in rows if worker not in living)
        return Standing(self.me, living, mine, free)

    def claim(self, number: int, living: Sequence[int], now: datetime) -> int | None:
        """Take over a part that nobody of `living` has; its epoch, or None when somebody was first or the one
        before still writes."""
        asked = {
            "count": self._count,
            "number": number,
            "worker": self.me,
            "living": list(living),
            "now": now,
        }
        try:
            row = self._conn.execute(Q["claim"], {**asked, "living": list(living)}).fetchone()
        except psycopg.errors.LockNotAvailable:
            self._end_sessions(number)
            return None
        return row[0] if row else None

    def _end_sessions(self, number: int) -> None:
        """End who still writes there and is not among the living: what they did not commit never happened."""
        with as_owner(self._conn):
            self._conn.execute(Q["end_sessions"], {"application": _named(number, self._count)})

    def give_back(self, number: int, epoch: int, now: datetime) -> None:
        """Let somebody else have it at once."""
        asked = {"count": self._count, "number": number, "worker": self.me, "epoch": epoch, "now": now}
        self._conn.execute(Q["give_back"], asked)
        self._conn.execute(Q["ring"])

    def leave(self) -> None:
        """At an orderly end: nobody waits for us."""
        self._conn.execute(Q["leave"], {"worker": self.me})

    def clear(self, now: datetime) -> None:
        """Forget workers that are long gone."""
        self._conn.execute(Q["clear"], {"old": now - _FORGOTTEN})

    def wait(self, seconds: float) -> None:
        """Until somebody gives a part back, for so long at most."""
        for _ in self._conn.notifies(timeout=seconds, stop_after=1):
            return

    def close(self) -> None:
        """Close the connection; never raises."""
        self._conn.close()


def connect(settings: Settings) -> Connection[Any]:
    """The connection of a worker's leases; raises psycopg.OperationalError."""
    conn = database.connect_as(Connection, settings, _APPLICATION, _PATIENCE)
    conn.autocommit = True
    return conn


class Fenced(Connection[Any]):
    """A connection whose transactions all begin by looking whether its lease still holds."""

    lease: tuple[int, int, int]  # count, number, epoch

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[Transaction]:
        """As in psycopg; the outermost raises LeaseLost when the lease is somebody else's."""
        outermost = self.info.transaction_status is TransactionStatus.IDLE
        with super().transaction(savepoint_name, force_rollback) as transaction:
            if outermost and self.execute(Q["fence"], self.lease).fetchone() is None:
                raise LeaseLost(f"part {self.lease[1]} of {self.lease[0]}")
            yield transaction


def connect_under(settings: Settings, lease: tuple[int, int, int]) -> Fenced:
    """A connection under a lease (count, number, epoch); raises psycopg.OperationalError."""
    conn = database.connect_as(Fenced, settings, _APPLICATION)
    conn.lease = lease
    count, number, _ = lease
    conn.execute(Q["name"], {"application": _named(number, count)})
    conn.commit()
    return conn


def _named(number: int, count: int) -> str:
    """What the sessions of a part's owners are called."""
    return f"{_APPLICATION} {number}/{count}"
