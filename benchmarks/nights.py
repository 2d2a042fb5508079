"""`python -m benchmarks.nights`: what hours and nights cost a town that grows.

Detectors live through a night, second by second, in which homes speak twice an hour, and hand out what is to
be kept of homes' days; that is written down; and the hours of readings are summed up on plain PostgreSQL.
Each size is measured in a process of its own. CPU time throughout, but for the database, whose time passes.
"""

import json
import multiprocessing
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
import psycopg

from analytics.detectors import all_detectors
from analytics.memory import Keeper
from analytics.routine import RoutineDay
from benchmarks.growth import said, town
from core import timeseries
from core.batch import Batch
from core.embedded.postgres import Postgres
from core.instant import HOUR, SECOND, to_datetime
from core.migrate import migrate
from ingest.abilities import Learner
from ingest.behaviour.living import Host
from ingest.decode import Decoded, Decoder
from ingest.store import Store, Write

SIZES = (1_000, 10_000, 100_000)
_SPEAKS_S = 1800  # each home
_EVENING = round(datetime(2026, 9, 21, 13, tzinfo=UTC).timestamp()) * SECOND  # nine o'clock where they live
_HOURS = 5
_DEVICES, _SAID_S = 200, 10  # readings whose hours are summed up: of so many devices, each so often
_FILL = """
INSERT INTO reading (time, value, delay_ms, home_id, device_id, metric, resident_id)
SELECT %(since)s::timestamptz + s * interval '1 second', 60 + s %% 40, 40, d, d, 1, d
FROM generate_series(1, %(devices)s) d, generate_series(0, %(seconds)s, %(every)s) s"""
_HOMES = """
WITH one AS (INSERT INTO station (path, code, level, name) VALUES ('s', 's', 'community', 's') RETURNING id)
INSERT INTO home (id, code, station_id, created_at)
OVERRIDING SYSTEM VALUE SELECT n, 'h' || n, one.id, %(now)s FROM one, generate_series(1, %(homes)s) n"""


def night(homes: int) -> dict[str, Any]:
    """Microseconds of CPU a home that its detectors take as time passes, from nine in the evening to two."""
    directory = town(homes)
    decoder, detectors = Decoder(directory), all_detectors()
    for detector in detectors:
        detector.know(directory)
    order = np.random.default_rng(3).permutation(np.arange(1, homes + 1))
    spent, kept = [], {"routine": 0, "presences": 0, "memories": 0}
    for second in range(_HOURS * 3600):
        now = _EVENING + second * SECOND
        begin, end = (homes * (at % _SPEAKS_S) // _SPEAKS_S for at in (second, second + 1))
        speak = order[begin : end or homes] if end > begin or not end else ()
        if len(speak):
            batch = decoder.decode(said([int(home) for home in speak], now), now).batch
            for detector in detectors:
                detector.fold(batch)
        begun = time.process_time()
        for detector in detectors:
            detector.tick(now)
        for detector in detectors:
            if isinstance(detector, Learner):
                kept["routine"] += len(detector.routine_rows())
            if isinstance(detector, Host):
                kept["presences"] += len(detector.presences())
            if isinstance(detector, Keeper):
                kept["memories"] += len(detector.memories())
        spent.append(time.process_time() - begun)
    minutes = np.convolve(spent, np.ones(60), "valid")
    return {
        "homes": homes,
        "us_a_home_and_hour": round(sum(spent) * 1e6 / homes / _HOURS, 1),
        "longest_second_ms": round(max(spent) * 1000, 1),
        "longest_at": to_datetime(_EVENING + int(np.argmax(spent)) * SECOND).isoformat(),
        "busiest_minute_ms_a_second": round(float(minutes.max()) / 60 * 1000, 2),
        "rows_a_home": {name: round(count / homes, 2) for name, count in kept.items()},
    }


def storing(homes: int = 20_000) -> dict[str, Any]:
    """Microseconds a row until what was learnt of homes is committed, and to sum an hour's readings up."""
    with tempfile.TemporaryDirectory(prefix="nwnights-") as name:
        Path(name).chmod(0o755)
        postgres = Postgres(Path(name))
        postgres.start()
        try:
            now = to_datetime(_EVENING)
            with psycopg.connect(postgres.dsn, autocommit=True, options="-c TimeZone=UTC") as conn:
                migrate(conn, now - timedelta(days=30))
                with conn.transaction():
                    timeseries.make_room(conn, "plain", now)
                conn.execute(_HOMES, {"homes": homes, "now": now})
                return {**_days(conn, homes), **_hours(conn, now)}
        finally:
            postgres.stop()


def _days(conn: psycopg.Connection[Any], homes: int) -> dict[str, Any]:
    """Rows as an evening makes them, in portions of five hundred."""
    directory = town(homes)
    decoder, detectors = Decoder(directory), all_detectors()
    for detector in detectors:
        detector.know(directory)
    store, rows = Store(conn), list[RoutineDay]()
    for hour in range(3):
        now = _EVENING + hour * HOUR
        for begin in range(1, homes + 1, 1000):
            batch = decoder.decode(said(list(range(begin, begin + 1000)), now), now).batch
            for detector in detectors:
                detector.fold(batch)
        for second in range(1, 301):
            for detector in detectors:
                detector.tick(now + second * SECOND)
                if isinstance(detector, Learner):
                    rows += detector.routine_rows()
    begun = time.perf_counter()
    for first in range(0, len(rows), 500):
        store.write(Write(Decoded(Batch(now)), routine=rows[first : first + 500]), now)
    took = time.perf_counter() - begun
    return {"routine_rows": len(rows), "routine_us_a_row": round(took * 1e6 / len(rows), 1)}


def _hours(conn: psycopg.Connection[Any], now: datetime) -> dict[str, Any]:
    """An hour has passed, and is summed up with the six before it, as every hour is."""
    asked = {"since": now - timedelta(hours=8), "devices": _DEVICES, "seconds": 8 * 3600, "every": _SAID_S}
    conn.execute(_FILL, asked)
    conn.execute("ANALYZE reading")
    timeseries.tend(conn, "plain", now)
    conn.execute(_FILL, asked | {"since": now + timedelta(seconds=1), "seconds": 3600})
    begun = time.perf_counter()
    timeseries.tend(conn, "plain", now + timedelta(hours=1, minutes=10))
    took = time.perf_counter() - begun
    return {"hours_us_a_reading_of_the_hour": round(took * 1e6 / (_DEVICES * 3600 / _SAID_S), 2)}


@click.command()
@click.option("--homes", "sizes", multiple=True, type=int, default=SIZES, show_default=True)
@click.option("--json", "target", default=Path("out/nights.json"), type=click.Path(path_type=Path))
def main(sizes: tuple[int, ...], target: Path) -> None:
    """Measure each size, and what is stored."""
    context, found = multiprocessing.get_context("spawn"), []
    for size in sizes:
        with context.Pool(1) as pool:
            found.append(pool.apply(night, (size,)))
        click.echo(json.dumps(found[-1]))
    stored = storing()
    click.echo(json.dumps(stored))
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"nights": found, "storing": stored}, indent=1) + "\n")


if __name__ == "__main__":
    main()
