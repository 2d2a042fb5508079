"""Every figure, worked out by hand from a small event log."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.types.json import Jsonb

from alerts import figures
from alerts.figures import commands
from core import settings
from core.instant import DAY, from_datetime
from tests.support.outbox import START
from tests.support.village import settle

pytestmark = pytest.mark.integration

STREET, EAST, WEST = 2, 3, 4


class Log:
    """An event log written by hand."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self.conn = conn

    def incident(
        self, *story: tuple[str, float] | tuple[str, float, dict[str, Any]], kind: str = "fall",
        priority: str = "high", station: int | None = EAST, drill: bool = False, at: datetime = START,
    ) -> UUID:  # fmt: skip
        """`story`: (event, seconds after the first, data)."""
        key = uuid4()
        self.conn.execute(
            "INSERT INTO incident (id, version, kind, severity, priority, state, drill, station_id,"
            " finding_id, onset, detected_at, state_since, reason_key, reason_params)"
            " VALUES (%s, %s, %s, '', %s, 'open', %s, %s, %s, %s, %s, %s, '', '{}')",
            (key, len(story), kind, priority, drill, station, key, at, at, at),
        )
        for n, (event, after, *data) in enumerate(story, 1):
            self.conn.execute(
                "INSERT INTO incident_event (incident_id, n, at, kind, data) VALUES (%s, %s, %s, %s, %s)",
                (key, n, at + timedelta(seconds=after), event, Jsonb(data[0] if data else {})),
            )
        return key

    def notified(
        self, incident: UUID, state: str, *tries: tuple[str, str, float], kind: str = "account", to: int = 1
    ) -> None:
        """`tries`: (channel, outcome, seconds after it was asked for)."""
        row = self.conn.execute(
            "INSERT INTO notification (incident_id, n, recipient_kind, recipient_id, purpose, sees, priority,"
            " state, queued_at) VALUES (%s, 1, %s, %s, 'alarm', 'all', 'high', %s, %s) RETURNING id",
            (incident, kind, to, state, START),
        ).fetchone()
        assert row is not None
        for number, (channel, outcome, after) in enumerate(tries, 1):
            ended = START + timedelta(seconds=after)
            self.conn.execute(
                "INSERT INTO delivery_attempt (notification_id, try, channel, started_at, ended_at, outcome)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (row[0], number, channel, START, ended, outcome),
            )

    def figures(self, station: int | None = EAST, **more: Any) -> dict[str, Any]:
        start = from_datetime(START)
        return figures.station(self.conn, station, start, start + DAY, **more)


@pytest.fixture
def log(dsn: str) -> Iterator[Log]:
    settle(dsn, START, homes=2)
    with psycopg.connect(dsn, autocommit=True, options="-c TimeZone=UTC") as conn:
        yield Log(conn)


def test_times_are_counted_from_the_alarm(log: Log) -> None:
    for acknowledged in (20, 40, 100, 200):
        log.incident(
            ("detected", 0), ("opened", 10), ("acknowledged", 10 + acknowledged),
            ("responding", 310), ("arrived", 610), ("resolved", 1210, {"outcome": "help_given"}),
        )  # fmt: skip
    log.incident(
        ("detected", 0), ("opened", 10), ("escalated", 70, {"level": 1}), ("escalated", 130, {"level": 2})
    )
    found = log.figures()
    assert found["times"]["all"] == found["times"]["high"]
    # Of five alarms two were answered within a minute and three within three; the fifth by nobody.
    assert found["times"]["all"]["acknowledge"] == {
        "alarms": 5, "n": 4, "p50_s": 70.0, "p90_s": 170.0, "p99_s": 197.0,
        "within_60_s": 0.4, "within_180_s": 0.6,
    }  # fmt: skip
    steps = {step: (row["n"], row["p50_s"]) for step, row in found["times"]["all"].items()}
    assert steps == {
        "acknowledge": (4, 70.0), "accept": (4, 300.0), "arrive": (4, 600.0), "resolve": (4, 1200.0),
    }  # fmt: skip
    assert (found["incidents"], found["opened"], found["unanswered"], found["escalations"]) == (5, 5, 1, 2)
    assert found["levels"] == [{"level": 1, "steps": 1}, {"level": 2, "steps": 1}]


