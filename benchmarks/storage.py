"""`python -m benchmarks.storage`: bytes a reading, and what questions take, on both engines.

The readings are of a simulated community (benchmarks.readings): a week of it, the same week again and again
for a month, and the pulses alone for a year. TimescaleDB is the server that NOWALLS_TEST_TIMESCALE_DSN names,
or the one in WebAssembly that the tests use; the times of that one say nothing beside a native server's, only
beside each other.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql
from rich.console import Console
from rich.table import Table

from benchmarks.readings import of_community
from core import timeseries
from core.embedded.postgres import Postgres
from core.instant import DAY, from_datetime
from core.migrate import migrate
from core.quantity import BY_NAME
from core.timeseries.series import floor

_AT_ONCE = 400  # rows a statement: the WebAssembly server takes no message of more than 64 KiB
_WEEK = timedelta(days=7)
_RUNS = 7
_FILL = """
INSERT INTO reading (time, value, delay_ms, home_id, device_id, resident_id, metric)
SELECT to_timestamp(t / 1e6), v, floor((r - t) / 1e3), h, d, NULLIF(p, 0), m
FROM unnest(%s::bigint[], %s::float8[], %s::bigint[], %s::int[], %s::int[], %s::int[], %s::smallint[])
     AS u(t, v, r, h, d, p, m) ON CONFLICT DO NOTHING"""
_AGAIN = """
INSERT INTO reading (time, value, delay_ms, home_id, device_id, resident_id, metric)
SELECT time + %s, value, delay_ms, home_id, device_id, resident_id, metric FROM reading
WHERE time >= %s AND time < %s AND (metric = 1 OR %s) ON CONFLICT DO NOTHING"""
_TREND = """
SELECT date_bin(%(width)s::interval, time, %(until)s::timestamptz) AS at, min(value),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY value), max(value)
FROM reading WHERE device_id = %(device)s AND metric = 1 AND time >= %(since)s AND time < %(until)s
GROUP BY 1"""
_TREND_OF_HOURS = """
SELECT date_bin(%(width)s::interval, hour, %(until)s::timestamptz) AS at, min(least),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY median), max(greatest)
FROM reading_hour WHERE device_id = %(device)s AND metric = 1 AND hour >= %(since)s AND hour < %(until)s
GROUP BY 1"""
_NOW = """
SELECT d.id, (SELECT r.time FROM reading r WHERE r.device_id = d.id AND r.metric = 64 AND r.time > %(since)s
              AND r.time < %(until)s ORDER BY r.time DESC LIMIT 1)
FROM generate_series(1, %(devices)s) AS d(id)"""
_CITY = """
SELECT date_bin('1 day', hour, %(until)s::timestamptz), home_id, sum(number) FROM reading_hour
WHERE metric = 32 AND hour >= %(since)s AND hour < %(until)s GROUP BY 1, 2"""
_PARTITIONS = """
SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'reading'::regclass"""
_PACK = "SELECT compress_chunk(c, if_not_compressed => true) FROM show_chunks({}) c"
# Chunks that lie wholly within the month in which everything was said.
_PACKED = """
SELECT sum(s.after_compression_total_bytes) / (
    SELECT count(*) FROM reading WHERE time >= min(c.range_start) AND time < max(c.range_end))
