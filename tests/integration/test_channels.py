"""Each channel against a server that really speaks its protocol."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from alerts.delivery.keys import Keys, public_vapid
from alerts.delivery.pace import Pace
from alerts.delivery.store import use_service
from core.embedded.ports import any_free
from tests.support.outbox import Outbox, outbox, wait
from tests.support.push_service import Browser, claims
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


def test_a_phone_opens_what_was_sealed_for_it(box: Outbox, sink: Sink) -> None:
    daughter = box.account("family", None, resident=1)
    phone = Browser(sink)
    box.endpoint(daughter, phone.subscription, channel="web_push", language="zh")
    incident = box.incident()
    with box.worker():
        note = box.notify(incident, daughter)
        wait(lambda: box.state(note) == "sent")
    (got,) = sink.got
    said = phone.opens(got)
    assert (said["title"], said["notification_id"], said["tag"]) == ("疑似跌倒", note, str(incident))
    assert said["url"] == "https://nowalls.example/family"
    assert "Resident 1" in said["body"]
    assert b"Resident" not in got.body
    assert (got.headers["urgency"], got.headers["ttl"], len(got.headers["topic"])) == ("high", "3600", 32)
    sworn = claims(got, box.keys.vapid_public())
    assert sworn["sub"].startswith("mailto:")
    assert sworn["exp"] > got.at


def test_a_browser_that_unsubscribed_is_forgotten(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    gone = box.endpoint(somebody, Browser(sink, "/push/gone").subscription, channel="web_push")
    box.endpoint(somebody, f"{sink.url}/hook", rank=2)
    sink.status["/push/gone"] = 410
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: box.state(note) == "sent")
    assert box.outcomes(note) == ["gone", "sent"]
    assert box.one("SELECT removed_at IS NOT NULL FROM endpoint WHERE id = %s", gone)


def test_a_subscription_that_is_none_is_refused(box: Outbox) -> None:
    somebody = box.account()
    for address in (
        "{}",
        "not json",
        '{"endpoint": "https://x.example/", "keys": {"auth": "", "p256dh": "AA"}}',
    ):
        box.endpoint(somebody, address, channel="web_push")
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: len(box.outcomes(note)) >= 3)
    assert set(box.outcomes(note)[:3]) == {"refused"}


def test_apprise_takes_it_to_a_service(box: Outbox, sink: Sink) -> None:
    somebody = box.account()
    box.endpoint(somebody, f"json://{sink.url.removeprefix('http://')}/robot", channel="apprise")
    with box.worker():
        note = box.notify(box.incident(), somebody)
        wait(lambda: box.state(note) == "sent")
    (got,) = sink.got
    body = json.loads(got.body)
    assert body["title"] == "Possible fall"
    assert body["type"] == "failure"  # its word for the most urgent
    assert "/board#/incident/" in body["message"]


class Postman:
    """Keeps the letters that come by SMTP."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(envelope)
        return "250 kept"


def test_a_letter_arrives(box: Outbox) -> None:
    postman, somebody = Postman(), box.account()
    controller = Controller(postman, hostname="127.0.0.1", port=any_free())
    controller.start()
    try:
        address = (
            f"mailto://127.0.0.1:{controller.port}?from=station@x.example&to=son@x.example&smtp=127.0.0.1"
        )
        box.endpoint(somebody, address, channel="apprise")
        with box.worker():
            note = box.notify(box.incident(), somebody)
            wait(lambda: box.state(note) == "sent")
    finally:
        controller.stop()
    (letter,) = postman.letters
    assert letter.rcpt_tos == ["son@x.example"]
    assert b"Possible fall" in letter.content


def test_a_robot_is_not_used_more_often_than_its_service_allows(box: Outbox, sink: Sink) -> None:
    """Twenty a minute, a quarter of them kept for high priority, however many workers there are."""
    somebody = box.account()
    robot = box.endpoint(somebody, "dingtalk://0123456789abcdef0123456789", channel="apprise")
    incident = box.incident()
    notes = [box.notify(incident, somebody, n=n, priority="medium") for n in range(25)]
    with box.worker(), box.worker():
        wait(lambda: box.one("SELECT count(*) FROM delivery_attempt WHERE outcome <> 'limited'") >= 15)
        wait(lambda: box.one("SELECT cardinality(uses) FROM service_use") == 15)
        urgent = [box.notify(incident, somebody, n=100 + n) for n in range(8)]
        wait(lambda: all(box.outcomes(note) for note in urgent))
        assert box.one("SELECT max(cardinality(uses)) FROM service_use") == 20
    tried = box.one(
        "SELECT count(*) FROM delivery_attempt WHERE outcome <> 'limited' AND endpoint_id = %s", robot
    )
    assert tried == 20
    assert len(notes) == 25


def test_a_use_by_a_colleague_whose_clock_was_read_a_moment_later_counts(box: Outbox) -> None:
    pace, now = Pace(1, timedelta(minutes=1)), datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert use_service(box.conn, "robot", pace, now + timedelta(milliseconds=5)) is None
    assert use_service(box.conn, "robot", pace, now) == now + timedelta(minutes=1, milliseconds=5)
    assert use_service(box.conn, "robot", pace, now - timedelta(hours=1)) is None, "the clock was set back"


def test_keys_are_private_made_once_and_the_same_for_everybody(tmp_path: Path) -> None:
    keys = [Keys(tmp_path).vapid_public() for _ in range(3)]
    assert len(set(keys)) == 1
    assert public_vapid(tmp_path) == keys[0]
    Keys(tmp_path).webhook(1)
    assert Keys(tmp_path).webhook(1) != Keys(tmp_path).webhook(2)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
    assert sorted(path.name for path in (tmp_path / "secrets").iterdir()) == ["vapid.pem", "webhook"]
