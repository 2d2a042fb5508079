"""Fences, settings and what detectors keep, through a real database and a worker that is killed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from analytics.vitals import VitalsDetector
from analytics.wandering import WanderingDetector
from core.clock import ManualClock
from core.directory import VitalSetting
from core.instant import from_datetime
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOME = (34.79, 114.35)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_datetime(START))


@pytest.fixture
def sql(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    settle(dsn, START)
    with psycopg.connect(dsn, autocommit=True) as conn:
        yield conn


@pytest.fixture
def wearer(sql: psycopg.Connection[Any]) -> int:
    """Who wears w1, fenced in and on oxygen."""
    row = sql.execute(
        "SELECT i.resident_id FROM installation i JOIN device d ON d.id = i.device_id WHERE d.code = 'w1'"
    ).fetchone()
    assert row
    sql.execute(
        "INSERT INTO geofence (resident_id, name, lats, lons, radius_m) VALUES (%s, 'home', %s, %s, 200)",
        (row[0], [HOME[0]], [HOME[1]]),
    )
    sql.execute("INSERT INTO vital_setting (resident_id, spo2_scale, oxygen) VALUES (%s, 2, true)", (row[0],))
    return int(row[0])


def worker(dsn: str, clock: ManualClock) -> tuple[Worker, Writer]:
    writer = Writer(lambda: psycopg.connect(dsn))
    return Worker(Feed(), writer, [WanderingDetector(), VitalsDetector()], clock), writer


def test_fences_and_settings_reach_the_detectors(dsn, clock, wearer):
    _, writer = worker(dsn, clock)
    known = writer.directory(clock.now())
    (fence,) = known.fences[wearer]
    assert (fence.name, fence.radius_m, fence.points) == ("home", 200.0, (HOME,))
    assert known.settings == {wearer: VitalSetting(2, True)}
    writer.close()


def test_the_last_place_outlives_a_worker_by_hours(dsn, clock, sql, wearer):
    one, writer = worker(dsn, clock)
    place = said("h1/w1/position", clock.now(), 1, lat=HOME[0] + 0.001, lon=HOME[1], accuracy_m=9)
    assert one.handle([place])
    for _ in range(62):
        clock.advance(minutes=1)
        one.tick(clock.now())
    writer.close()
    assert sql.execute("SELECT count(*) FROM detector_memory WHERE detector = 'wandering'").fetchone() == (1,)
    clock.advance(hours=5)
    again, writer = worker(dsn, clock)
    assert again.handle([said("h1/w1/status", clock.now(), 2, battery=0.03)])
    clock.advance(seconds=10)
    again.tick(clock.now())
    writer.close()
    row = sql.execute("SELECT reason_key, evidence FROM finding WHERE kind = 'tracker_lost'").fetchone()
    assert row
    assert row[0] == "tracker_lost.battery"
    assert row[1]["lat"] == pytest.approx(HOME[0] + 0.001)


def test_who_leaves_is_a_finding_in_the_store(dsn, clock, sql, wearer):
    one, writer = worker(dsn, clock)
    for seq in range(3):
        assert one.handle(
            [said("h1/w1/position", clock.now(), seq, lat=HOME[0] + 0.01, lon=HOME[1], accuracy_m=9)]
        )
        clock.advance(minutes=1)
        one.tick(clock.now())
    writer.close()
    assert sql.execute("SELECT kind, resident_id FROM finding").fetchall() == [("wandering", wearer)]
