"""Storage's own jobs: rolled up by us on plain PostgreSQL; on TimescaleDB watched, and run by us when its own
scheduler does not (it has none in some places, and on some pairs of versions every background job fails).
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection, sql

from core.queries import load
from core.timeseries.series import Engine

Q = load(Path(__file__).with_name("tending.sql"))

log = logging.getLogger(__name__)

_STEP = timedelta(days=1)  # of arrivals rolled up in one transaction
_AGAIN = timedelta(
    hours=6
)  # arrivals looked at once more: a batch that waited for the database is among them
_SETTLED = timedelta(minutes=10)
_STEPS = 40  # in one go
_WORTH = timedelta(hours=1)  # less than that is not summed up yet
_LATE = 3  # times its own interval without success, and a job is run by us


class Health(NamedTuple):
    """How a job of storage stands: when it was last done, when it last failed and why ("": it did not)."""

    name: str
    done_at: datetime | None
    failed_at: datetime | None
    error: str


def tend(conn: Connection[Any], kind: Engine, now: datetime) -> list[Health]:
    """Do what is due, on an autocommitting connection of the owner of the tables; how all jobs stand then.

    One process at a time; another finds nothing to do. A job that fails is written down and tried again next
    time.
    """
    if not _one(conn, "try_lock"):
        return health(conn, kind)
    try:
        for name, work in _due(conn, kind, now):
            try:
                work()
                conn.execute(Q["done"], {"name": name, "now": now})
            except psycopg.Error as error:
                if conn.closed:
                    raise
                log.error("a job of storage failed", extra={"job": name, "error": type(error).__name__})
                conn.execute(Q["failed"], {"name": name, "now": now, "error": type(error).__name__})
    finally:
        if not conn.closed:
            conn.execute(Q["unlock"])
    return health(conn, kind)


def health(conn: Connection[Any], kind: Engine) -> list[Health]:
    """How each job stands, by name; what TimescaleDB did by itself counts."""
    rows = conn.execute(Q["timescale_health" if kind == "timescale" else "health"]).fetchall()
    return [Health(*row) for row in rows]


def _due(conn: Connection[Any], kind: Engine, now: datetime) -> Iterator[tuple[str, Callable[[], object]]]:
    if kind == "plain":
        yield "roll_up", lambda: _roll_up(conn, now)
        yield "index", lambda: _index(conn)
        return
    for job, name in conn.execute(Q["overdue"], {"now": now, "late": _LATE}).fetchall():
        log.warning("a job of TimescaleDB is overdue and is run by us", extra={"job": name})
        yield name, lambda job=job: conn.execute(Q["run_job"], {"job": job})  # type: ignore[misc]


def _roll_up(conn: Connection[Any], now: datetime) -> None:
    """Hours that something has come for since the last time are counted anew."""
    for _ in range(_STEPS):
        with conn.transaction():
            since = _one(conn, "rolled_until")
            if since is None:
                return
            if since > now:  # the clock was ahead for a while: what comes now has not been counted
                since = now - _AGAIN
                conn.execute(Q["mark"], {"until": since})
            until = min(since + _STEP, now - _SETTLED)
            if until - since < _WORTH:
                return
            conn.execute(Q["roll_up"], {"since": since - _AGAIN, "until": until})
            conn.execute(Q["mark"], {"until": until})


def _index(conn: Connection[Any]) -> None:
    """Weeks that were there before the index of positions was thought of get it; writers go on meanwhile."""
    for week, begun in conn.execute(Q["without_positions"]).fetchall():
        table, index = sql.Identifier(week), sql.Identifier(f"{week}_position")
        if begun:
            conn.execute(sql.SQL("DROP INDEX {}").format(index))
        conn.execute(
            sql.SQL("CREATE INDEX CONCURRENTLY {} ON {} (time) WHERE metric IN (80, 81)").format(index, table)
        )
        conn.execute(sql.SQL("ALTER INDEX reading_position ATTACH PARTITION {}").format(index))


def _one(conn: Connection[Any], name: str) -> Any:
    row = conn.execute(Q[name]).fetchone()
    return row[0] if row else None
