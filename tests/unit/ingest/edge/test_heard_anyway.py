"""What a gateway hands up that must be heard whatever its clock or its budget says."""

from dataclasses import replace

import msgspec
import pytest

from core.directory import DeviceEntry, Directory
from core.instant import HOUR, MINUTE, SECOND
from ingest.budget import Budget, Limits
from ingest.message import Message
from ingest.relay import unfold
from tests.unit.ingest.edge.home import NOW

GATEWAY = DeviceEntry(10, "g1", 1, "h1", 7, None, "gateway")
WATCH = DeviceEntry(11, "w1", 1, "h1", 7, 5, "wearable")
DIRECTORY = Directory.of([GATEWAY, WATCH], {1: (5,)})


def _fall(at: int, received: int) -> Message:
    finding = {
        "kind": "fall", "onset": at, "at": at, "reason": {"key": "fall.possible", "params": {}},
        "resident": 5, "device": "w1", "severity": "possible", "probability": 0.97,
    }  # fmt: skip
    return Message("nw/v1/h1/g1/relay", msgspec.json.encode([{"finding": finding}]), received)


@pytest.mark.parametrize("ahead", [6 * SECOND, 10 * MINUTE, -31 * 24 * HOUR])
def test_a_fall_is_heard_though_the_gateway_s_clock_is_wrong_and_that_is_not_known_yet(ahead: int) -> None:
    """As a pressed button is, whatever its clock says (ingest.decode._time)."""
    unfolded = unfold([_fall(NOW + ahead, NOW)], DIRECTORY)
    assert [finding.kind for finding in unfolded.findings] == ["fall"], unfolded.refused


def test_a_cry_that_a_gateway_hands_up_is_heard_beyond_its_budget() -> None:
    """As that of a device that speaks for itself is (ingest.budget.split)."""
    budget = Budget(Limits(20.0, 5.0), NOW)
    reading = {"device": "w1", "stream": "vital", "body": {"t": NOW // 1000, "heart_rate": 60}}
    cry = {"device": "w1", "stream": "event", "body": {"t": NOW // 1000, "kind": "button", "state": 1}}
    many = [Message("nw/v1/h1/g1/relay", msgspec.json.encode([reading]), NOW) for _ in range(10)]
    pressed = Message("nw/v1/h1/g1/relay", msgspec.json.encode([reading, cry]), NOW)
    assert pressed in budget.split([*many, pressed], DIRECTORY).kept


def test_what_a_gateway_said_of_nobody_can_be_read_again() -> None:
    (refused,) = unfold(
        [Message("nw/v1/h1/g1/relay", b'[{"device":"","stream":"vital"}]', NOW)], DIRECTORY
    ).refused
    assert msgspec.json.decode(refused.message.payload)


@pytest.mark.parametrize("absurd", [10**310, -(10**310), 2**53, 1e300])
def test_a_number_that_nobody_measured_is_left_out_and_the_fall_is_heard(absurd: float) -> None:
    said = _fall(NOW, NOW)
    params = b'"params":{"late_s":' + str(absurd).encode() + b"}"
    said = replace(said, payload=said.payload.replace(b'"params":{}', params))
    (finding,) = unfold([said], DIRECTORY).findings
    assert (finding.kind, finding.reason.params) == ("fall", {})
