"""A message as a CloudEvent: what the standard's own library reads back is what was said."""

import json

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from alerts.delivery.channel import Answer, Outcome
from alerts.delivery.channels import cloud_events
from alerts.delivery.channels.cloud_events import Binary, Structured
from alerts.delivery.channels.webhook import sign
from alerts.delivery.keys import Keys
from alerts.delivery.message import Message
from alerts.delivery.settings import DeliverySettings

MESSAGE = Message(
    id="6f6e2d5b-0b8e-5d0c-8a53-64656c697665", title="疑似跌倒", body="Where: 1 Lane", tag="incident-1",
    url="https://care.example/board#/incident/incident-1", priority="high", language="zh", purpose="alarm",
    drill=False, notification=7, endpoint=3, at=1_795_328_517, facts={"kind": "fall", "number": 17},
)  # fmt: skip


@pytest.fixture
def posted(monkeypatch, tmp_path):
    """What each way of sending would post: (headers, body)."""
    seen = []

    def post(target, body, headers):
        seen.append((headers, body))
        return Answer(Outcome.SENT, "HTTP 200")

    monkeypatch.setattr("alerts.delivery.channels.webhook.post", post)
    settings = DeliverySettings(allow_private_targets=True)

    def send(kind):
        assert kind(settings, Keys(tmp_path)).send("http://127.0.0.1:1/hook", MESSAGE).outcome is Outcome.SENT
        return seen[-1]

    return send


@pytest.mark.parametrize("kind", [Structured, Binary])
def test_both_forms_are_the_same_event(posted, kind, tmp_path) -> None:
    headers, body = posted(kind)
    event = from_http_event(HTTPMessage(headers={k.lower(): v for k, v in headers.items()}, body=body))
    assert (event.get_id(), event.get_specversion()) == (MESSAGE.id, "1.0")
    assert event.get_type() == "nowalls.notification.alarm"
    assert event.get_source() == "https://care.example/"
    assert event.get_subject() == "incident-1"
    assert event.get_time().isoformat() == "2026-11-22T06:21:57+00:00"
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("priority") == "high"
    data = event.get_data()
    told = data if isinstance(data, dict) else json.loads(data)
    assert told["title"] == "疑似跌倒"
    assert told["data"] == {"kind": "fall", "number": 17}
    stamp = headers["webhook-timestamp"]
    assert headers["webhook-signature"] == sign(Keys(tmp_path).webhook(3), MESSAGE.id, stamp, body)


def test_structured_says_so_and_binary_bears_the_type_of_its_data(posted) -> None:
    assert posted(Structured)[0]["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    headers, body = posted(Binary)
    assert headers["Content-Type"] == "application/json"
    assert "specversion" not in json.loads(body)
    assert headers["ce-drill"] == "false"


def test_what_no_header_may_hold_is_percent_encoded() -> None:
    told = cloud_events.headers({"datacontenttype": "application/json", "subject": '跌倒 "100%"\n'})
    assert told["ce-subject"] == "%E8%B7%8C%E5%80%92%20%22100%25%22%0A"
