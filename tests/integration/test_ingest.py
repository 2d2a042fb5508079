"""A batch on its way into a real database: once, whole, and whatever happens."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from analytics.immediate import ImmediateDetector
from analytics.inactivity import InactivityDetector
from core.batch import Batch
from core.clock import ManualClock
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import DAY, HOUR, from_datetime
from ingest.activity import MANY
from ingest.message import Message
from ingest.store import STAGE_FROM
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_datetime(START))


@pytest.fixture
def sql(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    settle(dsn, START)
    with psycopg.connect(dsn, autocommit=True) as conn:
        yield conn


_writers: list[Writer] = []


def worker(dsn: str, clock: ManualClock, *detectors: Any) -> Worker:
    writer = Writer(lambda: psycopg.connect(dsn))
    _writers.append(writer)
    return Worker(Feed(), writer, detectors, clock)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while _writers:
        _writers.pop().close()


def count(sql: psycopg.Connection[Any], table: str) -> int:
    row = sql.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row
    return int(row[0])


def heartbeats(clock: ManualClock, number: int) -> list[Message]:
    return [
        said("h1/w1/vital", clock.now() - number * 1000 + i * 1000, i, heart_rate=70) for i in range(number)
    ]


@pytest.mark.parametrize("number", [10, STAGE_FROM + 500])
def test_the_same_batch_twice_is_stored_once(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock, number: int
) -> None:
    messages = heartbeats(clock, number)
    first = worker(dsn, clock)
    assert first.handle(messages)
    assert first.handle(messages)
    assert worker(dsn, clock).handle(messages)  # after a restart, too
    assert count(sql, "reading") == number


def test_small_and_large_batches_give_the_same_natural_key(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    """The two ways into the table must agree to the microsecond, or redelivery would double rows."""
    messages = heartbeats(clock, STAGE_FROM + 500)
    one = worker(dsn, clock)
    one.handle(messages)
    for start in range(0, len(messages), 100):
        one.handle(messages[start : start + 100])
    assert count(sql, "reading") == len(messages)


def test_what_waits_at_the_broker_shows_as_lag_and_one_late_device_does_not(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    one.handle(heartbeats(clock, MANY))
    assert one.figures.lag_ms < 1000
    kept = heartbeats(clock, MANY)
    clock.advance(seconds=40)
    one.handle([replace(message, received=clock.now()) for message in kept])
    assert one.figures.lag_ms >= 40_000
    late = said("h2/w2/vital", clock.now() - HOUR, heart_rate=70)
    one.handle([replace(late, received=clock.now())])
    assert one.figures.lag_ms < 1000


def test_a_finding_is_there_exactly_when_its_readings_are(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    press = said("h1/b1/event", clock.now(), kind="button", state=1)
    worker(dsn, clock, ImmediateDetector()).handle([press])
    assert worker(dsn, clock, ImmediateDetector()).handle([press])
    found = sql.execute("SELECT kind, resident_id, home_id FROM finding").fetchall()
    assert found == [("sos", 1, 1)]


def test_what_cannot_be_read_is_kept_and_counted(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    garbage = Message("nw/v1/h1/w1/vital", b"\x00\xff garbage", clock.now())
    one = worker(dsn, clock)
    one.handle([garbage, *heartbeats(clock, 3), garbage])
    one.handle([garbage])
    rows = sql.execute("SELECT reason, times, payload, home_code, device_code FROM quarantine").fetchall()
    assert rows == [("malformed", 3, garbage.payload, "h1", "w1")]
    assert count(sql, "reading") == 3


def test_a_device_that_was_just_installed_is_known(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    sql.execute("INSERT INTO device (code, kind, created_at) VALUES ('new', 'pir', %s)", (START,))
    sql.execute(
        "INSERT INTO installation (device_id, home_id, during)"
        " SELECT id, 1, tstzrange(%s, NULL) FROM device WHERE code = 'new'",
        (START,),
    )
    one.handle([said("h1/new/event", clock.now(), kind="presence", state=1)])
    assert (count(sql, "reading"), count(sql, "quarantine")) == (1, 0)


def test_the_directory_is_read_when_it_changes_and_not_otherwise(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    before = one._decoder.directory

    def passes() -> Directory:
        one._reported = one._not_before = 0.0  # a word with the database, on which bells are heard
        one._pass_time()
        one._pass_time()
        return one._decoder.directory

    assert passes() is before
    changes = (
        "INSERT INTO geofence (resident_id, name, lats, lons) VALUES (1, 'park', '{1,2,3}', '{1,2,1}')",
        "INSERT INTO vital_setting (resident_id, spo2_scale, oxygen) VALUES (1, 2, false)",
        "UPDATE device SET report_every_s = 30 WHERE code = 'w1'",
        "UPDATE station SET time_zone = 'Asia/Urumqi'",
    )
    for change in changes:
        sql.execute(change)  # by whatever way it comes
        after = passes()
        assert after != before, change
        before = after
    assert passes() is before


def test_what_was_entered_beforehand_takes_effect_in_its_time(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    sql.execute("INSERT INTO device (code, kind, created_at) VALUES ('new', 'pir', %s)", (START,))
    sql.execute(
        "INSERT INTO installation (device_id, home_id, during)"
        " SELECT id, 1, tstzrange(%s, %s) FROM device WHERE code = 'new'",
        (START + timedelta(hours=1), START + timedelta(hours=2)),
    )
    known = []
    for _ in range(5):
        one._reported = one._not_before = 0.0
        one._pass_time()
        one._pass_time()
        known.append("new" in one._decoder.directory.by_code)
        clock.instant += HOUR // 2
    assert known == [False, False, True, True, False]


def test_live_state_follows_and_a_last_will_is_no_sign_of_life(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    one.handle([said("h1/w1/status", clock.now(), online=True, battery=0.5, rssi=-60, firmware="1.2.0")])
    seen = clock.now()
    clock.advance(minutes=5)
    one.handle([Message("nw/v1/h1/w1/status", b'{"online":false}', clock.now())])
    one.handle([said("h1/p1/event", clock.now(), kind="presence", state=1)])
    state = sql.execute(
        "SELECT last_seen, online, battery, firmware FROM device_state JOIN device ON id = device_id"
        " WHERE code = 'w1'"
    ).fetchone()
    assert state == (datetime.fromtimestamp(seen / 1e6, UTC), False, 0.5, "1.2.0")
    assert sql.execute("SELECT home_id, last_room FROM home_state").fetchall() == [(1, "kitchen")]


def test_a_wrong_clock_is_remembered_over_a_restart(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    for i in range(5):
        clock.advance(seconds=2)
        behind = said("h1/w1/vital", clock.now() - 400 * DAY, i, heart_rate=70)
        one.handle([Message(behind.topic, behind.payload, clock.now())])
    stored = count(sql, "reading")
    assert 0 < stored < 5  # the first ones were quarantined, then the clock was understood
    clock.advance(hours=1)
    behind = said("h1/w1/vital", clock.now() - 400 * DAY, 9, heart_rate=71)
    worker(dsn, clock).handle([Message(behind.topic, behind.payload, clock.now())])
    newest = sql.execute("SELECT time FROM reading WHERE value = 71").fetchone()
    assert newest is not None
    assert abs(newest[0].timestamp() - clock.now() / 1e6) < 2


def test_the_database_going_away_loses_nothing(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert one.handle(heartbeats(clock, 7))
    assert count(sql, "reading") == 7


def test_a_row_the_database_refuses_does_not_hold_back_the_rest(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    sql.execute("ALTER TABLE reading ADD CONSTRAINT odd CHECK (value <> 13)")
    good = heartbeats(clock, 5)
    poison = said("h1/w1/vital", clock.now(), 99, heart_rate=13)
    assert one.handle([*good[:2], poison, *good[2:]])
    assert count(sql, "reading") == 5
    assert sql.execute("SELECT reason FROM quarantine").fetchall() == [("unreadable",)]


class Broken:
    """A detector with a fault of its own."""

    name = "broken"

    def know(self, directory: Directory) -> None: ...

    def resume(self, findings: Any) -> None: ...

    def fold(self, batch: Batch) -> list[Finding]:
        raise ZeroDivisionError

    def tick(self, now: int) -> list[Finding]:
        raise ZeroDivisionError


def test_a_faulty_detector_stops_neither_storage_nor_the_others(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock, Broken(), ImmediateDetector())
    one.handle([said("h1/b1/event", clock.now(), kind="button", state=1)])
    one.tick(clock.now())
    assert (count(sql, "reading"), count(sql, "finding")) == (1, 1)


class Says:
    """A detector that says what it is told to, once."""

    name = "says"

    def __init__(self, *findings: Finding) -> None:
        self._findings = list(findings)

    def know(self, directory: Directory) -> None: ...

    def resume(self, findings: Any) -> None: ...

    def fold(self, batch: Batch) -> list[Finding]:
        said, self._findings = self._findings, []
        return said

    def tick(self, now: int) -> list[Finding]:
        return []


def test_a_finding_the_database_refuses_does_not_take_others_with_it(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    now = clock.now()
    good = Finding("sos", 1, now, now, Reason("sos.pressed"), resident=1)
    odd = Finding("fall", 1, now, now, Reason("fall.possible", {"peak_g": np.float32(3.5)}), resident=1,
                  evidence={"score": float("nan"), "clip": np.array([1, 2])})  # fmt: skip
    impossible = Finding("vitals", 1, now, now, Reason("a\x00b"), resident=1)
    worker(dsn, clock, Says(impossible, odd, good)).handle(heartbeats(clock, 3))
    found = sql.execute("SELECT kind, evidence FROM finding ORDER BY kind").fetchall()
    assert found == [("fall", {"score": None, "clip": [1, 2]}), ("sos", {})]
    assert count(sql, "reading") == 3


def test_a_worker_that_was_long_away_folds_what_it_stored_last(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    first = worker(dsn, clock)
    first.handle(heartbeats(clock, 5))
    first._pass_time()  # its figures say when it last stored something
    clock.advance(days=2)
    seen = Sees()
    worker(dsn, clock, seen)
    assert seen.values == [70.0] * 5


class Sees(Says):
    """Remembers the values it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[float] = []

    def fold(self, batch: Batch) -> list[Finding]:
        self.values += batch.readings["value"].tolist()
        return []


def test_rows_of_a_month_ago_and_of_the_days_to_come_have_a_place(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    one = worker(dsn, clock)
    for _ in range(5):
        for age in (0, HOUR, 29 * DAY):
            late = said("h1/w1/vital", clock.now() - age, heart_rate=70)
            one.handle([Message(late.topic, late.payload, clock.now())])
        clock.advance(days=13)
    assert (count(sql, "reading"), count(sql, "quarantine")) == (15, 0)


def test_what_was_learnt_of_homes_survives_a_restart(
    dsn: str, sql: psycopg.Connection[Any], clock: ManualClock
) -> None:
    first = worker(dsn, clock, InactivityDetector())
    for _ in range(3 * 24 * 4):  # three days, somebody in the kitchen every quarter of an hour
        clock.advance(minutes=15)
        first.handle([said("h1/p1/event", clock.now(), kind="presence", state=1)])
        first.tick(clock.now())
    assert count(sql, "routine_day") >= 3
    learnt = InactivityDetector()
    worker(dsn, clock, learnt)
    assert learnt.routine.known.max() >= 2
