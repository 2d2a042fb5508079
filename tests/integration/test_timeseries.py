"""What is asked of time series, on plain PostgreSQL and on TimescaleDB: both give the same answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from benchmarks.readings import of_community
from benchmarks.storage import fill
from core import timeseries
from core.instant import DAY, MINUTE, SECOND, from_datetime
from core.migrate import MigrationError, migrate, pending
from core.quantity import BY_NAME
from ingest.store import Store
from tests.support.timescale import timescale

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("timescale")]

# TimescaleDB's jobs ask the wall's clock, so the days of these tests lie a little before it.
NOW = datetime.now(UTC).replace(minute=20, second=0, microsecond=0)
OLD = (NOW - timedelta(days=29)).replace(minute=0)  # late enough to be taken, old enough to be compressed
TABLES = "reading, motion, storage_job, station, home, resident, residence, incident"


@pytest.fixture(scope="module")
def on_timescale() -> Iterator[str]:
    with timescale() as dsn:
        yield dsn


@pytest.fixture(scope="module", params=["plain", "timescale"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("shared_dsn" if request.param == "plain" else "on_timescale"))


@pytest.fixture
def conn(engine: str) -> Iterator[psycopg.Connection[Any]]:
    # In WebAssembly one backend serves all connections in turn: nothing stays prepared.
    with psycopg.connect(engine, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kind = timeseries.engine(connection)
        with connection.transaction():
            timeseries.make_room(connection, kind, NOW)
        yield connection
        connection.execute("RESET ROLE")
        connection.execute("SET search_path = public")
        connection.execute(f"TRUNCATE {TABLES} CASCADE")
        if kind == "plain":
            connection.execute("TRUNCATE reading_hour")
        else:
            connection.execute("CALL refresh_continuous_aggregate('reading_by_hour', NULL, NULL)")


def put(conn: psycopg.Connection[Any], time: datetime, value: float = 1, **others: Any) -> int:
    """A reading; how many rows it made."""
    row = {"delay_ms": 40, "home_id": 1, "device_id": 1, "metric": 1, "resident_id": None} | others
    return conn.execute(
        "INSERT INTO reading (time, value, delay_ms, home_id, device_id, metric, resident_id) VALUES"
        " (%(time)s, %(value)s, %(delay_ms)s, %(home_id)s, %(device_id)s, %(metric)s, %(resident_id)s)"
        " ON CONFLICT DO NOTHING",
        row | {"time": time, "value": value},
    ).rowcount


def tend(conn: psycopg.Connection[Any]) -> dict[str, timeseries.Health]:
    """Storage's jobs have run."""
    kind = timeseries.engine(conn)
    return {job.name: job for job in timeseries.tend(conn, kind, datetime.now(UTC))}


def times(conn: psycopg.Connection[Any]) -> list[datetime]:
    return [row[0] for row in conn.execute("SELECT time FROM reading ORDER BY time")]


