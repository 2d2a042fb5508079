"""From a row in the outbox to a phone, over real connections."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from alerts.delivery import post, target
from alerts.delivery.message import Content, Message
from alerts.delivery.message import render as render_message
from api import addresses
from api.problems import Problem
from core.clock import ScaledClock, SystemClock
from core.instant import HOUR
from tests.support.kills import kill_again_and_again
from tests.support.outbox import EAST, Outbox, outbox, wait
from tests.support.sink import Sink

pytestmark = pytest.mark.integration


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink().serves() as one:
        yield one


@pytest.fixture
def box(dsn: str, tmp_path: Path) -> Iterator[Outbox]:
    with outbox(dsn, tmp_path) as one:
        yield one


def test_a_webhook_gets_the_alarm_signed_and_the_proof_is_kept(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    endpoint = box.endpoint(somebody, f"{sink.url}/hook?k=1")
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: box.state(note) == "sent")
    (got,) = sink.got
    body = json.loads(got.body)
    assert (got.path, body["title"], body["drill"]) == ("/hook?k=1", "Possible fall", False)
    assert "Resident 1" in body["body"]
    assert "1 Lane" in body["body"]
    key = base64.b64decode(box.keys.webhook(endpoint).removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.headers["Idempotency-Key"] == got.headers["webhook-id"] == body["id"]
    row = box.conn.execute("SELECT channel, tries, due_at, sent_at FROM notification").fetchone()
    assert row is not None
    assert row[:3] == ("webhook", 1, None)
    assert row[3] is not None
    assert box.outcomes(note) == ["sent"]


def test_each_reader_gets_what_it_may_know(box: Outbox, sink: Sink) -> None:
    people = {word: box.account() for word in ("all", "address", "nothing")}
    for word, account in people.items():
        box.endpoint(account, f"{sink.url}/{word}")
    incident = box.incident(drill=True)
    with box.worker():
        for word, account in people.items():
            box.notify(incident, account, sees=word)
        wait(lambda: len(sink.got) == 3)
    said = {got.path[1:]: got.body.decode() for got in sink.got}
    assert "Resident 1" in said["all"]
    assert "Possible fall" in said["all"]
    assert "1 Lane" in said["address"]
    assert "Resident 1" not in said["address"]
    assert "fall" not in said["address"].lower()
    assert "1 Lane" not in said["nothing"]
    assert "fall" not in said["nothing"].lower()
    assert all("[DRILL / 演练]" in text for text in said.values())


def test_a_slow_service_holds_up_nobody_else(box: Outbox, sink: Sink) -> None:
    sink.slow.add("/slow")
    patient, quick = box.account(), box.account()
    with Sink().serves() as other:
        box.endpoint(patient, f"{sink.url}/slow")
        box.endpoint(quick, f"{other.url}/quick")
        with box.worker():
            first = box.notify(box.incident(), patient)
            wait(lambda: sink.got)
            notes = [box.notify(box.incident(), quick) for _ in range(5)]
            wait(lambda: all(box.state(note) == "sent" for note in notes))
            assert box.state(first) == "queued"
            sink.release.set()
            wait(lambda: box.state(first) == "sent")


def test_services_that_hang_and_fill_our_hands_delay_no_urgent_alarm(
    box: Outbox, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "_HELD", 4)
    sink.slow.add("/slow")
    patient, quick = box.account(), box.account()
    with Sink().serves() as other:
        box.endpoint(patient, f"{sink.url}/slow")
        box.endpoint(quick, f"{other.url}/quick")
        with box.worker():
            notes = [box.notify(box.incident(), patient, priority="medium") for _ in range(9)]
            wait(lambda: sink.got)
            urgent = [box.notify(box.incident(), quick) for _ in range(9)]
            wait(lambda: all(box.state(note) == "sent" for note in urgent), seconds=8)
            assert {box.state(note) for note in notes} == {"queued"}
            sink.release.set()
            wait(lambda: all(box.state(note) == "sent" for note in notes))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that does not answer is given up after half a second instead of ten."""
    monkeypatch.setattr(target, "_TIMEOUT", urllib3.Timeout(total=0.5, connect=0.5, read=0.5))