def test_who_goes_at_once_has_acknowledged_and_what_was_undone_has_not_happened(log: Log) -> None:
    log.incident(("detected", 0), ("opened", 0), ("responding", 30))
    log.incident(
        ("detected", 0), ("opened", 0), ("acknowledged", 10), ("undone", 15, {"undoes": "acknowledged"}),
        ("acknowledged", 90),
    )  # fmt: skip
    times = log.figures()["times"]["all"]["acknowledge"]
    assert (times["n"], times["p50_s"], times["within_60_s"]) == (2, 60.0, 0.5)


def test_what_ended_by_itself_was_nobodys_to_answer(log: Log) -> None:
    log.incident(("detected", 0), ("opened", 0), ("recovered", 20), kind="offline", priority="low")
    log.incident(("detected", 0), ("cancelled", 12))
    log.incident(("detected", 0), ("opened", 0), ("acknowledged", 5))
    found = log.figures()
    assert (found["incidents"], found["opened"], found["recovered"], found["cancelled"]) == (3, 2, 1, 1)
    assert found["times"]["all"]["acknowledge"]["alarms"] == 1
    assert found["unanswered"] == 0


def test_false_alarms_are_counted_among_those_somebody_judged(log: Log) -> None:
    ends = ("false_alarm", "false_alarm", "help_given", "device_fault")
    for outcome in ends:
        log.incident(("detected", 0), ("opened", 0), ("resolved", 60, {"outcome": outcome}))
    log.incident(("detected", 0), ("cancelled", 9))
    log.incident(("detected", 0), ("opened", 0))
    log.incident(("detected", 0), ("opened", 0), ("resolved", 60, {"outcome": "ambulance"}), kind="sos")
    fall, sos = log.figures()["kinds"]
    assert fall == {
        "kind": "fall", "incidents": 6, "judged": 5, "false_alarms": 3, "called_off": 1, "false_share": 0.8,
    }  # fmt: skip
    assert (sos["kind"], sos["judged"], sos["false_share"]) == ("sos", 1, 0.0)


def test_delivery_by_channel(log: Log) -> None:
    incident = log.incident(("detected", 0), ("opened", 0))
    log.notified(incident, "seen", ("web_push", "unreachable", 1), ("apprise", "sent", 3))
    log.notified(incident, "delivered", ("web_push", "sent", 1), to=2)
    log.notified(incident, "failed", ("web_push", "gone", 1), to=3)
    log.notified(incident, "sent", kind="station", to=EAST)
    found = log.figures()
    apprise, push = found["channels"]
    assert (apprise["channel"], apprise["tries"], apprise["sent"], apprise["p50_s"]) == ("apprise", 1, 1, 3.0)
    assert push == {
        "channel": "web_push", "tries": 3, "sent": 1, "refused": 0, "unreachable": 1, "limited": 0, "gone": 1,
        "p50_s": 1.0, "p99_s": 1.0,
    }  # fmt: skip
    accounts, stations = found["notifications"]
    assert [accounts[word] for word in ("asked", "seen", "delivered", "failed", "sent")] == [3, 1, 1, 1, 0]
    assert (stations["recipient_kind"], stations["sent"]) == ("station", 1)


def test_a_street_is_its_communities_and_drills_are_apart(log: Log) -> None:
    log.incident(("detected", 0), ("opened", 0), station=EAST)
    log.incident(("detected", 0), ("opened", 0), station=WEST)
    log.incident(("detected", 0), ("opened", 0), station=None, kind="platform_outage")
    log.incident(("detected", 0), ("opened", 0), station=EAST, drill=True)
    log.incident(("detected", 0), station=EAST, kind="self_test", priority="low")
    log.incident(("detected", 0), ("opened", 0), at=START - timedelta(seconds=1))
    log.incident(("detected", 0), ("opened", 0), at=START + timedelta(days=1))
    counts = [log.figures(station)["incidents"] for station in (EAST, WEST, STREET, None)]
    assert counts == [1, 1, 2, 3]
    assert log.figures(None, rehearsals=True)["incidents"] == 2


