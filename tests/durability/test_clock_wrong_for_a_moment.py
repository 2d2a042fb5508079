"""The server's clock shows another year for a moment: a machine that wakes up, a flat battery, a bad time
server. Afterwards everything is as it was."""

from collections.abc import Iterator

import psycopg
import pytest

from core import timeseries
from core.directory import DeviceEntry, Directory
from core.instant import DAY, HOUR, SECOND, from_datetime, to_datetime
from ingest.budget import Budget, Limits
from tests.support.clocked_town import START, ClockedTown
from tests.support.feed import said

pytestmark = pytest.mark.integration

YEAR = 365 * DAY


class Town(ClockedTown):
    """Its devices say what they say by the server's clock."""

    def pulse(self, device: str = "h1/w1") -> None:
        self.clock.instant += SECOND
        assert self.worker.handle([said(f"{device}/vital", self.clock.now(), 1, heart_rate=70)])


@pytest.fixture
def town(dsn: str) -> Iterator[Town]:
    with Town(dsn) as town:
        yield town


def test_a_moment_in_another_year_takes_away_no_readings(town: Town) -> None:
    for _ in range(10):
        town.pulse()
    town.clock.instant += 10 * YEAR
    town.pulse()
    town.clock.instant -= 10 * YEAR
    assert town.count("SELECT count(*) FROM reading WHERE time < '2027-01-01'") == 10


def test_after_it_there_is_room_for_what_is_said_in_the_weeks_that_follow(town: Town) -> None:
    town.pulse()
    town.clock.instant += YEAR
    town.pulse()
    town.clock.instant -= YEAR
    before = town.count("SELECT count(*) FROM quarantine")
    town.clock.instant += 25 * DAY
    for _ in range(5):
        town.pulse("h2/w2")
    assert town.count("SELECT count(*) FROM quarantine") == before
    assert town.count("SELECT count(*) FROM reading WHERE time > '2026-03-20' AND time < '2026-06-01'") == 5


def test_a_device_is_not_known_to_speak_in_a_year_from_now(town: Town) -> None:
    town.pulse()
    town.clock.instant += YEAR
    town.pulse()
    town.clock.instant -= YEAR
    town.pulse()
    seen = town.count("SELECT extract(epoch FROM last_seen)::bigint FROM device_state LIMIT 1")
    assert seen <= town.clock.now() // SECOND + 5


def test_after_a_restart_nobody_is_called_offline_for_it_and_silence_is_noticed(town: Town) -> None:
    for _ in range(5):
        town.pulse()
        town.pulse("h2/w2")
    town.clock.instant += YEAR
    town.pulse()
    town.clock.instant -= YEAR
    for _ in range(5):
        town.pulse()
        town.pulse("h2/w2")
    town.begin()
    town.clock.instant += 2 * SECOND
    town.worker.tick(town.clock.now())
    assert town.count("SELECT count(*) FROM finding WHERE kind LIKE '%offline'") == 0, "told wrongly"


def test_after_a_restart_a_watch_that_falls_silent_is_noticed(town: Town) -> None:
    for _ in range(5):
        town.pulse()
        town.pulse("h2/w2")
    town.clock.instant += YEAR
    town.pulse()
    town.clock.instant -= YEAR
    for _ in range(5):
        town.pulse()
        town.pulse("h2/w2")
    town.begin()
    for _ in range(400):  # w1 falls silent, w2 goes on
        town.pulse("h2/w2")
        town.worker.tick(town.clock.now())
    of_w1 = "device_id = (SELECT id FROM device WHERE code = 'w1')"
    assert town.count(f"SELECT count(*) FROM finding WHERE kind = 'offline' AND {of_w1}") >= 1


def test_after_a_clock_was_a_day_fast_a_device_may_still_speak() -> None:
    entry = DeviceEntry(1, "w1", 1, "h1", 1, 1, "wearable", "", "wrist", 60, "Asia/Shanghai", 0)
    directory = Directory.of([entry], {1: (1,)})
    start = from_datetime(START)
    budget = Budget(Limits(), start)
    refused = 0

    def say(now: int) -> int:
        return len(budget.split([said("h1/w1/vital", now, 1, heart_rate=60)], directory).refused)

    for second in range(60):
        refused += say(start + DAY + second * SECOND)
    for second in range(2 * 3600):  # set right; once a second, a twentieth of what is allowed
        refused += say(start + second * SECOND)
    assert refused == 0


def test_after_it_hours_are_summed_up_as_before(town: Town) -> None:
    def tend() -> None:
        with psycopg.connect(town.dsn, autocommit=True) as conn:
            timeseries.tend(conn, timeseries.engine(conn), to_datetime(town.clock.now()))

    for _ in range(5):
        town.pulse()
    town.clock.instant += DAY
    tend()
    town.clock.instant += YEAR
    tend()  # at that very moment
    town.clock.instant -= YEAR
    town.begin()
    for _ in range(3):
        town.clock.instant += DAY
        town.pulse()
        town.clock.instant += 3 * HOUR
        tend()
    assert town.count("SELECT count(*) FROM reading_hour") >= 4
