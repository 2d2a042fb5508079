"""Where what is known of foreign devices is kept; waits for a database that is away."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from core import heartbeat, logs
from core.batch import Batch
from core.directory import Directory
from core.instant import MINUTE, to_datetime
from core.queries import load
from ingest.decode import Decoded
from ingest.foreign.interpreter import Interpreted, Names, Thing
from ingest.foreign.strangers import Key
from ingest.message import Refused
from ingest.store import Store, Write

Q = load(Path(__file__).with_name("queries.sql"))
PART = "foreign"
Step = tuple[LiteralString, dict[str, Any]]
_POISON = (psycopg.DataError, psycopg.IntegrityError, TypeError, ValueError, OverflowError)
# Longer than a unit repeats itself, shorter than it takes one to begin its references anew: a second press
# under a reference of before would be the first one, said again, and nobody would come.
CALLS_KEPT = 15 * MINUTE
log = logging.getLogger(__name__)
T = TypeVar("T")


class Keeper:
    """One connection, made again when it breaks; not shared between threads."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], wait: Callable[[float], bool]) -> None:
        """`wait(seconds)` is True when we are to stop."""
        self._connect, self._wait = connect, wait
        self._conn: psycopg.Connection[Any] | None = None
        self._store: Store | None = None
        self._rung = True

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._conn is not None:
            self._conn.close()
        self._conn = self._store = None

    def has_news(self) -> bool:
        """Whether somebody changed who is who since it was read."""

        def ask(conn: psycopg.Connection[Any], store: Store) -> None:
            conn.execute("SELECT 1")
            conn.commit()

        self._until_done(ask)
        return self._rung

    def known(self, now: int) -> tuple[Directory, Names]:
        """Who is installed, who may speak for others, and what they call whom. Raises InterruptedError."""
        self._rung = False
        return self._until_done(lambda conn, store: (store.directory(now), _names(conn)))

    def found(self) -> dict[Key, Thing]:
        """Every thing that was heard before."""
        rows = self._until_done(lambda conn, store: _rows(conn, "found"))
        return {Key(*row[:3]): Thing(row[3], row[4], dict(row[5])) for row in rows}

    def announced(self) -> list[tuple[int, str, bytes]]:
        """What explains later messages."""
        return [(r[0], r[1], bytes(r[2])) for r in self._until_done(lambda c, s: _rows(c, "announcements"))]

    def keep(self, done: Interpreted, things: dict[Key, Thing], now: int) -> None:
        """What a batch came to, in one transaction. Raises InterruptedError when we stop first."""
        at = to_datetime(now)
        found = [_found(key, things[key], times, at) for key, times in sorted(done.heard.items())]

        steps: list[Step] = [(Q["drop_found"], key._asdict()) for key in sorted(done.forgotten)]
        steps += [(Q["put_found"], values) for values in found]
        for (source, tail), payload in sorted(done.announced.items()):
            values = {"source": source, "tail": tail, "payload": payload, "now": at}
            steps.append((Q["put_announcement" if payload else "drop_announcement"], values))
        if steps or done.refused:
            self._until_done(lambda conn, store: _keep(conn, store, steps, done.refused, now))

    def call(self, controller: str, reference: str, now: int) -> datetime:
        """When this alarm call was first heard."""
        values = {"controller": controller, "reference": reference, "now": to_datetime(now)}

        def call(conn: psycopg.Connection[Any], store: Store) -> datetime:
            with conn.transaction():
                row = conn.execute(Q["call"], values).fetchone()
            assert row is not None
            at: datetime = row[0]
            return at

        return self._until_done(call)

    def live(self, now: int) -> None:
        """A sign of life, and calls of long ago forgotten."""

        def live(conn: psycopg.Connection[Any], store: Store) -> None:
            with conn.transaction():
                heartbeat.beat(conn, PART, now)
                conn.execute(Q["forget_calls"], {"before": to_datetime(now - CALLS_KEPT)})

        self._until_done(live)

    def _until_done(self, work: Callable[[psycopg.Connection[Any], Store], T]) -> T:
        while True:
            try:
                if self._conn is None or self._store is None:
                    self._conn = self._connect()
                    self._conn.add_notify_handler(lambda notice: setattr(self, "_rung", True))
                    self._conn.execute(Q["listen"])
                    self._conn.commit()
                    self._rung = True
                    self._store = Store(self._conn)
                return work(self._conn, self._store)
            except psycopg.OperationalError as error:
                log.warning("database away", extra={"error": type(error).__name__})
                self.close()
            if self._wait(1.0):
                raise InterruptedError("stopped while waiting for the database")


def _keep(
    conn: psycopg.Connection[Any], store: Store, steps: Sequence[Step], refused: list[Refused], now: int
) -> None:
    """All of it; or, when the database takes a row for good not, each by itself without that one."""
    try:
        with conn.transaction(), conn.cursor() as cursor:
            for query, values in steps:
                cursor.execute(query, values)
            if refused:
                store.write(Write(Decoded(Batch(now), refused=refused)), now)
    except _POISON as error:
        log.error("the store refused something of foreign devices", extra=logs.trace(error))
        if len(steps) + len(refused) > 1:
            for step in steps:
                _keep(conn, store, [step], [], now)
            for one in refused:
                _keep(conn, store, [], [one], now)


def _rows(conn: psycopg.Connection[Any], query: str) -> Sequence[Any]:
    with conn.transaction():
        return conn.execute(Q[query]).fetchall()


def _names(conn: psycopg.Connection[Any]) -> Names:
    allowed = frozenset(row[0] for row in _rows(conn, "sources"))
    return Names(allowed, {Key(*row[:3]): row[3] for row in _rows(conn, "names")})


def _found(key: Key, thing: Thing, times: int, now: datetime) -> dict[str, Any]:
    return {
        "source": key.source,
        "tongue": key.tongue,
        "thing": key.thing,
        "name": thing.name,
        "model": thing.model,
        "says": Jsonb(thing.says),
        "times": times,
        "now": now,
    }
