"""What is set for residents reaches the detectors; what they find of daily life reaches the tables."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from analytics.inactivity import InactivityDetector
from analytics.living import LivingDetector
from analytics.living.day import FIGURE, FIGURES
from core.clock import ManualClock
from core.instant import DAY, from_datetime
from core.profile import ORDINARY
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 2, tzinfo=UTC)  # eight in the morning in Shanghai, a Monday


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_datetime(START))


@pytest.fixture
def sql(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    settle(dsn, START)
    with psycopg.connect(dsn, autocommit=True) as conn:
        yield conn


@pytest.fixture
def writer(dsn: str) -> Iterator[Writer]:
    writer = Writer(lambda: psycopg.connect(dsn))
    yield writer
    writer.close()


def row(sql: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    found = sql.execute(query, values).fetchone()
    assert found
    return found


def someone(sql: psycopg.Connection[Any], number: int) -> tuple[int, int]:
    """(resident, home) of the n-th home."""
    found: tuple[int, int] = row(
        sql,
        "SELECT resident_id, home_id FROM residence r JOIN home h ON h.id = r.home_id WHERE h.code = %s",
        f"h{number}",
    )
    return found


def test_profiles_are_read_and_the_others_are_ordinary(
    sql: psycopg.Connection[Any], writer: Writer, clock: ManualClock
) -> None:
    (first, home), (second, other) = someone(sql, 1), someone(sql, 2)
    sql.execute(
        "INSERT INTO monitoring_profile (resident_id, tolerated_per_month, bathroom_limit_s,"
        " night_from_minute, holiday_from, holiday_until) VALUES (%s, 2, 1800, 1260, %s, %s)",
        (first, START, START + timedelta(days=3)),
    )
    directory = writer.directory(clock.now())
    assert directory.household(other) == ORDINARY
    profile = directory.household(home)
    assert (profile.tolerated_per_month, profile.bathroom_limit_s, profile.night_from) == (2, 1800, 1260)
    assert profile.holiday_until == from_datetime(START + timedelta(days=3))
    sql.execute("UPDATE resident SET ability_grade = 4 WHERE id = %s", (second,))
    assert writer.directory(clock.now()).household(other).tolerated_per_month == 2


def test_who_comes_back_early_is_no_longer_on_holiday(
    sql: psycopg.Connection[Any], writer: Writer, clock: ManualClock
) -> None:
    resident, home = someone(sql, 1)
    sql.execute(
        "INSERT INTO monitoring_profile (resident_id, holiday_from, holiday_until) VALUES (%s, %s, %s)",
        (resident, START, START + timedelta(days=9)),
    )
    work = Worker(Feed(), writer, [InactivityDetector()], clock)
    for hours in (1, 40):
        clock.advance(hours=hours)
        work.handle([said("h1/p1/event", clock.now(), kind="presence", state=1)])
        work.tick(clock.now())
    (returned,) = row(sql, "SELECT returned_at FROM monitoring_profile WHERE resident_id = %s", resident)
    assert returned == START + timedelta(hours=41)
    assert writer.directory(clock.now()).household(home).holiday_until == from_datetime(returned)
    later = START + timedelta(days=20)
    sql.execute(
        "UPDATE monitoring_profile SET holiday_from = %s, holiday_until = %s",
        (later, later + timedelta(days=2)),
    )
    assert writer.directory(clock.now()).household(home).holiday_until == from_datetime(
        later + timedelta(days=2)
    )


def test_where_people_seem_to_be_is_shown(
    sql: psycopg.Connection[Any], writer: Writer, clock: ManualClock
) -> None:
    _, home = someone(sql, 1)
    work = Worker(Feed(), writer, [InactivityDetector()], clock)
    where = "SELECT presence, presence_since FROM home_state WHERE home_id = %s"
    work.handle([said("h1/p1/event", clock.now(), kind="presence", state=1)])
    work.tick(clock.now())
    assert row(sql, where, home) == ("at_home", START)
    clock.advance(minutes=30)
    work.handle([said("h1/d1/event", clock.now(), kind="door", state=1)])
    clock.advance(minutes=20)
    work.tick(clock.now())
    assert row(sql, where, home) == ("away", START + timedelta(minutes=30))


def test_what_was_said_of_an_alarm_is_heard(
    sql: psycopg.Connection[Any], writer: Writer, clock: ManualClock
) -> None:
    _, home = someone(sql, 1)
    for number, outcome in enumerate(("false_alarm", "help_given", "no_answer", None)):
        onset = START - timedelta(days=number + 1)
        sql.execute(
            "INSERT INTO incident (id, version, kind, severity, priority, state, home_id, finding_id, onset,"
            " detected_at, state_since, closed_at, outcome, reason_key, reason_params)"
            " VALUES (%s, 1, 'inactivity', '', 'high', 'resolved', %s, %s, %s, %s, %s, %s, %s, 'x', '{}')",
            (uuid4(), home, uuid4(), onset, onset, onset, onset + timedelta(hours=5), outcome),
        )
    said_of = writer.rulings(clock.now() - 90 * DAY)
    assert {ruling.onset: ruling.false for ruling in said_of[home]} == {
        from_datetime(START - timedelta(days=1)): True,
        from_datetime(START - timedelta(days=2)): False,
    }


def test_finished_days_are_kept_and_who_has_changed_is_worth_a_visit(
    dsn: str, sql: psycopg.Connection[Any], writer: Writer, clock: ManualClock
) -> None:
    resident, home = someone(sql, 1)
    today = clock.now() // DAY
    for day in range(today - 35, today):
        figures = [-1.0] * len(FIGURES)
        figures[FIGURE["active_minutes"]] = 300.0 + day % 7 - 150.0 * (day >= today - 7)
        sql.execute("INSERT INTO home_day VALUES (%s, %s, %s)", (home, day, figures))
    work = Worker(Feed(), writer, [LivingDetector()], clock)
    work.tick(clock.now())
    who, week, reasons, series = row(
        sql, "SELECT resident_id, week, reasons, series FROM worth_a_visit"
    )  # fmt: skip
    assert (who, week) == (resident, date(2026, 3, 2))
    assert [reason["key"] for reason in reasons] == ["drift.active_minutes_less"]
    assert len(series["active_minutes"]) == 35
    for _ in range(40):
        clock.advance(minutes=15)
        work.handle([said("h1/p1/event", clock.now(), kind="presence", state=1)])
        work.tick(clock.now())
    (kept,) = row(sql, "SELECT figures FROM home_day WHERE home_id = %s AND day = %s", home, today)
    assert kept[FIGURE["active_minutes"]] == 15  # of noon to noon, local time: from 8:15 on
    clock.advance(hours=7)
    work.tick(clock.now())
    assert row(sql, "SELECT count(*) FROM worth_a_visit") == (1,)
