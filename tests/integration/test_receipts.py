"""Proof: who got it, who saw it; and where people can be reached."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts import console
from alerts.delivery import endpoints, receipts
from alerts.delivery.channel import Outcome
from alerts.delivery.channels import channels
from alerts.delivery.settings import DeliverySettings
from core.clock import ManualClock
from tests.support.outbox import EAST, Outbox, outbox
from tests.support.sink import Sink

pytestmark = pytest.mark.integration


@pytest.fixture
def box(dsn: str, tmp_path: Path) -> Iterator[Outbox]:
    with outbox(dsn, tmp_path, ManualClock()) as one:
        yield one


def test_delivered_then_seen_and_never_back(box: Outbox) -> None:
    me, other = box.account(), box.account()
    note = box.notify(box.incident(), me)
    now = box.clock.now()
    assert not receipts.mark(box.conn, note, "seen", now, other)
    assert receipts.mark(box.conn, note, "delivered", now, me)
    assert box.state(note) == "delivered"
    assert receipts.mark(box.conn, note, "seen", now, me)
    assert receipts.mark(box.conn, note, "delivered", now, me)
    assert box.state(note) == "seen"
    (proof,) = receipts.of_account(box.conn, me)
    assert proof["delivered_at"] == proof["seen_at"] == box.now
    assert box.one("SELECT due_at FROM notification") is None  # nothing more to send
    assert receipts.of_account(box.conn, other) == []


def test_the_family_speaks_for_a_contact(box: Outbox) -> None:
    daughter, stranger = box.account("family", None, resident=1), box.account("family", None, resident=2)
    contact = box.one("INSERT INTO contact (resident_id, rank, name) VALUES (1, 1, 'Daughter') RETURNING id")
    note = box.notify(box.incident(), contact, kind="contact")
    assert not receipts.mark(box.conn, note, "seen", box.clock.now(), stranger)
    assert receipts.mark(box.conn, note, "seen", box.clock.now(), daughter)


def test_a_console_that_shows_an_alarm_says_so(box: Outbox) -> None:
    incident = box.incident()
    note = box.notify(incident, EAST, kind="station", sees="nothing")
    said = json.dumps({"incident": str(incident), "action": "shown"}).encode()
    assert console.take_action(box.conn, "nw/v1/station/west/act", said, box.clock.now()) != "shown"
    assert box.state(note) == "queued"
    assert console.take_action(box.conn, "nw/v1/station/east/act", said, box.clock.now()) == "shown"
    (proof,) = receipts.of_incident(box.conn, incident)
    assert (proof["state"], proof["name"], proof["recipient_kind"]) == ("delivered", "东社区", "station")


def test_an_open_board_is_a_receipt_for_its_account_and_its_stations(box: Outbox) -> None:
    me, incident = box.account(), box.incident()
    mine = box.notify(incident, me)
    stations = box.notify(incident, EAST, kind="station")
    others = box.notify(incident, box.account())
    assert receipts.boards_showed(box.conn, incident, me, [EAST], box.clock.now()) == 2
    assert [box.state(note) for note in (mine, stations, others)] == ["delivered", "delivered", "queued"]


def test_an_endpoint_can_be_tried_out(box: Outbox) -> None:
    with Sink().serves() as sink:
        key = box.endpoint(box.account(), f"{sink.url}/mine", language="en")
        ways = channels(DeliverySettings(allow_private_targets=True), box.keys)
        answer = endpoints.probe(box.conn, key, ways, "https://nowalls.example", box.clock.now())
        assert answer is not None
        assert answer.outcome is Outcome.SENT
        assert json.loads(sink.got[0].body)["title"] == "Test message"
        assert endpoints.probe(box.conn, key + 1, ways, "", box.clock.now()) is None
