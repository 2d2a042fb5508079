"""Chunks: made ahead, and dropped whole when they are older than their class of data is kept."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from core.queries import load
from core.timeseries.series import CONTINUOUS, HOURS, SERIES, Engine, Series, floor

_AHEAD = 2  # chunks made before they are needed
_KEPT = "SELECT days FROM retention WHERE class = %s AND whole"
# A clock that is this much further than the last time is doubted, and believed when it has gone on for a day.
_LEAP, _PROOF = timedelta(days=14), timedelta(days=1)

Q = load(Path(__file__).with_name("tending.sql"))

log = logging.getLogger(__name__)


def make_room(conn: Connection[Any], kind: Engine, now: datetime) -> datetime:
    """Make sure rows from `reach_back` ago until some time ahead have a place; returns until when.

    Idempotent and safe to run from several processes at once (an advisory lock orders them). Attaching a
    ready-made table takes a lighter lock than CREATE ... PARTITION OF, so writers go on.
    """
    until = min(floor(now, s.chunk) + (_AHEAD + 1) * s.chunk for s in SERIES)
    if kind == "timescale":
        return until
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('nowalls.partitions'))")
    for series in SERIES:
        have = _partitions(conn, series.table)
        start = floor(now - series.reach_back, series.chunk)
        while start < floor(now, series.chunk) + (_AHEAD + 1) * series.chunk:
            if _name(series, start) not in have:
                _attach(conn, series, start)
            start += series.chunk
    return until


def drop_old(conn: Connection[Any], kind: Engine, now: datetime) -> list[str]:
    """Drop whole chunks that end before what is kept of their class; returns the names of what went.

    None go while the clock is doubted: one that shows another year for a minute (a battery that is flat, a
    machine that was asleep) would cost everything.
    """
    if not _is_believed(conn, now):
        return []
    dropped: list[str] = []
    for series in SERIES:
        before = now - _kept(conn, series.kept_as)
        if kind == "timescale":
            dropped += _drop_chunks(conn, series.table, before)
            continue
        last = _name(series, floor(before, series.chunk))
        for name in sorted(n for n in _partitions(conn, series.table) if n < last):
            conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
            dropped.append(name)
    return dropped + _drop_hours(conn, kind, now - _kept(conn, "hours"))


def _is_believed(conn: Connection[Any], now: datetime) -> bool:
    done, doubted = conn.execute(Q["dropped"]).fetchone() or (now, None)
    goes_on = doubted is not None and doubted + _PROOF <= now <= doubted + _LEAP
    if now <= done + _LEAP or goes_on:
        conn.execute(Q["believe"], {"now": now})
        return True
    if doubted is None or not doubted <= now <= doubted + _LEAP:
        log.error("nothing is dropped: the clock has leapt", extra={"days": (now - done).days})
        conn.execute(Q["doubt"], {"now": now})
    return False


def _drop_hours(conn: Connection[Any], kind: Engine, before: datetime) -> list[str]:
    if kind == "timescale":
        return _drop_chunks(conn, CONTINUOUS, before)
    gone = conn.execute("DELETE FROM reading_hour WHERE hour < %s", (before,)).rowcount
    return [HOURS] if gone else []


def _drop_chunks(conn: Connection[Any], table: str, before: datetime) -> list[str]:
    rows = conn.execute(
        "SELECT drop_chunks(%s::regclass, older_than => %s::timestamptz)", (table, before)
    ).fetchall()
    return [str(row[0]) for row in rows]


def _kept(conn: Connection[Any], kept_as: str) -> timedelta:
    row = conn.execute(_KEPT, (kept_as,)).fetchone()
    if row is None:
        raise LookupError(f"the table `retention` does not say how long {kept_as} are kept")
    return timedelta(days=row[0])


def _name(series: Series, start: datetime) -> str:
    return f"{series.table}_{start:%Y%m%d}"


def _partitions(conn: Connection[Any], table: str) -> set[str]:
    rows = conn.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", (table,)
    ).fetchall()
    return {str(row[0]) for row in rows}


def _attach(conn: Connection[Any], series: Series, start: datetime) -> None:
    child, parent = sql.Identifier(_name(series, start)), sql.Identifier(series.table)
    conn.execute(
        sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)").format(child, parent)
    )
    conn.execute(
        sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            parent, child, sql.Literal(start), sql.Literal(start + series.chunk)
        )
    )
