"""What people say of falls reaches the detector through the database, and can be taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from analytics.detectors import Falls
from analytics.falls import FallDetector
from analytics.falls.calibration import adjusted
from analytics.falls.model import load
from core.clock import ManualClock
from core.instant import from_datetime, to_datetime
from core.motion import MotionWindow
from ingest import verdicts
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle
from tests.unit.falls import acted
from tests.unit.falls.judges import certain_from

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def sql(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    settle(dsn, START)
    with psycopg.connect(dsn, autocommit=True) as conn:
        yield conn


class Home:
    """Home h1 and its watch w1; every day its resident falls once, in the same way."""

    def __init__(self, dsn: str, sql: psycopg.Connection[Any]) -> None:
        self.sql, self.clock = sql, ManualClock(from_datetime(START))
        self._writer = Writer(lambda: psycopg.connect(dsn))

    def restarted(self, detector: FallDetector) -> Worker:
        """A worker as it is after a restart."""
        self._writer.close()
        return Worker(Feed(), self._writer, [Falls(detector)], self.clock)

    def alarms(self, worker: Worker, windows: list[MotionWindow]) -> int:
        """A day later the watch sends `windows`: how many falls are reported."""
        before, begin = self.falls(), self.clock.advance(days=1)
        worker.feedback.refresh(begin)
        for seq, window in enumerate(windows):
            start = begin + window.start - windows[0].start
            self.clock.instant = start
            message = said("h1/w1/motion", start, seq, hz=50, acc=window.acc.tolist(), site="wrist")
            assert worker.handle([message])
        return self.falls() - before

    def say(self, outcome: str, times: int = 1, by_hand: bool = False, after: bool = False) -> None:
        """An operator closes incidents of falls of this resident with `outcome`, at the start or just now."""
        account = self._account(by_hand)
        for minutes in range(times):
            at = (to_datetime(self.clock.now()) if after else START) + timedelta(minutes=minutes)
            self.sql.execute(
                "INSERT INTO incident (id, version, kind, severity, priority, state, station_id, home_id,"
                " resident_id, finding_id, onset, detected_at, state_since, closed_at, outcome, reason_key,"
                " reason_params, reported_by)"
                " SELECT %s, 1, 'fall', 'possible', 'high', 'closed', h.station_id, h.id, r.resident_id, %s,"
                " %s, %s, %s, %s, %s, 'fall.possible', '{}', %s FROM home h"
                " JOIN residence r ON r.home_id = h.id WHERE h.code = 'h1'",
                [uuid4(), uuid4(), at, at, at, at, outcome, account],
            )

    def _account(self, wanted: bool) -> int | None:
        if not wanted:
            return None
        row = self.sql.execute(
            "INSERT INTO account (login, name, language, password_hash, created_at)"
            " VALUES ('op', 'Operator', 'en', 'x', %s) RETURNING id",
            [START],
        ).fetchone()
        assert row
        return int(row[0])

    def falls(self) -> int:
        """Falls reported so far."""
        row = self.sql.execute("SELECT count(*) FROM finding WHERE kind = 'fall' AND revision = 0").fetchone()
        assert row
        return int(row[0])

    def close(self) -> None:
        """Let go of the database."""
        self._writer.close()


@pytest.fixture
def home(dsn: str, sql: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(verdicts, "READ_EVERY_S", 0.0)
    place = Home(dsn, sql)
    yield place
    place.close()


def probability(windows: list[MotionWindow]) -> float:
    """The highest probability in `windows`."""
    heard = [0.0]
    FallDetector(on_candidate=lambda _device, _impact, found: heard.append(found)).fold(windows)
    return max(heard)


BORDERLINE = acted.windows(acted.fall(peak=2500))
HARD = acted.windows(acted.fall(peak=6000))


def just(shift: float) -> FallDetector:
    """A detector whose threshold lies `shift` from the borderline fall, in logits."""
    threshold = adjusted(probability(BORDERLINE), shift)
    return FallDetector(certain_from(load(), threshold))


def test_who_alarms_in_vain_is_heard_less_until_it_is_taken_back(home: Home) -> None:
    worker = home.restarted(just(-0.5))
    assert home.alarms(worker, BORDERLINE) == 1
    home.say("false_alarm", times=3)
    assert home.alarms(worker, BORDERLINE) == 0  # heard without a restart
    assert home.alarms(home.restarted(just(-0.5)), BORDERLINE) == 0
    home.sql.execute("UPDATE incident SET outcome = NULL")
    assert home.alarms(home.restarted(just(-0.5)), BORDERLINE) == 1


def test_after_a_missed_fall_less_is_enough(home: Home) -> None:
    worker = home.restarted(just(+0.5))
    assert home.alarms(worker, BORDERLINE) == 0
    home.say("ambulance", by_hand=True)
    assert home.alarms(worker, BORDERLINE) == 1


def test_a_hard_fall_alarms_whatever_was_said(home: Home) -> None:
    home.say("false_alarm", times=40)
    assert home.alarms(home.restarted(FallDetector()), HARD) == 1


def test_a_restart_judges_the_last_minute_as_before(home: Home) -> None:
    """The verdict came after the impact, so the same motion folded again says the same."""
    home.alarms(home.restarted(just(-0.5)), BORDERLINE)
    home.say("false_alarm", times=3, after=True)
    home.sql.execute("DELETE FROM finding")
    home.restarted(just(-0.5))
    assert home.falls() == 1
