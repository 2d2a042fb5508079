"""Proof: who got it, who saw it; and where people can be reached."""

import json
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from alerts import console
from alerts.delivery import endpoints, receipts
from alerts.delivery.channel import Outcome
from alerts.delivery.channels import channels
from alerts.delivery.endpoints import Refusal, Wanted
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


def test_endpoints_are_listed_without_what_is_secret_in_them(box: Outbox) -> None:
    me = box.account()
    push = json.dumps({"endpoint": "https://push.example/s3cret", "keys": {"p256dh": "a", "auth": "b"}})
    for channel, address in (
        ("web_push", push),
        ("apprise", "dingtalk://s3cret/13900000000"),
        ("webhook", "https://city.example/s3cret?token=s3cret"),
    ):
        added = endpoints.add(box.conn, Wanted("account", me, channel, address), me, box.clock.now())
        assert isinstance(added, int)
        assert endpoints.add(box.conn, Wanted("account", me, channel, address), me, box.clock.now()) == added
    shown = endpoints.listed(box.conn, "account", me)
    assert [one.address for one in shown] == ["push.example", "dingtalk://…", "https://city.example/…"]
    assert "s3cret" not in str(shown)
    assert endpoints.remove(box.conn, shown[0].id, "account", me, box.clock.now())
    assert not endpoints.remove(box.conn, shown[1].id, "account", me + 1, box.clock.now())
    assert [one.channel for one in endpoints.listed(box.conn, "account", me)] == ["apprise", "webhook"]


@pytest.mark.parametrize(
    ("channel", "address", "more", "refusal"),
    [
        ("pigeon", "coop://1", {}, Refusal.UNKNOWN_CHANNEL),
        ("webhook", "ftp://x.example/", {}, Refusal.BAD_ADDRESS),
        ("webhook", "https://x.example/" + "a" * 5000, {}, Refusal.BAD_ADDRESS),
        ("web_push", '{"endpoint": "https://x.example/"}', {}, Refusal.BAD_ADDRESS),
        ("web_push", "[]", {}, Refusal.BAD_ADDRESS),
        ("apprise", "no scheme", {}, Refusal.BAD_ADDRESS),
        ("webhook", "https://x.example/", {"quiet_from": time(22)}, Refusal.BAD_QUIET_HOURS),
        ("webhook", "https://x.example/", {"least": "urgent"}, Refusal.BAD_VALUE),
        ("webhook", "https://x.example/", {"rank": 0}, Refusal.BAD_VALUE),
    ],
)
def test_what_is_no_endpoint_is_refused(
    box: Outbox, channel: str, address: str, more: dict[str, object], refusal: Refusal
) -> None:
    wanted = Wanted("account", 1, channel, address, **more)  # type: ignore[arg-type]
    assert endpoints.add(box.conn, wanted, None, box.clock.now()) is refusal


def test_an_endpoint_can_be_tried_out(box: Outbox) -> None:
    with Sink().serves() as sink:
        wanted = Wanted("account", box.account(), "webhook", f"{sink.url}/mine", language="en")
        key = endpoints.add(box.conn, wanted, None, box.clock.now())
        assert isinstance(key, int)
        ways = channels(DeliverySettings(allow_private_targets=True), box.keys)
        answer = endpoints.probe(box.conn, key, ways, "https://nowalls.example", box.clock.now())
        assert answer is not None
        assert answer.outcome is Outcome.SENT
        assert json.loads(sink.got[0].body)["title"] == "Test message"
        assert endpoints.probe(box.conn, key + 1, ways, "", box.clock.now()) is None