@pytest.mark.usefixtures("impatient")
def test_many_alarms_do_not_each_wait_until_the_first_way_has_failed_again(box: Outbox, sink: Sink) -> None:
    """One at a time goes to a receiver: five hundred alarms, ten seconds each, would be told in an hour."""
    sink.slow.add("/hangs")
    operator = box.account()
    with Sink().serves() as second:
        box.endpoint(operator, f"{sink.url}/hangs", rank=1)
        box.endpoint(operator, f"{second.url}/works", rank=2)
        with box.worker():
            notes = [box.notify(box.incident(), operator) for _ in range(15)]
            wait(lambda: all(box.state(note) == "sent" for note in notes))
        sink.release.set()
    assert len(sink.got) < 8  # three failures say that it fails; what waited goes the other way


@pytest.mark.usefixtures("impatient")
def test_a_receiver_that_is_behind_does_not_hold_back_the_phone_beside_it(box: Outbox, sink: Sink) -> None:
    sink.slow.add("/slow")
    others, operator = box.account(), box.account()
    with Sink().serves() as phone:
        box.endpoint(others, f"{sink.url}/slow")
        box.endpoint(operator, f"{sink.url}/slow")
        box.endpoint(operator, f"{phone.url}/phone")
        with box.worker():
            for _ in range(40):
                box.notify(box.incident(), others, priority="medium")
            wait(lambda: len(sink.got) > 3)  # so it is known how long one takes
            box.notify(box.incident(), operator, priority="medium")
            wait(lambda: phone.got)
            before = len(sink.got)
            sink.release.set()
    assert before < 20


def test_a_clock_that_is_set_back_delays_nobody(box: Outbox, sink: Sink) -> None:
    patient, asleep = box.account(), box.account()
    box.endpoint(patient, f"{sink.url}/down")
    box.endpoint(asleep, f"{sink.url}/night", quiet_from="00:00", quiet_until="23:59:59")
    sink.status["/down"] = 503
    with outbox_at(box, hours=1).worker():
        urgent = box.notify(box.incident(), patient)
        later = box.notify(box.incident(), asleep, priority="low")
        wait(lambda: box.outcomes(urgent))
    box.conn.execute("UPDATE notification SET queued_at = queued_at + interval '1 hour'")
    sink.status.clear()
    with box.worker():
        wait(lambda: box.state(urgent) == "sent")
        wait(lambda: box.one("SELECT worker IS NULL FROM notification WHERE id = %s", later))
    assert box.state(later) == "queued"


def outbox_at(box: Outbox, hours: float) -> Outbox:
    """The same, by a clock that is ahead."""
    ahead = ScaledClock(SystemClock().now(), SystemClock().now() + round(hours * HOUR), 1.0)
    return Outbox(box.dsn, box.conn, box.folder, ahead)


