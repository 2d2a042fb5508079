"""Rehearsals and self-tests through the real path, on virtual time; and who watches the watchman."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event

import pytest

from alerts import actions, drills, figures
from alerts.delivery import receipts
from alerts.delivery.watch import PARTS, Watch, calls, pages_answer
from alerts.drills import self_test
from alerts.lifecycle import Action
from core import heartbeat, tls
from core.clock import ManualClock
from core.instant import SECOND, from_datetime, to_datetime
from tests.support.outbox import EAST, Outbox, outbox
from tests.support.sink import Sink

pytestmark = pytest.mark.integration

TEN = time(10)
MORNING = datetime(2026, 3, 2, 2, 5, tzinfo=UTC)  # 10:05 in Shanghai


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_datetime(MORNING))


@pytest.fixture
def box(dsn: str, tmp_path: Path, clock: ManualClock) -> Iterator[Outbox]:
    with outbox(dsn, tmp_path, clock) as one:
        yield one


def begin(box: Outbox, scenario: str = "fall", **more: int) -> int:
    key = drills.start(box.conn, EAST, scenario, None, box.clock.now(), **more)
    assert isinstance(key, int)
    return key


def incident_of(box: Outbox, drill: int) -> object:
    return box.one("SELECT incident_id FROM drill WHERE id = %s", drill)


def test_a_rehearsal_is_real_timed_and_marked_everywhere(box: Outbox, clock: ManualClock) -> None:
    operator = box.account()
    drill = begin(box, home=1)
    incident = incident_of(box, drill)
    assert box.one("SELECT drill AND drill_id = %s FROM incident WHERE id = %s", drill, incident)
    assert box.one(
        "SELECT count(*) FROM notification WHERE incident_id = %s AND recipient_id = %s", incident, operator
    )
    for name, wait_s in (("acknowledge", 20), ("respond", 40), ("arrive", 900)):
        clock.advance(seconds=wait_s)
        _, refusal = actions.act(box.conn, incident, Action(name, operator), clock.now())  # type: ignore[arg-type]
        assert refusal is None
    clock.advance(seconds=60)
    assert drills.end(box.conn, drill, operator, clock.now())
    assert not drills.end(box.conn, drill, operator, clock.now())
    report = drills.report(box.conn, drill)
    assert report is not None
    took = {step["name"]: (step["after_s"], step["met"], step["actor"]) for step in report["steps"]}
    assert took == {
        "told": (None, False, None),  # no worker ran
        "acknowledged": (20.0, True, operator),
        "responding": (60.0, True, operator),
        "arrived": (960.0, False, operator),  # a minute more than the fifteen-minute circle
        "resolved": (1020.0, True, operator),
    }
    assert (report["state"], report["passed"], report["steps"][1]["actor_name"]) == (
        "resolved",
        False,
        "Person 1",
    )
    assert {row["recipient_kind"] for row in report["reached"]} == {"account", "station"}
    assert box.one("SELECT outcome FROM incident WHERE id = %s", incident) == "drill"
    assert figures.station(box.conn, EAST, from_datetime(MORNING), clock.now() + SECOND)["incidents"] == 0


def test_one_rehearsal_at_a_time_and_only_what_there_is(box: Outbox) -> None:
    now = box.clock.now()
    assert drills.start(box.conn, EAST, "earthquake", None, now) is drills.Refusal.UNKNOWN_SCENARIO
    assert drills.start(box.conn, 99, "fall", None, now) is drills.Refusal.UNKNOWN_STATION
    assert drills.start(box.conn, EAST, "fall", None, now, home=2) is drills.Refusal.UNKNOWN_HOME
    drill = begin(box, "sos")
    assert drills.start(box.conn, EAST, "fall", None, now) is drills.Refusal.GOING_ON
    begin(box, "self_test")  # the daily one does not mind
    assert [row["id"] for row in drills.listed(box.conn, 2)] == [drill]
    assert [row["scenario"] for row in drills.listed(box.conn, None, self_tests=True)] == ["self_test"]


@pytest.mark.parametrize(
    ("hour", "last", "due"),
    [
        ("09:59", None, False), ("10:00", None, False), ("11:51", None, True), ("19:59", None, True),
        ("20:01", None, False), ("03:00", None, False), ("11:51", "03-01 11:51", True),
        ("15:00", "03-02 11:51", False), ("11:51", "03-02 08:00", True),
    ],
)  # fmt: skip
def test_once_a_day_by_day(hour: str, last: str | None, due: bool) -> None:
    """Station 3 has its turn at 51 minutes past."""
    local = datetime.fromisoformat(f"2026-03-02 {hour}")
    before = datetime.fromisoformat(f"2026-{last}") if last else None
    assert self_test.is_due(3, local, before, TEN) is due


def test_a_self_test_that_comes_back_is_passed_and_wakes_nobody(box: Outbox, clock: ManualClock) -> None:
    with Sink().serves() as sink:
        box.endpoint(box.account(), f"{sink.url}/phone")
        clock.advance(hours=1)
        assert self_test.begin_due(box.conn, TEN, clock.now()) == 1
        assert self_test.begin_due(box.conn, TEN, clock.now()) == 0
        assert self_test.judge(box.conn, clock.now()) == 0
        incident = box.one("SELECT incident_id FROM drill")
        with box.worker():
            clock.advance(seconds=5)
            assert receipts.shown(box.conn, incident, "east", clock.now()) == 1
            assert self_test.judge(box.conn, clock.now()) == 1
        assert sink.got == []
    assert box.one("SELECT passed FROM drill") is True
    assert box.one("SELECT state FROM incident WHERE id = %s", incident) == "resolved"
    assert box.one("SELECT count(*) FROM incident") == 1


def test_a_new_station_has_missed_no_self_test(box: Outbox, clock: ManualClock) -> None:
    clock.advance(hours=5)
    box.account()
    box.conn.execute("UPDATE role_grant SET granted_at = %s", (to_datetime(clock.now()),))
    clock.advance(seconds=1)
    assert self_test.begin_due(box.conn, TEN, clock.now()) == 0
    clock.advance(days=1)
    assert self_test.begin_due(box.conn, TEN, clock.now()) == 1


def test_one_that_does_not_come_back_is_a_fault_until_it_does(box: Outbox, clock: ManualClock) -> None:
    box.account()
    clock.advance(hours=1)
    self_test.begin_due(box.conn, TEN, clock.now())
    clock.advance(seconds=61)
    assert self_test.judge(box.conn, clock.now()) == 1
    assert box.one("SELECT passed FROM drill") is False
    fault = box.one("SELECT id FROM incident WHERE kind = 'self_test_failed'")
    assert box.one("SELECT drill FROM incident WHERE id = %s", fault) is False
    clock.advance(days=1)
    self_test.begin_due(box.conn, TEN, clock.now())
    receipts.shown(
        box.conn, box.one("SELECT incident_id FROM drill WHERE passed IS NULL"), "east", clock.now()
    )
    self_test.judge(box.conn, clock.now())
    assert box.one("SELECT state FROM incident WHERE id = %s", fault) == "resolved"


class Calls:
    """The watcher outside."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


