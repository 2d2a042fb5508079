"""A small batch is one statement, with or without a transaction around it, and means the same as ever."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from core.clock import ManualClock
from core.instant import from_datetime
from ingest.message import Message
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
ALL_AT_ONCE = [
    said("h1/w1/vital", from_datetime(START), 1, heart_rate=71.5, spo2=97),
    said("h1/w1/motion", from_datetime(START), 1, hz=50, acc=[[0, 0, 1000]] * 50),
    said("h2/p2/event", from_datetime(START), 1, kind="presence", state=1),
    said("h2/d2/status", from_datetime(START), 1, online=True, battery=0.83, firmware="1.2.0"),
]


class Counting(psycopg.Connection[Any]):
    """Counts the transactions that are opened by name."""

    opened = 0

    def transaction(self, *args: Any, **more: Any) -> Any:
        self.opened += 1
        return super().transaction(*args, **more)


@pytest.fixture
def sql(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    settle(dsn, START)
    with psycopg.connect(dsn, autocommit=True) as conn:
        yield conn


def handle(dsn: str, messages: list[Message], *, autocommit: bool) -> int:
    """Have a worker store `messages`; how many transactions it opened for them."""
    conn = Counting.connect(dsn, autocommit=autocommit)
    writer = Writer(lambda: conn)
    worker = Worker(Feed(), writer, [], ManualClock(from_datetime(START)))
    before = conn.opened
    assert worker.handle(messages)
    writer.close()
    return conn.opened - before


def rows(sql: psycopg.Connection[Any]) -> list[list[tuple[Any, ...]]]:
    asked = (
        "SELECT device_id, metric, time, value, delay_ms, resident_id FROM reading ORDER BY 1, 2",
        "SELECT device_id, time, hz, length(acc), gyr FROM motion",
        "SELECT device_id, last_seen, online, battery, firmware FROM device_state ORDER BY 1",
        "SELECT home_id, last_activity_at, last_room FROM home_state ORDER BY 1",
    )
    return [sql.execute(question).fetchall() for question in asked]


def test_readings_motion_and_live_state_are_stored_without_a_transaction_around_them(
    dsn: str, sql: psycopg.Connection[Any]
) -> None:
    assert handle(dsn, ALL_AT_ONCE, autocommit=True) == 0
    alone = rows(sql)
    assert [len(table) for table in alone] == [5, 1, 3, 1]
    sql.execute("TRUNCATE reading, motion, device_state, home_state")
    assert handle(dsn, ALL_AT_ONCE, autocommit=False) == 1
    assert rows(sql) == alone


@pytest.mark.parametrize("index", range(len(ALL_AT_ONCE)))
def test_each_kind_of_row_can_come_alone(dsn: str, sql: psycopg.Connection[Any], index: int) -> None:
    handle(dsn, ALL_AT_ONCE[index : index + 1], autocommit=True)
    handle(dsn, ALL_AT_ONCE[index : index + 1], autocommit=True)
    assert sum(len(table) for table in rows(sql)) in (2, 3, 4)
    assert len(rows(sql)[2]) == 1


def test_all_of_the_statement_is_stored_or_nothing(dsn: str, sql: psycopg.Connection[Any]) -> None:
    """A row that the database refuses takes back the statement; then each message is tried by itself."""
    sql.execute("ALTER TABLE motion ADD CONSTRAINT refused CHECK (hz < 40)")
    handle(dsn, ALL_AT_ONCE, autocommit=True)
    readings, motion, *_ = rows(sql)
    assert (len(readings), len(motion)) == (5, 0)
    assert sql.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)
