"""Messages of other people's devices as fixtures: tests/fixtures/foreign/<name>.json."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ingest.foreign.said import Ear, Heard
from ingest.foreign.tongues import TONGUES
from ingest.message import BadPayload
from tests.support.sparkplug_bytes import sparkplug

FOLDER = Path(__file__).parents[1] / "fixtures" / "foreign"
RECEIVED = 1_790_000_000_000_000
ROOT = "nw/in/gw-1/"


class Captured(NamedTuple):
    fixture: str
    topic: str
    payload: bytes
    expected: dict[str, Any]


def fixtures() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def captured(name: str) -> list[Captured]:
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert told["source"], "a fixture names where its form is documented"
    return [Captured(name, one["topic"], _bytes(one), one) for one in told["messages"]]


def everything() -> Iterator[Captured]:
    for name in fixtures():
        yield from captured(name)


def _bytes(one: dict[str, Any]) -> bytes:
    if "sparkplug" in one:
        return sparkplug(one["sparkplug"])
    if "hex" in one:
        return bytes.fromhex(one["hex"])
    return one["text"].encode() if "text" in one else json.dumps(one["json"]).encode()


def ears() -> dict[str, Ear]:
    return {tongue: made(ROOT) for tongue, made in TONGUES.items()}


def listener(known: dict[str, Ear], tail: str) -> str | None:
    """Which tongue a topic belongs to."""
    return next((tongue for tongue, ear in known.items() if ear.owns(tail)), None)


def heard(known: dict[str, Ear], message: Captured) -> Heard | BadPayload | None:
    """What a message comes to, or why it is refused; None when no tongue claims it."""
    tongue = listener(known, message.topic)
    if tongue is None:
        return None
    try:
        return known[tongue].hear(message.topic, message.payload, RECEIVED)
    except BadPayload as error:
        return error
