"""Partitions ahead, rows far back, old chunks gone: on whatever engine the tests run on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from core import timeseries
from core.migrate import MigrationError, migrate, pending

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def conn(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def put(conn: psycopg.Connection[Any], time: datetime) -> None:
    conn.execute(
        "INSERT INTO reading (time, value, home_id, device_id, metric) VALUES (%s, 1, 1, 1, 1)", (time,)
    )


def times(conn: psycopg.Connection[Any]) -> list[datetime]:
    return [row[0] for row in conn.execute("SELECT time FROM reading ORDER BY time")]


def test_there_is_room_for_what_is_late_and_for_the_days_to_come(conn: psycopg.Connection[Any]) -> None:
    kind = timeseries.engine(conn)
    with conn.transaction():
        until = timeseries.make_room(conn, kind, NOW)
    assert until > NOW + timedelta(days=1)
    for moment in (NOW - timedelta(days=30), NOW, until - timedelta(seconds=1)):
        put(conn, moment)
    assert len(times(conn)) == 3


def test_making_room_again_changes_nothing(conn: psycopg.Connection[Any]) -> None:
    kind = timeseries.engine(conn)
    for _ in range(2):
        with conn.transaction():
            timeseries.make_room(conn, kind, NOW)
    put(conn, NOW)
    assert times(conn) == [NOW]


def test_old_chunks_go_whole_and_young_rows_stay(conn: psycopg.Connection[Any]) -> None:
    kind = timeseries.engine(conn)
    old = NOW - timedelta(days=3 * 366)
    for moment in (old, NOW):
        with conn.transaction():
            timeseries.make_room(conn, kind, moment)
        put(conn, moment)
    with conn.transaction():
        dropped = timeseries.drop_old(conn, kind, NOW)
    assert dropped
    assert times(conn) == [NOW]


def test_a_database_newer_than_the_program_is_left_alone(conn: psycopg.Connection[Any]) -> None:
    assert pending(conn) == []
    conn.execute("INSERT INTO migration (name, ran_at) VALUES ('9999_future.sql', %s)", (NOW,))
    with pytest.raises(MigrationError, match="newer than this program"):
        migrate(conn, NOW)


def test_migrating_again_runs_nothing(conn: psycopg.Connection[Any]) -> None:
    assert migrate(conn, NOW) == []
