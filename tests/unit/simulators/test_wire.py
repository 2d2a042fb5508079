"""The payloads devices send are those of the protocol."""

import base64
import json

import numpy as np

from core.instant import SECOND
from simulators import wire

NOON = 1_732_230_000_123 * 1000


def test_a_motion_window_carries_little_endian_triplets() -> None:
    acc = np.array([[12, -981, 44], [0, 1000, -32768]], np.int16)
    sent = json.loads(wire.encode(wire.motion(NOON, 42, 50, acc, "wrist")))
    assert sent["t"] == 1_732_230_000_123
    assert (sent["seq"], sent["hz"], sent["site"], sent["unit"]) == (42, 50, "wrist", {"acc": "mg"})
    back = np.frombuffer(base64.b64decode(sent["acc_b64"]), "<i2").reshape(-1, 3)
    assert np.array_equal(back, acc)


def test_stored_messages_go_out_as_one_array() -> None:
    late = [wire.event(NOON + i * SECOND, i, "presence", 1, "bathroom") for i in range(3)]
    sent = json.loads(wire.encode(late))
    assert [m["seq"] for m in sent] == [0, 1, 2]
    assert sent[0] == {"t": 1_732_230_000_123, "seq": 0, "kind": "presence", "state": 1, "room": "bathroom"}


def test_a_sensor_without_a_room_names_none() -> None:
    assert "room" not in wire.event(NOON, 1, "button", 1)


def test_the_topic_says_home_device_and_stream() -> None:
    assert wire.topic("h17", "h17-wrist", "motion") == "nw/v1/h17/h17-wrist/motion"
