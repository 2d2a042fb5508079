"""The one place where TimescaleDB and plain PostgreSQL differ.

Plain PostgreSQL uses native range partitions, made ahead and dropped whole; TimescaleDB uses hypertables
and its own retention. Everything else in the product speaks SQL that runs on both.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from psycopg import Connection, sql

Engine = Literal["plain", "timescale"]


@dataclass(frozen=True, slots=True)
class Series:
    """A time-series table: how wide a chunk is, how far back late rows are taken, how long rows are kept."""

    table: str
    chunk: timedelta
    reach_back: timedelta
    keep: timedelta


SERIES = (
    Series("reading", timedelta(days=7), timedelta(days=31), timedelta(days=2 * 366)),
    Series("motion", timedelta(days=1), timedelta(days=8), timedelta(days=8)),
)
_AHEAD = 2  # chunks made before they are needed
_EPOCH = datetime(2000, 1, 3, tzinfo=UTC)  # a Monday: weeks begin with it


def engine(conn: Connection[Any]) -> Engine:
    """Which of the two this database is: "timescale" when the extension is there to use."""
    row = conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'").fetchone()
    return "timescale" if row else "plain"


def fill_in(statement: str, kind: Engine) -> str:
    """A migration with `{partition_by_time}` replaced for the engine."""
    return statement.replace("{partition_by_time}", "PARTITION BY RANGE (time)" if kind == "plain" else "")


def adopt(conn: Connection[Any], kind: Engine) -> None:
    """Make hypertables of the series tables (TimescaleDB; nothing to do on plain PostgreSQL)."""
    if kind == "plain":
        return
    for series in SERIES:
        conn.execute(
            "SELECT create_hypertable(%s::regclass, by_range('time', %s), if_not_exists => true)",
            (series.table, series.chunk),
        )


def make_room(conn: Connection[Any], kind: Engine, now: datetime) -> datetime:
    """Make sure rows from `reach_back` ago until some time ahead have a place; returns until when.

    Idempotent and safe to run from several processes at once (an advisory lock orders them). Attaching a
    ready-made table takes a lighter lock than CREATE ... PARTITION OF, so writers go on.
    """
    until = min(_floor(now, s.chunk) + (_AHEAD + 1) * s.chunk for s in SERIES)
    if kind == "timescale":
        return until
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('nowalls.partitions'))")
    for series in SERIES:
        have = _partitions(conn, series.table)
        start = _floor(now - series.reach_back, series.chunk)
        while start < _floor(now, series.chunk) + (_AHEAD + 1) * series.chunk:
            if _name(series, start) not in have:
                _attach(conn, series, start)
            start += series.chunk
    return until


def drop_old(conn: Connection[Any], kind: Engine, now: datetime) -> list[str]:
    """Drop whole chunks that end before their series' `keep`; returns the names of what went."""
    dropped: list[str] = []
    for series in SERIES:
        if kind == "timescale":
            rows = conn.execute(
                "SELECT drop_chunks(%s::regclass, older_than => %s::timestamptz)",
                (series.table, now - series.keep),
            ).fetchall()
            dropped += [str(row[0]) for row in rows]
            continue
        last = _name(series, _floor(now - series.keep, series.chunk))
        for name in sorted(n for n in _partitions(conn, series.table) if n < last):
            conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
            dropped.append(name)
    return dropped


def _floor(moment: datetime, chunk: timedelta) -> datetime:
    return _EPOCH + (moment - _EPOCH) // chunk * chunk


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