FROM chunk_compression_stats('reading') s
JOIN timescaledb_information.chunks c USING (chunk_schema, chunk_name)
WHERE c.range_start >= %(since)s AND c.range_end <= %(until)s"""
_QUESTIONS = {
    "a resident's day": (_TREND, timedelta(days=1), timedelta(minutes=15)),
    "a resident's week": (_TREND, _WEEK, timedelta(hours=2)),
    "a resident's week, of hours": (_TREND_OF_HOURS, _WEEK, timedelta(hours=2)),
    "a resident's year": (_TREND, timedelta(days=364), timedelta(days=7)),
    "a resident's year, of hours": (_TREND_OF_HOURS, timedelta(days=364), timedelta(days=7)),
    "a station's now": (_NOW, timedelta(minutes=15), _WEEK),
    "a city's month": (_CITY, timedelta(days=28), _WEEK),
}


def fill(conn: psycopg.Connection[Any], rows: NDArray[np.void]) -> None:
    """Put `rows` (READING) into the table."""
    names = ("time", "value", "received", "home", "device", "resident", "metric")
    for begin in range(0, len(rows), _AT_ONCE):
        part = rows[begin : begin + _AT_ONCE]
        conn.execute(_FILL, [part[name].tolist() for name in names])


def _spread(conn: psycopg.Connection[Any], last: datetime) -> None:
    """The week that begins at `last` is there: three more before it, and a year of pulses."""
    for week in range(1, 52):
        conn.execute(_AGAIN, (-week * _WEEK, last, last + _WEEK, week <= 3))


def _measure(conn: psycopg.Connection[Any], rows: NDArray[np.void], until: datetime) -> dict[str, float]:
    """Milliseconds of each question, the median of some runs."""
    watch = int(rows["device"][rows["metric"] == BY_NAME["heart_rate"].id][0])
    found = {}
    for name, (question, span, width) in _QUESTIONS.items():
        asked = {"device": watch, "width": width, "until": until, "since": until - span}
        took = []
        for _ in range(_RUNS):
            begun = time.perf_counter()
            conn.execute(question, asked | {"devices": int(rows["device"].max())}).fetchall()
            took.append((time.perf_counter() - begun) * 1000)
        found[name] = round(statistics.median(took), 2)
    return found


def _one(conn: psycopg.Connection[Any], question: str, **asked: Any) -> float:
    row = conn.execute(question.encode(), asked or None).fetchone()
    return float(row[0]) if row and row[0] is not None else 0.0


def _plain(rows: NDArray[np.void], until: datetime) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="nwstorage-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder)
        postgres.start()
        try:
            with psycopg.connect(postgres.dsn, options="-c TimeZone=UTC") as conn:
                migrate(conn, until - timedelta(days=380))
                for week in range(-2, 54):
                    with conn.transaction():
                        timeseries.make_room(conn, "plain", until - week * _WEEK)
                empty = _one(conn, _PARTITIONS)
                fill(conn, rows)
                raw = (_one(conn, _PARTITIONS) - empty) / len(rows)
                _spread(conn, until - _WEEK)
                for _ in range(12):
                    timeseries.tend(conn, "plain", until + timedelta(hours=1))
                conn.execute("VACUUM ANALYZE")
                return {"bytes_raw": round(raw, 2), "ms": _measure(conn, rows, until)}
        finally:
            postgres.stop()


def _timescale(dsn: str, rows: NDArray[np.void], until: datetime) -> dict[str, Any]:
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as conn:
        conn.execute("SET TimeZone = 'UTC'")
        fill(conn, rows)
        raw = _one(conn, "SELECT hypertable_size('reading')") / len(rows)
        _spread(conn, until - _WEEK)
        conn.execute("CALL refresh_continuous_aggregate('reading_by_hour', NULL, NULL)")
        before = _measure(conn, rows, until)
        for table in ("reading", "reading_by_hour"):
            conn.execute(sql.SQL(_PACK).format(sql.Literal(table)))
        hours = _one(conn, "SELECT sum(after_compression_total_bytes) FROM"
                           " hypertable_compression_stats('reading_by_hour')")  # fmt: skip
        kept = _one(conn, "SELECT count(*) FROM reading_hour")
        return {
            "server": conn.execute("SELECT version()").fetchone(),
            "timescaledb": conn.execute(
                "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'"
            ).fetchone(),
            "bytes_raw": round(raw, 2),
            "bytes_compressed": round(_one(conn, _PACKED, since=until - 4 * _WEEK, until=until), 2),
            "bytes_an_hour_compressed": round(hours / kept, 2),
            "ms_raw": before,
            "ms_compressed": _measure(conn, rows, until),
        }


@contextmanager
def _given(dsn: str) -> Iterator[str]:
    yield dsn


@click.command()
@click.option("--residents", default=4, show_default=True)
@click.option("--timescale", default="", help="Connection string of an empty, migrated TimescaleDB.")
@click.option("--json", "target", default=Path("out/storage.json"), type=click.Path(path_type=Path))
def main(residents: int, timescale: str, target: Path) -> None:
    """Measure both engines and write down what was found."""
    found = measure(residents, timescale)
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n")
    show(Console(), found)


def measure(residents: int, timescale: str = "") -> dict[str, Any]:
    """Both engines; "timescale" is None where this machine has neither a server nor what runs one."""
    import pytest  # noqa: PLC0415 - as the next

    from tests.support.timescale import timescale as started  # noqa: PLC0415 - a tool of the tests

    until = floor(datetime.now(UTC) - timedelta(days=1), _WEEK)
    rows = of_community(residents, from_datetime(until) - 7 * DAY, from_datetime(until))
    found: dict[str, Any] = {"residents": residents, "readings_a_week": len(rows), "cores": os.cpu_count()}
    found["plain"] = _plain(rows, until)
    try:
        with _given(timescale) if timescale else started() as dsn:
            found["timescale"] = _timescale(dsn, rows, until)
    except pytest.skip.Exception as absent:
        found |= {"timescale": None, "absent": str(absent)}
    return found


def show(console: Console, found: dict[str, Any]) -> None:
    """As a table; what is not there is said."""
    table = Table("", "plain PostgreSQL", "TimescaleDB", "compressed", title="storage and questions")
    plain, scale = found["plain"], found["timescale"]
    if scale is None:
        console.print(f"[bold red]{found['absent']}: its half is not measured")
        nothing = dict.fromkeys(_QUESTIONS, "-")
        scale = {"bytes_raw": "-", "bytes_compressed": "-", "ms_raw": nothing, "ms_compressed": nothing}
    elif "wasm" in str(scale["server"]).lower() or "emscripten" in str(scale["server"]).lower():
        console.print("[bold red]TimescaleDB ran in WebAssembly: compare its times with each other only")
    table.add_row(
        "bytes a reading",
        *(str(n) for n in (plain["bytes_raw"], scale["bytes_raw"], scale["bytes_compressed"])),
    )
    for name in _QUESTIONS:
        took = (plain["ms"][name], scale["ms_raw"][name], scale["ms_compressed"][name])
        table.add_row(f"{name}, ms", *(str(n) for n in took))
    console.print(table)


if __name__ == "__main__":
    main()
