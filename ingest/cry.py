"""A cry for help in a message that must be refused: taken out of it, and taken alone.

Somebody who presses a button is not answered with the wording of a protocol. Whatever else is wrong with the
message, or with another object beside it, a pressed button, smoke, gas, carbon monoxide, water and a reported
fall are read; the message goes to quarantine all the same, so that its maker learns.
"""

import math
from collections.abc import Mapping
from typing import Any

from core.directory import DeviceEntry
from core.quantity import Quantity, of_stream
from ingest import fields, native, payload
from ingest.device_clock import DeviceClock, Verdict, judge
from ingest.message import BadPayload, Message

Row = tuple[Any, ...]  # as core.batch.READING

_KINDS = {name: quantity for name, quantity in of_stream("event").items() if quantity.id in native.URGENT}
# These speak only when it happens: whatever they give as their state, it did.
_SPEAK_ONLY_THEN = frozenset({"button", "need_help", "fall"})
_WORDS = {"true": 1.0, "on": 1.0, "false": 0.0, "off": 0.0}


def cries(message: Message, device: DeviceEntry, clock: DeviceClock) -> list[Row]:
    """A row for each cry for help in `message`, an event of `device`; raises BadPayload when not even the
    objects of it can be told apart."""
    rows = []
    for obj in payload.items(message):
        heard = _cry(obj) if isinstance(obj, dict) else None
        if heard is not None:
            quantity, state = heard
            time, live = _time(obj, message, device, clock)
            resident = device.resident or 0
            rows.append((time, state, message.received, device.home, device.id, resident, quantity.id, live))
    return rows


def _cry(obj: Mapping[str, Any]) -> tuple[Quantity, float] | None:
    """What is cried and its state, above 0; None for an all-clear, a test, and anything else."""
    kind = obj.get("kind")
    quantity = _KINDS.get(kind) if isinstance(kind, str) else None
    if quantity is None or _number(obj.get("test", 0)):
        return None
    state = _number(obj.get("state", 1))
    if state is None and kind in _SPEAK_ONLY_THEN:
        state = 1.0
    # A byte read with a sign says -1 for 255: it is not 0, and that is what counts.
    return (quantity, min(abs(state), quantity.high)) if state else None


def _number(value: object) -> float | None:
    """A state, however it was written; None when it says nothing."""
    if isinstance(value, str):
        word = value.strip().casefold()
        try:
            value = _WORDS[word] if word in _WORDS else float(word)
        except ValueError:
            return None
    if not isinstance(value, int | float) or (isinstance(value, float) and math.isnan(value)):
        return None
    return float(max(-1e9, min(1e9, value)))


def _time(
    obj: Mapping[str, Any], message: Message, device: DeviceEntry, clock: DeviceClock
) -> tuple[int, bool]:
    """(instant, is it about now): its own time where that can be true, so that the same cry delivered twice
    stays one; else when it was received."""
    try:
        time = clock.correct(fields.instant(obj)) + _sequence(obj) % 1000
    except BadPayload:
        return message.received, True
    verdict = judge(time, message.received)
    impossible = verdict in (Verdict.FUTURE, Verdict.ANCIENT)
    if impossible or (verdict is Verdict.LATE and time < device.since):
        return message.received, True
    return time, verdict is Verdict.LIVE


def _sequence(obj: Mapping[str, Any]) -> int:
    try:
        return fields.sequence(obj)
    except BadPayload:
        return 0
