"""What a maker reads beside a refused message: what was wrong, and what would have been right."""

import json
from typing import Any

import pytest

from core.directory import DeviceEntry, Directory
from ingest.decode import Decoder
from ingest.message import Message

NOW = 1_790_000_000_000_000
TOWN = Directory.of([DeviceEntry(1, "w1", 1, "h1", 7)], {})
ACC: dict[str, Any] = {"hz": 50, "acc": [[0, 0, 1000]] * 25}


def why(stream: str, said: dict[str, Any] | bytes) -> str:
    body = said if isinstance(said, bytes) else json.dumps({"t": NOW // 1000, "seq": 1} | said).encode()
    [refused] = Decoder(TOWN).decode([Message(f"nw/v1/h1/w1/{stream}", body, NOW)], NOW).refused
    return f"{refused.fault}: {refused.detail}"


@pytest.mark.parametrize(
    ("stream", "said", "words"),
    [
        ("vital", {"body_temperature": 98.6}, "impossible_value: body_temperature: from 10 to 50 Cel"),
        ("vital", {"heartrate": 72}, "no_known_field: none of heart_rate, spo2, "),
        ("vital", {"t": NOW // 1_000_000, "heart_rate": 72}, "is `t` in ms?"),
        ("vital", b'{"t": 1, "spo2": 97,}', "malformed: not json: JSON is malformed: trailing comma"),
        ("vitals", {"spo2": 97}, "unknown_stream: vitals is none of motion, vital, event, position, status"),
        ("event", {"kind": "sos"}, "unknown_kind: sos is none of presence, door, bed, "),
        ("position", {"lat": 114.3, "lon": 34.8}, "lat: from -90 to 90 deg"),
        ("position", {"lat": 34.8, "lon": 114.3, "datum": "bd09"}, "datum is none of wgs84, gcj02"),
        ("status", {"battery": 83}, "battery: from 0 to 1"),
        ("status", {"volt": 3}, "none of online, battery, "),
        ("motion", ACC | {"unit": {"acc": "G"}}, "unknown_unit: unit.acc is none of mg, g, m/s2"),
        ("motion", ACC | {"hz": 0}, "hz: from 1 to 1000"),
        ("motion", {"hz": 50, "acc_b64": "####"}, "acc_b64 is not base64"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_would_have_been_right(
    stream: str, said: dict[str, Any] | bytes, words: str
) -> None:
    assert words in why(stream, said)


def test_a_refusal_repeats_no_measurement() -> None:
    assert "4321" not in why("vital", {"heart_rate": 4321})
    assert "4321" not in why("vital", b'{"t": 1790000000000, "heart_rate": 4321 4321}')
