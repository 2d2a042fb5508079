"""Nights at the station, on a real database and virtual time."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from alerts import console, cycles, store
from alerts.actions import act
from alerts.incident import Event, Incident, State, fold
from alerts.lifecycle import Action, Refusal
from core.batch import Batch
from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND, from_datetime, to_datetime
from ingest.decode import Decoded
from ingest.store import Store, Write
from tests.support.counted import counting
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=4)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


def test_a_fall_at_three_in_the_morning(night: Night) -> None:
    night.finds("fall", severity="possible", probability=0.97)
    night.works()
    (incident,) = night.incidents()
    assert (incident.state, incident.station) == ("detected", 3)
    night.clock.advance(seconds=30)
    night.works()
    night.clock.advance(seconds=60)
    night.works()
    (incident,) = night.incidents()
    assert (incident.state, incident.level) == ("open", 1)
    for name, outcome in (
        ("acknowledge", None),
        ("respond", None),
        ("arrive", None),
        ("resolve", "help_given"),
    ):
        night.clock.advance(minutes=2)
        after, refusal = act(night.conn, incident.id, Action(name, None, outcome), night.clock.now())
        assert refusal is None
    assert after is not None
    assert (after.state, after.outcome, after.next_step_at) == ("resolved", "help_given", None)
    assert night.events(incident.id) == [
        "detected", "opened", "escalated", "acknowledged", "responding", "arrived", "resolved",
    ]  # fmt: skip


def test_the_row_is_the_fold_of_its_events(night: Night) -> None:
    fall = night.finds("fall", severity="possible", probability=0.9)
    night.works()
    night.clock.advance(seconds=20)
    night.write(replace(fall, revision=1, severity="long_lie", at=night.clock.now()))
    night.finds("sos")
    night.works()
    (incident,) = night.incidents()
    assert (incident.severity, incident.state) == ("long_lie", "open")
    rows = night.conn.execute(
        "SELECT kind, at, actor_id, data FROM incident_event WHERE incident_id = %s ORDER BY n",
        (incident.id,),
    ).fetchall()
    events = [Event(kind, from_datetime(at), actor, data) for kind, at, actor, data in rows]
    blank = replace(
        incident, version=0, state=State.DETECTED, severity="possible", state_since=fall.at, opened_at=None,
        next_step_at=None, reason_key="fall.x", probability=0.9,
    )  # fmt: skip
    assert fold(blank, events) == incident


def test_the_same_findings_again_change_nothing(night: Night) -> None:
    fall = night.finds("fall", severity="possible")
    with counting("nowalls_verdicts_total") as counted:
        night.works()
        night.write(fall, fall)
        night.works()
    assert len(night.incidents()) == 1
    assert night.verdicts() == ["opened"]
    assert counted == {("opened",): 1}


def test_the_urgent_ones_are_ruled_on_first(night: Night) -> None:
    for device in range(1, 600):
        night.finds("low_battery", home=1 + device % 4, device=device, resident=None)
    night.finds("smoke", home=2, resident=None)
    assert cycles.triage(night.conn, store.policies(night.conn), night.clock.now()) == 500
    assert "smoke" in {incident.kind for incident in night.incidents()}


def test_two_engines_and_a_crowd_rule_on_everything_once(night: Night, dsn: str) -> None:
    for n in range(200):
        night.finds("sos", home=1 + n % 4, onset=night.clock.now() + n, at=night.clock.now() + n * MINUTE)
    policies, now = store.policies(night.conn), night.clock.now()

    def engine() -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            for _ in range(50):
                cycles.triage(conn, policies, now)
                cycles.due(conn, policies, now)

    engines = [threading.Thread(target=engine) for _ in range(3)]
    for thread in engines:
        thread.start()
    for thread in engines:
        thread.join()
    night.works()
    assert len(night.verdicts()) == 200
    assert len(night.incidents()) == 4  # one a resident: the rest are the same call for help
    assert sorted(set(night.verdicts())) == ["duplicate", "opened"]


def test_of_two_who_acknowledge_one_wins(night: Night, dsn: str) -> None:
    night.finds("sos")
    night.works()
    (incident,) = night.incidents()
    barrier, results = threading.Barrier(2), []

    def press() -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            barrier.wait()
            action = Action("acknowledge", None, seen_version=incident.version)
            results.append(act(conn, incident.id, action, night.clock.now())[1])

    people = [threading.Thread(target=press) for _ in range(2)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert sorted(map(str, results)) == sorted(["None", str(Refusal.LOST_RACE)])


def test_the_triage_cursor_never_passes_a_finding_nobody_ruled_on(night: Night) -> None:
    night.finds("sos")
    night.works()
    night.clock.advance(minutes=20)
    night.finds("sos", home=2)
    cycles.advance(night.conn, night.clock.now())
    night.works()
    assert len(night.incidents()) == 2
    night.clock.advance(minutes=20)
    cycles.advance(night.conn, night.clock.now())
    assert night.conn.execute("SELECT serial FROM triage_cursor").fetchone() == (2,)
    night.finds("sos", home=3)
    night.works()
    assert len(night.incidents()) == 3


def test_events_are_append_only(night: Night) -> None:
    night.finds("sos")
    night.works()
    for statement in ("UPDATE incident_event SET kind = 'x'", "DELETE FROM incident_event"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            night.conn.execute(statement.encode())


def asked(incident: Incident, action: str, **more: Any) -> bytes:
    return json.dumps({"incident": str(incident.id), "action": action, **more}).encode()


def test_a_console_acts_in_its_own_station_and_nowhere_else(night: Night) -> None:
    night.finds("sos", home=1)  # east
    night.works()
    (incident,) = night.incidents()
    now = night.clock.now()
    press = asked(incident, "acknowledge")
    assert console.take_action(night.conn, "nw/v1/station/west/act", press, now) == "unknown-incident"
    assert console.take_action(night.conn, "nw/v1/station/east/act", press, now) == "done"
    assert console.take_action(night.conn, "nw/v1/station/street/act", press, now) == "illegal-transition"
    done = asked(incident, "resolve", outcome="help_given")
    assert console.take_action(night.conn, "nw/v1/station/street/act", done, now) == "done"


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"{}", b'{"incident":1,"action":2}', b'{"incident":"x","action":"y"}', b"\xff"],
)
def test_a_console_that_talks_nonsense_is_told_so(night: Night, payload: bytes) -> None:
    assert (
        console.take_action(night.conn, "nw/v1/station/east/act", payload, night.clock.now()) == "malformed"
    )


def test_the_console_shows_words_and_codes_but_no_name(night: Night) -> None:
    night.finds("sos")
    night.works()
    (incident,) = night.incidents()
    row = night.conn.execute(store.Q["for_console"], {"ids": [incident.id]}).fetchone()
    assert row is not None
    shown, over = console.payload(row)
    assert (shown["home"], shown["priority"], over) == ("h1", "high", False)
    assert "Resident 1" not in json.dumps(shown, ensure_ascii=False)


def test_every_change_is_wanted_on_the_console_of_its_station(night: Night) -> None:
    night.finds("sos")
    night.works()
    (incident,) = night.incidents()
    act(night.conn, incident.id, Action("acknowledge", None), night.clock.now() + SECOND)
    rows = night.conn.execute("SELECT target, wanted, due_at FROM publication").fetchall()
    assert rows == [("east", 3, to_datetime(night.clock.now() + SECOND))]


def test_an_unanswered_incident_shows_on_the_consoles_above(night: Night) -> None:
    night.finds("sos")
    night.works()
    shown = []
    for _ in range(4):
        rows = night.conn.execute("SELECT target FROM publication ORDER BY target").fetchall()
        shown.append([row[0] for row in rows])
        night.clock.advance(seconds=60)
        night.works()
    assert shown == [["east"], ["east", "street"], ["city", "east", "street"], ["city", "east", "street"]]


@pytest.mark.parametrize("note", ["a\x00b", "half \ud83d a pair"])
def test_a_note_the_database_cannot_hold_is_cleaned(night: Night, note: str) -> None:
    night.finds("sos")
    night.works()
    (incident,) = night.incidents()
    press = asked(incident, "acknowledge", note=note)
    assert console.take_action(night.conn, "nw/v1/station/east/act", press, night.clock.now()) == "done"


def test_a_finding_committed_late_is_found_by_the_next_whole_look(night: Night, dsn: str) -> None:
    look = cycles.Look()
    with psycopg.connect(dsn) as slow:
        late = Store(slow)
        with slow.transaction():  # takes its number first, commits last
            one = Finding("sos", 2, 1, night.clock.now(), Reason("sos.x"), resident=2)
            late.write(Write(Decoded(Batch(night.clock.now())), [one]), night.clock.now())
            slow.execute("SELECT setval(pg_get_serial_sequence('finding', 'serial'), 5000)")
            night.finds("smoke", resident=None)
            assert look.triage(night.conn, night.book, night.clock.now()) == 1
        assert look.triage(night.conn, night.book, night.clock.now()) == 0
    look.whole()
    assert look.triage(night.conn, night.book, night.clock.now()) == 1
    assert sorted(i.kind for i in night.incidents()) == ["smoke", "sos"]


def boards(night: Night) -> set[str]:
    """The consoles that are to show something."""
    return {code for (code,) in night.conn.execute("SELECT DISTINCT target FROM publication")}


def recipients(night: Night) -> set[tuple[str, int]]:
    """Who is told of something."""
    return set(night.conn.execute("SELECT recipient_kind, recipient_id FROM notification").fetchall())


def test_an_outage_of_one_station_is_that_stations_matter(night: Night) -> None:
    night.finds("platform_outage", home=0, resident=None, severity="region", evidence={"station": night.east})
    night.works()
    (incident,) = night.incidents()
    assert (incident.station, incident.home) == (night.east, None)
    assert boards(night) == {"east"}
    assert ("station", night.east) in recipients(night)


def test_an_outage_of_everything_is_told_to_the_top_and_to_those_who_answer_for_everything(
    night: Night,
) -> None:
    anna = night.hires("anna", "administrator", "city")
    night.conn.execute("UPDATE role_grant SET station_id = NULL WHERE account_id = %s", (anna,))
    night.finds("platform_outage", home=0, resident=None)
    night.works()
    (incident,) = night.incidents()
    assert incident.station is None
    assert boards(night) == {"city"}
    assert recipients(night) == {("station", night.city), ("account", anna)}
    asked = json.dumps({"incident": str(incident.id), "action": "acknowledge"}).encode()
    for station, became in (("east", "unknown-incident"), ("city", "done")):
        word = console.take_action(night.conn, f"nw/v1/station/{station}/act", asked, night.clock.now())
        assert word == became
