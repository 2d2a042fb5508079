"""What makes TimescaleDB's tables of ours: hypertables, compression, the continuous aggregate, policies."""

from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql

from core.queries import load
from core.timeseries.series import SERIES, Engine, Series

Q = load(Path(__file__).with_name("adoption.sql"))


def adopt(conn: Connection[Any], kind: Engine) -> None:
    """Bring a TimescaleDB up to date, in the caller's transaction; nothing to do on plain PostgreSQL.

    Idempotent. Row-level security goes first: TimescaleDB refuses to compress what has it.
    """
    if kind == "plain":
        return
    for series in SERIES:
        _without_row_security(conn, series.table)
        conn.execute(Q["hypertable"], {"table": series.table, "chunk": series.chunk})
        if not conn.execute(Q["is_packed"], {"table": series.table}).fetchone():
            _pack(conn, series)
    if not conn.execute(Q["has_hours"]).fetchone():
        for step in ("hours", "hours_packed", "hours_seen"):
            conn.execute(Q[step])
    conn.execute(Q["forget_hours"])
    conn.execute(Q["forgettable_hours"])
    conn.execute(Q["hours_policy"])
    conn.execute(Q["hours_packed_policy"])


def _pack(conn: Connection[Any], series: Series) -> None:
    # Literals: utility statements take no parameters.
    settings = sql.SQL(
        "ALTER TABLE {} SET (timescaledb.compress, timescaledb.compress_segmentby = {},"
        " timescaledb.compress_orderby = {})"
    )
    conn.execute(
        settings.format(sql.Identifier(series.table), sql.Literal(series.segment), sql.Literal(series.order))
    )
    conn.execute(Q["pack_policy"], {"table": series.table, "after": series.packed_after})


def _without_row_security(conn: Connection[Any], table: str) -> None:
    row = conn.execute(Q["has_row_security"], {"table": table}).fetchone()
    if row is None or not row[0]:
        return
    for (policy,) in conn.execute(Q["policies"], {"table": table}).fetchall():
        drop = sql.SQL("DROP POLICY {} ON {}")
        conn.execute(drop.format(sql.Identifier(cast("str", policy)), sql.Identifier(table)))
    conn.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table)))