def test_days_are_the_stations_own(log: Log) -> None:
    # 3:00 and 17:00 UTC are two days in Shanghai.
    log.incident(("detected", 0), ("opened", 0), ("acknowledged", 30))
    log.incident(
        ("detected", 0), ("opened", 0), ("escalated", 60, {"level": 1}), ("acknowledged", 90),
        ("resolved", 100, {"outcome": "false_alarm"}), at=START + timedelta(hours=14),
    )  # fmt: skip
    first, second = log.figures()["days"]
    assert (first["day"], first["incidents"], first["within_60_s"], first["acknowledge_p90_s"]) == (
        "2026-03-01", 1, 1, 30.0,
    )  # fmt: skip
    assert (second["day"], second["false_alarms"], second["within_60_s"], second["escalations"]) == (
        "2026-03-02", 1, 0, 1,
    )  # fmt: skip


def test_the_command_line_says_the_same(log: Log, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log.incident(("detected", 0), ("opened", 0), ("acknowledged", 30))
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(database_url=dsn))
    monkeypatch.setattr(commands, "load", settings.load)
    words = ["--station", "east", "--from", "2026-03-01T03:00:00", "--to", "2026-03-02T03:00:00"]
    answer = CliRunner().invoke(commands.figures, [*words, "--json"])
    assert json.loads(answer.output) == log.figures()
    assert "acknowledge 1 of 1: p50 30 s" in CliRunner().invoke(commands.figures, words).output
    assert "no station" in CliRunner().invoke(commands.figures, ["--station", "nowhere"]).output


def test_offers_and_an_empty_period(log: Log) -> None:
    assert log.figures()["times"] == {}
    assert log.figures()["kinds"] == []
    incident = log.incident(("detected", 0), ("opened", 0))
    log.conn.execute(
        "INSERT INTO account (id, login, name, password_hash, created_at) VALUES (1, 'a', 'A', '', %s)",
        (START,),
    )
    for n, (answer, after) in enumerate((("accepted", 10), ("lapsed", 60), ("accepted", 20))):
        log.conn.execute(
            "INSERT INTO offer (incident_id, n, account_id, offered_at, expires_at, answer, answered_at)"
            " VALUES (%s, %s, 1, %s, %s, %s, %s)",
            (incident, n, START, START, answer, START + timedelta(seconds=after)),
        )
    assert log.figures()["offers"] == [
        {"answer": "accepted", "offers": 2, "p50_s": 15.0},
        {"answer": "lapsed", "offers": 1, "p50_s": 60.0},
    ]


FALSE = {"outcome": "false_alarm"}


def test_what_was_reopened_and_stands_open_is_not_resolved_and_no_false_alarm(log: Log) -> None:
    """Closed as a false alarm, and reopened because she did lie there: the board shows it open."""
    log.incident(
        ("detected", 0), ("opened", 0), ("acknowledged", 20), ("resolved", 60, FALSE), ("reopened", 90)
    )
    found = log.figures()
    assert found["resolved"] == 0
    (fall,) = found["kinds"]
    assert (fall["judged"], fall["false_alarms"]) == (0, 0)
    assert found["times"]["all"]["resolve"]["n"] == 0
    assert sum(day["false_alarms"] for day in found["days"]) == 0


def test_the_days_add_up_to_the_kinds(log: Log) -> None:
    log.incident(("detected", 0), ("opened", 0), ("resolved", 60, FALSE))
    log.incident(("detected", 0), ("opened", 0), ("resolved", 60, {"outcome": "device_fault"}))
    log.incident(("detected", 0), ("opened", 0), ("resolved", 60, {"outcome": "help_given"}))
    found = log.figures()
    assert sum(day["false_alarms"] for day in found["days"]) == sum(
        one["false_alarms"] for one in found["kinds"]
    )


def test_what_was_reopened_and_dealt_with_is_resolved_once(log: Log) -> None:
    log.incident(("detected", 0), ("opened", 0), ("resolved", 60, FALSE), ("reopened", 90),
                 ("resolved", 300, {"outcome": "help_given"}))  # fmt: skip
    found = log.figures()
    assert (found["resolved"], found["kinds"][0]["false_alarms"]) == (1, 0)
    assert found["times"]["all"]["resolve"]["p50_s"] == 300


def test_who_closed_it_at_once_has_answered_it_though_it_was_reopened(log: Log) -> None:
    log.incident(("detected", 0), ("opened", 0), ("resolved", 20, FALSE), ("reopened", 90))
    found = log.figures()
    assert (found["unanswered"], found["times"]["all"]["acknowledge"]["p50_s"]) == (0, 20)