def test_what_one_person_typed_or_is_told_harms_nobody_else(
    box: Outbox, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = (("apprise", "mailto://li:pa[ss@example.com"), ("webhook", "https://[::1"))
    with pytest.raises(Problem):
        addresses.apprise(unreadable[0][1], private=False)
    bad, incident = box.account(), box.incident()
    for channel, address in unreadable:
        box.endpoint(bad, address, channel)
    unready, operator = box.account(), box.account()
    box.endpoint(unready, f"{sink.url}/unready")
    box.endpoint(operator, f"{sink.url}/hook")
    first = [box.notify(incident, one) for one in (bad, unready)]

    def render(content: Content, *args: Any) -> Message:
        if content.notification == first[1]:
            raise KeyError("a word that is not there")
        return render_message(content, *args)

    monkeypatch.setattr(post, "render", render)
    with box.worker():
        note = box.notify(incident, operator)
        wait(lambda: box.state(note) == "sent")
        assert box.state(first[1]) == "queued"


def test_the_next_endpoint_takes_over_and_a_dead_one_is_reported_until_it_works(
    box: Outbox, sink: Sink
) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/dead", rank=1)
    box.endpoint(somebody, f"{sink.url}/alive", rank=2)
    sink.status["/dead"] = 500
    with box.worker():
        tell_of_a_fall(box, somebody, times=3)
        assert falls(sink) == ["/dead", "/alive"] * 3
        # It has failed three times in a row: somebody at the station is told, and the next goes first.
        fault = wait(lambda: box.one("SELECT id FROM incident WHERE kind = 'channel_failing'"))
        tell_of_a_fall(box, somebody)
        assert falls(sink) == ["/dead", "/alive"] * 3 + ["/alive"]
        # Minutes later it is tried again, and works.
        box.conn.execute("UPDATE endpoint_state SET last_failed_at = last_failed_at - interval '6 minutes'")
        sink.status.clear()
        tell_of_a_fall(box, somebody)
        assert falls(sink)[-1:] == ["/dead"]
        wait(lambda: box.one("SELECT state FROM incident WHERE id = %s", fault) == "resolved")


def tell_of_a_fall(box: Outbox, account: int, times: int = 1) -> None:
    notes = []
    for _ in range(times):
        notes.append(box.notify(box.incident(), account))
        wait(lambda: box.state(notes[-1]) == "sent")


def falls(sink: Sink) -> list[str]:
    """Where the news of falls went; the fault itself is told too."""
    return [got.path for got in sink.got if b'"kind":"fall"' in got.body]


def test_endpoints_of_one_rank_are_told_together_and_once(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    for path in ("a", "b", "c"):
        box.endpoint(somebody, f"{sink.url}/{path}", rank=2 if path == "c" else 1)
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: box.one("SELECT due_at IS NULL FROM notification"))
    assert sorted(sink.paths()) == ["/a", "/b"]
    assert box.outcomes(note) == ["sent", "sent"]


def test_who_cannot_be_reached_is_failed_and_may_be_reached_later(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/down")
    sink.status["/down"] = 503
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: box.state(note) == "failed")
        assert len(falls(sink)) == 3
        assert box.one("SELECT due_at IS NOT NULL FROM notification WHERE id = %s", note)
        sink.status.clear()
        wait(lambda: box.state(note) == "sent")
    assert box.outcomes(note) == ["unreachable"] * 3 + ["sent"]


def test_what_is_over_is_not_told_any_more_but_its_end_is(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/x")
    incident = box.incident()
    late = box.notify(incident, somebody)
    end = box.notify(incident, somebody, purpose="closed", n=2)
    box.conn.execute(
        "UPDATE incident SET state = 'resolved', closed_at = %s, outcome = 'help_given'", (box.now,)
    )
    with box.worker():
        wait(lambda: box.state(end) == "sent")
        wait(lambda: box.state(late) == "superseded")
    (got,) = sink.got
    body = json.loads(got.body)
    assert body["title"] == "Over: Possible fall"
    assert "Help was given" in body["body"]


def test_who_may_know_no_longer_is_not_told_what_waited(box: Outbox, sink: Sink) -> None:
    """Consent that is withdrawn, and access that ends, hold for what lies in the outbox too."""
    withdrawn, ended, both, kept = (box.account("family", None, home) for home in (1, 2, 1, 2))
    box.conn.execute(
        "INSERT INTO role_grant (account_id, role, station_id, granted_at) VALUES (%s, 'operator', 3, %s)",
        (both, box.now),
    )
    for home in (1, 2):
        box.conn.execute(
            "INSERT INTO consent (resident_id, purpose, version, given_at) VALUES (%s, 'family_view', 1, %s)"
            " ON CONFLICT DO NOTHING",
            (home, box.now),
        )
    dismissed, volunteer = box.account(), box.account()
    told = {withdrawn: 1, ended: 2, dismissed: 1, both: 1, kept: 2, volunteer: 1}
    for account in told:
        box.endpoint(account, f"{sink.url}/{account}")
    notes = [box.notify(box.incident(home=home), account) for account, home in told.items()]
    box.conn.execute("UPDATE consent SET withdrawn_at = %s WHERE resident_id = 1", (box.now,))
    for account in (ended, dismissed, volunteer):
        box.conn.execute("UPDATE role_grant SET revoked_at = %s WHERE account_id = %s", (box.now, account))
    box.conn.execute(  # who has no role any more, and is on the roster
        "INSERT INTO shift (station_id, role, account_id, days, from_time, until_time, first_day)"
        " VALUES (3, 'volunteer', %s, '{1}', '08:00', '20:00', '2026-01-01')",
        (volunteer,),
    )
    with box.worker():
        wait(lambda: [box.state(note) for note in notes] == ["superseded"] * 3 + ["sent"] * 3)
    assert {got.path for got in sink.got} == {f"/{both}", f"/{kept}", f"/{volunteer}"}


def test_nobody_is_woken_for_what_somebody_has_in_hand(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/x")
    incident = box.incident()
    alarm, update = box.notify(incident, somebody), box.notify(incident, somebody, purpose="update", n=2)
    box.takes_in_hand(incident, 2, "responding")
    with box.worker():
        wait(lambda: box.state(update) == "sent")
        wait(lambda: box.state(alarm) == "superseded")
    assert len(sink.got) == 1


def test_a_question_that_was_answered_is_not_asked(box: Outbox, sink: Sink) -> None:
    quick, slow = box.account("responder"), box.account("responder")
    box.endpoint(quick, f"{sink.url}/quick")
    box.endpoint(slow, f"{sink.url}/slow")
    incident = box.incident()
    for n, (account, answer) in enumerate(((quick, None), (slow, "withdrawn"))):
        box.conn.execute(
            "INSERT INTO offer (incident_id, n, account_id, offered_at, expires_at, answer)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (incident, n, account, box.now, box.now, answer),
        )
    asked, spared = (box.notify(incident, account, purpose="offer") for account in (quick, slow))
    with box.worker():
        wait(lambda: box.state(asked) == "sent")
        wait(lambda: box.state(spared) == "superseded")
    assert sink.paths() == ["/quick"]


def test_the_urgent_go_first(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/x")
    incident = box.incident()
    for n in range(20):
        box.notify(incident, somebody, n=n, priority="low", purpose="alarm")
    box.notify(incident, somebody, n=50, priority="high", purpose="escalation")
    with box.worker():
        wait(lambda: len(sink.got) == 21)
    assert json.loads(sink.got[0].body)["type"] == "notification.escalation"


def test_nothing_is_sent_into_our_own_network(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    for address in (
        f"{sink.url}/x",
        "http://localhost:9/",
        "http://[::ffff:127.0.0.1]:9/",
        "file:///etc/passwd",
    ):
        box.endpoint(somebody, address)
    box.endpoint(somebody, f"json://{sink.url.removeprefix('http://')}/y", channel="apprise")
    with box.worker(allow_private_targets=False):
        note = box.notify(box.incident(), somebody)
        wait(lambda: len(box.outcomes(note)) >= 5)
    assert sink.got == []
    assert set(box.outcomes(note)[:5]) == {"refused"}


def test_a_redirect_is_not_followed(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/moved")
    sink.status["/moved"] = 302
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: box.outcomes(note))
    assert box.outcomes(note)[0] == "refused"
    assert "/elsewhere" not in sink.paths()


def test_a_station_without_endpoints_and_without_a_broker_is_unreached(box: Outbox) -> None:
    note = box.notify(box.incident(), EAST, kind="station")
    box.conn.execute("UPDATE notification SET queued_at = queued_at - interval '1 minute'")
    with box.worker():
        wait(lambda: box.state(note) == "failed")


def test_two_workers_tell_each_thing_once(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/x")
    incident = box.incident()
    notes = [box.notify(incident, somebody, n=n) for n in range(100)]
    with box.worker(), box.worker():
        wait(lambda: all(box.state(note) == "sent" for note in notes))
    assert len({got.headers["Idempotency-Key"] for got in sink.got}) == len(sink.got) == 100


def test_a_database_that_goes_away_while_a_message_is_under_way_hears_of_it_later(
    box: Outbox, sink: Sink
) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/slow")
    sink.slow.add("/slow")
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: sink.got)
        box.conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        sink.release.set()
        wait(lambda: box.state(note) == "sent")
    assert len(sink.got) == 1
    assert box.outcomes(note) == ["sent"]


def test_killed_at_any_point_it_loses_nothing_and_repeats_one_message_at_most(
    box: Outbox, sink: Sink
) -> None:
    count = kill_again_and_again(box, sink, kills=20, seed=11)
    assert count.lost == 0
    assert count.worst_of_a_kill <= 1
    assert count.twice <= count.kills


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_killed_a_thousand_times(box: Outbox, sink: Sink) -> None:
    count = kill_again_and_again(box, sink, kills=1000, seed=5)
    print(count)
    assert (count.lost, count.worst_of_a_kill <= 1) == (0, True)