class RealSteps(ManualClock):
    """A manual clock on which a second is a second."""

    def sleep_s(self, virtual_s: float) -> float:
        return max(0.0, virtual_s)


def test_the_watcher_outside_is_called_only_while_everything_works(box: Outbox) -> None:
    clock, calls = RealSteps(box.clock.now()), Calls()
    watch = Watch(clock, Event(), lambda: True, calls, TEN)
    assert set(watch.troubles(box.conn)) == set(PARTS)
    for part in PARTS:
        heartbeat.beat(box.conn, part, clock.now())
    assert watch.troubles(box.conn) == []
    somebody = box.account()  # now the station is one that must be tested, from its first morning on
    assert watch.troubles(box.conn) == []
    box.conn.execute("UPDATE role_grant SET granted_at = granted_at - interval '27 hours'")
    assert watch.troubles(box.conn) == ["untested"]
    begin(box, "self_test")
    incident = box.one("SELECT incident_id FROM drill")
    receipts.shown(box.conn, incident, "east", clock.now())
    self_test.judge(box.conn, clock.now())
    box.conn.execute("UPDATE notification SET due_at = NULL")
    assert watch.troubles(box.conn) == []
    watch._call_outside(box.conn)
    assert calls.count == 1
    note = box.notify(box.incident(), somebody)
    clock.advance(seconds=61)
    for part in PARTS[1:]:
        heartbeat.beat(box.conn, part, clock.now())
    assert watch.troubles(box.conn) == ["ingest", "stuck"]
    watch._call_outside(box.conn)
    assert calls.count == 1
    assert box.state(note) == "queued"


def test_the_watcher_and_the_pages_are_asked_over_http() -> None:
    with Sink().serves() as sink:
        port = int(sink.url.rsplit(":", 1)[1])
        ping = calls(f"{sink.url}/ping/1")
        assert ping is not None
        ping()
        assert pages_answer("0.0.0.0", port)()
        sink.status["/api/v1/ready"] = 503
        assert not pages_answer("127.0.0.1", port)()
        assert sink.paths() == ["/ping/1", "/api/v1/ready", "/api/v1/ready"]
    ping()  # a watcher that is away disturbs nobody
    assert not pages_answer("127.0.0.1", port)()
    assert calls("") is None


def test_a_part_that_hangs_is_an_incident_until_it_works_again(box: Outbox) -> None:
    clock = RealSteps(box.clock.now())
    watch = Watch(clock, Event(), lambda: False, None, None)
    watch._began -= 3600
    for part in PARTS:
        heartbeat.beat(box.conn, part, clock.now())
    watch._check(box.conn, clock.now())
    assert box.one("SELECT count(*) FROM incident") == 0
    clock.advance(seconds=61)
    for part in PARTS[1:]:
        heartbeat.beat(box.conn, part, clock.now())
    for _ in range(2):
        watch._check(box.conn, clock.now())
    assert box.one("SELECT reason_key FROM incident WHERE closed_at IS NULL") == "fault.part.ingest"
    assert box.one("SELECT count(*) FROM incident") == 1
    heartbeat.beat(box.conn, "ingest", clock.now())
    watch._check(box.conn, clock.now())
    assert box.one("SELECT state FROM incident") == "resolved"