def hours(conn: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return conn.execute(
        "SELECT hour, device_id, number, least, median, greatest, total FROM reading_hour ORDER BY 1, 2"
    ).fetchall()


def test_there_is_room_for_what_is_late_and_for_the_days_to_come(conn: psycopg.Connection[Any]) -> None:
    with conn.transaction():
        until = timeseries.make_room(conn, timeseries.engine(conn), NOW)
    assert until > NOW + timedelta(days=1)
    for moment in (NOW - timedelta(days=30), NOW, until - timedelta(seconds=1)):
        put(conn, moment)
    assert len(times(conn)) == 3


def test_making_room_again_changes_nothing(conn: psycopg.Connection[Any]) -> None:
    with conn.transaction():
        timeseries.make_room(conn, timeseries.engine(conn), NOW)
    put(conn, NOW)
    assert times(conn) == [NOW]


def test_old_chunks_go_whole_and_young_rows_stay(conn: psycopg.Connection[Any]) -> None:
    kind = timeseries.engine(conn)
    for moment in (NOW - timedelta(days=3 * 366), NOW):
        with conn.transaction():
            timeseries.make_room(conn, kind, moment)
        put(conn, moment)
    with conn.transaction():
        dropped = timeseries.drop_old(conn, kind, NOW)
    assert dropped
    assert times(conn) == [NOW]


def test_for_how_long_is_said_in_the_table_of_retention(conn: psycopg.Connection[Any]) -> None:
    put(conn, OLD)
    conn.execute("UPDATE retention SET days = 31 WHERE class = 'readings'")
    try:
        with conn.transaction():
            timeseries.drop_old(conn, timeseries.engine(conn), NOW + timedelta(days=12))
            timeseries.drop_old(conn, timeseries.engine(conn), NOW + timedelta(days=20))
    finally:
        conn.execute("UPDATE retention SET days = 732 WHERE class = 'readings'")
    assert times(conn) == []


def test_a_clock_that_leaps_for_a_moment_costs_nothing(conn: psycopg.Connection[Any]) -> None:
    kind = timeseries.engine(conn)
    put(conn, NOW)

    def dropped_at(moment: datetime) -> bool:
        with conn.transaction():
            return bool(timeseries.drop_old(conn, kind, moment))

    dropped_at(NOW)
    wrong = NOW + timedelta(days=5 * 366)
    for _ in range(3):  # ingest is started again and again meanwhile
        assert not dropped_at(wrong)
    assert times(conn) == [NOW]
    dropped_at(NOW + timedelta(hours=1))
    assert times(conn) == [NOW], "it is right again, and nothing has happened"
    assert not dropped_at(wrong)
    dropped_at(wrong + timedelta(days=2))
    assert times(conn) == [], "a clock that goes on from there is right: the machine stood still for years"


def test_when_a_reading_came_is_known_to_the_millisecond(conn: psycopg.Connection[Any]) -> None:
    put(conn, NOW, delay_ms=-250)
    asked = "SELECT r.received FROM reading r WHERE r.received < %s"
    assert conn.execute(asked, (NOW,)).fetchall() == [(NOW - timedelta(milliseconds=250),)]


def test_what_comes_again_after_a_month_is_the_same_row(conn: psycopg.Connection[Any]) -> None:
    """On TimescaleDB it lies compressed by then."""
    assert put(conn, OLD, 70) == 1
    tend(conn)
    assert put(conn, OLD, 70) == 0
    assert put(conn, OLD + timedelta(seconds=1), 71) == 1
    assert len(times(conn)) == 2


def test_hours_are_counted_and_what_comes_late_is_counted_too(conn: psycopg.Connection[Any]) -> None:
    for minute, value in enumerate((60, 90, 70, 64)):
        put(conn, OLD + timedelta(minutes=minute), value)
    put(conn, OLD + timedelta(hours=1), 80)
    tend(conn)
    first = (OLD, 1, 4, 60, 67, 90, 284)
    assert hours(conn) == [first, (OLD + timedelta(hours=1), 1, 1, 80, 80, 80, 80)]
    at = OLD + timedelta(hours=1, minutes=5)
    put(
        conn,
        at,
        82,
        delay_ms=round((datetime.now(UTC) - at - timedelta(hours=1)) / timedelta(milliseconds=1)),
    )
    conn.execute(  # it is time again
        "UPDATE storage_job SET done_at = done_at - interval '3 days',"
        " rolled_until = rolled_until - interval '2 hours'"
    )
    tend(conn)
    assert hours(conn) == [first, (OLD + timedelta(hours=1), 1, 2, 80, 81, 82, 162)]


def test_who_is_forgotten_is_forgotten_in_the_hours_and_in_what_is_compressed(
    conn: psycopg.Connection[Any],
) -> None:
    for resident in (1, 2):
        put(conn, OLD, 60 + resident, resident_id=resident, device_id=resident)
    tend(conn)
    for table in ("reading", "reading_hour"):
        conn.execute(f"DELETE FROM {table} t WHERE t.resident_id = 1")
    assert [row[1] for row in hours(conn)] == [2]
    assert conn.execute("SELECT resident_id FROM reading").fetchall() == [(2,)]


def test_positions_go_after_their_days_though_other_readings_stay(conn: psycopg.Connection[Any]) -> None:
    for metric in (1, 80, 81):
        put(conn, OLD - timedelta(days=2), metric=metric)
    tend(conn)
    gone = conn.execute("SELECT retire('positions', %s, 100)", (NOW,)).fetchone()
    assert gone == (2,)
    assert conn.execute("SELECT retire('readings', %s, 100)", (NOW,)).fetchone() == (0,)
    assert conn.execute("SELECT metric FROM reading").fetchall() == [(1,)]


def test_to_find_no_old_position_no_reading_is_looked_at(shared_dsn: str) -> None:
    """Of weeks too that were there before their index was, and of one whose index was broken off."""
    with psycopg.connect(shared_dsn, autocommit=True) as conn:
        with conn.transaction():
            timeseries.make_room(conn, "plain", NOW)
        weeks = conn.execute("SELECT relname FROM pg_class WHERE relname ~ '^reading_[0-9]+$' ORDER BY 1")
        first, second, *_ = [row[0] for row in weeks]
        conn.execute("DROP INDEX reading_position")
        conn.execute("CREATE INDEX reading_position ON ONLY reading (time) WHERE metric IN (80, 81)")
        conn.execute(f"CREATE INDEX {second}_position ON {first} (time)")  # of its name, and not attached
        assert tend(conn)["index"].done_at is not None
        indexed = """
            SELECT count(*) FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid
            WHERE inhparent = 'reading_position'::regclass AND indisvalid"""
        parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'reading'::regclass"
        assert conn.execute(indexed).fetchone() == conn.execute(parts).fetchone()
        for minute in range(2000):
            put(conn, OLD - timedelta(days=2, minutes=minute))
        conn.execute("ANALYZE reading")
        plan = conn.execute(
            "EXPLAIN SELECT FROM reading t WHERE t.metric IN (80, 81) AND t.time > %s AND t.time < %s",
            (OLD - timedelta(days=4), OLD - timedelta(days=2)),
        ).fetchall()
        assert "_position" in str(plan)
        assert "Seq Scan" not in str(plan)
        conn.execute("TRUNCATE reading, storage_job")


def test_a_bound_caller_sees_the_rows_of_their_station_and_no_others(conn: psycopg.Connection[Any]) -> None:
    for key, name in ((1, "east"), (2, "west")):
        conn.execute(
            "INSERT INTO station (id, path, code, level, name) OVERRIDING SYSTEM VALUE"
            " VALUES (%s, %s, %s, 'community', %s)",
            (key, name, name, name),
        )
        conn.execute(
            "INSERT INTO home (id, code, station_id, address, created_at) OVERRIDING SYSTEM VALUE"
            " VALUES (%s, %s, %s, 'a lane', %s)",
            (key, name, key, OLD),
        )
        put(conn, OLD, home_id=key, device_id=key)
        conn.execute(
            "INSERT INTO motion (time, received, home_id, device_id, hz, acc)"
            " VALUES (%s, %s, %s, %s, 50, '')",
            (NOW, NOW, key, key),
        )
    tend(conn)
    # As api.lease does for somebody of the eastern station.
    conn.execute("SELECT set_config('nowalls.stations', '{1}', false)")
    conn.execute("SET search_path = scoped, public")
    conn.execute("SET ROLE nowalls_person")
    for table in ("reading", "motion", "reading_hour"):
        assert conn.execute(f"SELECT t.home_id FROM {table} t").fetchall() == [(1,)], table
        with pytest.raises(psycopg.Error):
            conn.execute(f"DELETE FROM {table}")
    assert conn.execute("SELECT t.received FROM reading t").fetchall() == [
        (OLD + timedelta(milliseconds=40),)
    ]
    conn.execute("RESET ROLE")
    conn.execute("SET ROLE nowalls_acting")  # who decides for a caller looks further
    conn.execute("SET search_path = public")
    assert len(conn.execute("SELECT 1 FROM reading").fetchall()) == 2


def test_nothing_is_read_past_the_view_of_a_bound_caller(on_timescale: str) -> None:
    """There is no row-level security there: the tables and their chunks are closed instead."""
    with psycopg.connect(on_timescale, autocommit=True, prepare_threshold=None) as conn:
        put(conn, NOW)
        chunks = "SELECT show_chunks('reading')::text UNION SELECT show_chunks('reading_by_hour')::text"
        inside = [row[0] for row in conn.execute(chunks)]
        assert inside
        for role in ("nowalls_person", "nowalls_door", "nowalls_sealer"):
            conn.execute(f"SET ROLE {role}")
            for table in (
                "public.reading",
                "public.motion",
                "public.reading_hour",
                "reading_by_hour",
                *inside,
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(f"SELECT 1 FROM {table}")
            conn.execute("RESET ROLE")
        conn.execute("TRUNCATE reading")


def test_a_job_that_fails_says_so_and_is_done_when_it_can(shared_dsn: str) -> None:
    with psycopg.connect(shared_dsn, autocommit=True) as conn:
        put(conn, OLD)
        conn.execute("ALTER TABLE reading_hour RENAME TO away")
        broken = tend(conn)["roll_up"]
        conn.execute("ALTER TABLE away RENAME TO reading_hour")
        assert (broken.done_at, broken.error) == (None, "UndefinedTable")
        assert tend(conn)["roll_up"].done_at is not None
        conn.execute("TRUNCATE reading, reading_hour, storage_job")


def test_a_reading_costs_at_most_twelve_bytes_once_it_is_compressed(on_timescale: str) -> None:
    """Three days of a watch as the simulators make it; benchmarks.storage has the whole of a community."""
    # One chunk: TimescaleDB counts weeks from 1970 on.
    since = from_datetime(NOW - timedelta(days=21)) // (7 * DAY) * 7 * DAY
    rows = of_community(1, since, since + 3 * DAY)
    watch = rows[rows["device"] == rows["device"][rows["metric"] == BY_NAME["heart_rate"].id][0]]
    with psycopg.connect(on_timescale, autocommit=True, prepare_threshold=None) as conn:
        fill(conn, watch)
        tend(conn)
        (size,) = conn.execute(
            "SELECT sum(after_compression_total_bytes) FROM hypertable_compression_stats('reading')"
        ).fetchone() or (0,)
        assert len(watch) > 15_000
        assert 0 < size / len(watch) <= 12
        conn.execute("TRUNCATE reading")


def test_a_database_newer_than_the_program_is_left_alone(conn: psycopg.Connection[Any]) -> None:
    assert pending(conn) == []
    conn.execute("INSERT INTO migration (name, ran_at) VALUES ('9999_future.sql', %s)", (NOW,))
    with pytest.raises(MigrationError, match="newer than this program"):
        migrate(conn, NOW)
    conn.execute("DELETE FROM migration WHERE name = '9999_future.sql'")


def test_migrating_again_runs_nothing(conn: psycopg.Connection[Any]) -> None:
    assert migrate(conn, NOW) == []


def test_what_a_device_handed_over_of_late_is_read_again_however_old(conn: psycopg.Connection[Any]) -> None:
    """After a restart of ingest: by device, and nothing else of that time."""
    now, night, hour = from_datetime(NOW), NOW - timedelta(days=3), 3_600_000
    since = now - 70 * MINUTE
    put(conn, NOW - timedelta(minutes=5), 1)
    put(conn, night, 2, delay_ms=72 * hour)
    put(conn, night - timedelta(minutes=1), 3, delay_ms=72 * hour)  # before what was noted
    put(conn, night + timedelta(minutes=1), 4, delay_ms=9)  # had come long before
    put(conn, night + timedelta(minutes=2), 5, delay_ms=72 * hour, device_id=2)  # another device
    for device, late in ((1, "5 seconds"), (1, "9 days"), (2, "5 seconds")):
        conn.execute(
            "INSERT INTO motion (time, received, home_id, device_id, hz, acc)"
            " VALUES (%s, %s::timestamptz - %s::interval, 1, %s, 50, %s)",
            [night + timedelta(seconds=len(late)), NOW, late, device, bytes(300)],
        )
    store, handed = Store(conn), {1: from_datetime(night)}
    again = [
        row["value"] for batch in store.recent(since, now + MINUTE, None, handed) for row in batch.readings
    ]
    assert again == [1, 2]
    windows = store.recent_motion(since, now + MINUTE, None, handed)
    assert [(window.device, window.start) for window in windows] == [(1, from_datetime(night) + 9 * SECOND)]
    assert not list(store.recent(since, now + MINUTE, [2], handed))