def test_a_certificate_that_ends_soon_is_an_incident_until_there_is_another(
    box: Outbox, tmp_path: Path
) -> None:
    clock, today = RealSteps(box.clock.now()), [datetime(2026, 3, 1, tzinfo=UTC)]
    tls.init(tmp_path, ["localhost"], today[0])
    watch = Watch(clock, Event(), lambda: True, None, None, lambda: tls.ends_soon(tmp_path, today[0]))
    watch._began -= 3600

    def open_ones() -> list[tuple[str]]:
        for part in PARTS:
            heartbeat.beat(box.conn, part, clock.now())
        watch._check(box.conn, clock.now())
        return box.conn.execute("SELECT reason_key FROM incident WHERE closed_at IS NULL").fetchall()

    assert open_ones() == []
    today[0] += timedelta(days=tls.SERVER_DAYS - 29)
    assert open_ones() == open_ones() == [("fault.part.certificate",)]
    tls.issue(tmp_path, "server", ["localhost"], today[0])
    assert open_ones() == []
    (tls.folder(tmp_path) / "server.crt").unlink()
    assert open_ones() == [("fault.part.certificate",)]


def test_an_engine_that_lives_and_gets_nowhere_is_noticed(box: Outbox) -> None:
    clock = RealSteps(box.clock.now())
    watch = Watch(clock, Event(), lambda: True, None, None)
    watch._began -= 3600
    box.conn.execute("UPDATE incident SET next_step_at = %s WHERE id = %s", (box.now, box.incident()))
    box.conn.execute(
        "INSERT INTO finding (id, revision, kind, severity, onset, detected_at, written_at, reason_key,"
        " reason_params, evidence, cleared)"
        " VALUES (gen_random_uuid(), 0, 'sos', '', %(t)s, %(t)s, %(t)s, '', '{}', '{}', false)",
        {"t": box.now},
    )
    clock.advance(seconds=60)
    for part in PARTS:
        heartbeat.beat(box.conn, part, clock.now())
    assert watch.troubles(box.conn) == []
    clock.advance(seconds=1)
    assert watch.troubles(box.conn) == ["untriaged", "overdue"]
    watch._check(box.conn, clock.now())
    raised = box.conn.execute("SELECT reason_params ->> 'part' FROM incident WHERE kind = 'part_silent'")
    assert sorted(row[0] for row in raised) == ["steps", "triage"]


def test_a_heartbeat_from_before_the_clock_was_set_back_ages(box: Outbox) -> None:
    clock = RealSteps(box.clock.now())
    watch = Watch(clock, Event(), lambda: True, None, None)
    for part in PARTS:
        heartbeat.beat(box.conn, part, clock.now())
    clock.advance(hours=-1)
    assert watch.silent(box.conn) == []
    clock.advance(seconds=61)
    for part in PARTS[1:]:
        heartbeat.beat(box.conn, part, clock.now())
    assert watch.silent(box.conn) == ["ingest"]


def test_pages_that_come_up_last_are_seen_as_soon_as_they_are_there(box: Outbox) -> None:
    """After a pause of the house, every heartbeat is of before it."""
    clock, answers = RealSteps(box.clock.now()), iter([False, True, False])
    watch = Watch(clock, Event(), lambda: next(answers), None, None)
    watch._look_at_pages(box.conn)
    assert "api" not in heartbeat.beats(box.conn)
    watch._asked -= 1.0
    watch._look_at_pages(box.conn)
    assert heartbeat.beats(box.conn)["api"] == clock.now()
    watch._asked -= 1.0
    watch._look_at_pages(box.conn)
    assert next(answers) is False, "nobody asked: a page that answers is left alone for a while"


def test_a_part_that_not_every_house_has_is_missed_where_it_was(box: Outbox) -> None:
    clock = RealSteps(box.clock.now())
    watch = Watch(clock, Event(), lambda: True, None, None)
    heartbeat.beat(box.conn, "foreign", clock.now())
    clock.advance(seconds=61)
    for part in PARTS:
        heartbeat.beat(box.conn, part, clock.now())
    assert watch.silent(box.conn) == ["foreign"]


def test_a_rehearsal_that_somebody_closed_is_judged(box: Outbox, clock: ManualClock) -> None:
    drill = begin(box)
    clock.advance(seconds=30)
    action = Action("resolve", box.account(), outcome="drill")
    actions.act(box.conn, incident_of(box, drill), action, clock.now())  # type: ignore[arg-type]
    Watch(clock, Event(), lambda: False, None, None)._check(box.conn, clock.now() + timedelta(0).seconds)
    assert box.one("SELECT ended_at IS NOT NULL FROM drill WHERE id = %s", drill)
