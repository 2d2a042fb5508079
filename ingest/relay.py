"""What a gateway hands up, as the messages of the devices it stands for and the falls it saw. Pure.

A relay message is an array: `{"device", "stream", "body"}` is what that device said, as the protocol has it,
`{"device", "stream", "raw"}` one that the gateway could not read (base64), and `{"finding": {...}}` a fall.
The devices are those of the gateway's own home, and nobody else relays. Their natural keys are the devices'
own, so that an array delivered twice, or sent again after a power cut, changes nothing.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from core.directory import DeviceEntry, Directory
from core.finding import Finding, Reason
from core.instant import HOUR
from ingest import payload, topic
from ingest.device_clock import DeviceClock, Verdict, judge
from ingest.message import BadPayload, Fault, Message, Refused

STREAM = "relay"
GATEWAY = "gateway"  # the kind of a device that may relay
_MOST_EVIDENCE = 16_384  # bytes
_DEEPEST = 8  # of lists in lists
SEVERITIES = frozenset({"reported", "possible", "recovered", "long_lie"})
# What is found in motion, which stays in the home: its kind, what reasons begin with, and its severities.
FOUND = {
    "fall": ("fall.", SEVERITIES),
    "motion_unusable": ("motion.", frozenset({"rate", "scale", "no_gravity", "stuck"})),
}


class Fall(msgspec.Struct, frozen=True):
    """A fall as a gateway saw it, or a wearable that can show none.

    Instants in Unix microseconds by the gateway's corrected clock.
    """

    kind: str
    onset: int
    at: int
    reason: dict[str, Any]
    resident: int | None = None
    device: str | None = None
    severity: str = ""
    probability: float | None = None
    evidence: dict[str, Any] = {}
    revision: int = 0
    cleared: bool = False


class Element(msgspec.Struct, frozen=True):
    """One element of a relay message."""

    device: str = ""
    stream: str = ""
    body: msgspec.Raw = msgspec.Raw(b"")
    raw: str = ""
    finding: Fall | None = None


@dataclass(slots=True)
class Unfolded:
    """Messages of devices in order, falls, and relay messages that are refused whole or in part."""

    messages: list[Message] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


_DECODER = msgspec.json.Decoder(list[Element])


def is_relay(message: Message) -> bool:
    """Whether a gateway speaks for others."""
    return message.topic.endswith("/" + STREAM)


def unfold(
    messages: Iterable[Message], directory: Directory, clocks: Mapping[int, DeviceClock] | None = None
) -> Unfolded:
    """`messages` with each relay message replaced by what it holds; `clocks` correct what gateways say."""
    out = Unfolded()
    for message in messages:
        if not is_relay(message):
            out.messages.append(message)
            continue
        try:
            _one(message, directory, clocks or {}, out)
        except BadPayload as error:
            home, device, _ = _names(message.topic)
            out.refused.append(Refused(message, error.fault, error.detail, home, device))
    return out


def _one(message: Message, directory: Directory, clocks: Mapping[int, DeviceClock], out: Unfolded) -> None:
    gateway = _gateway(message.topic, directory)
    clock = clocks.get(gateway.id) or DeviceClock()
    for element in _elements(message):
        try:
            if element.finding is not None:
                fall = _timed(element.finding, clock, message.received)
                out.findings.append(_fall(fall, gateway, directory))
            else:
                out.messages.append(_message(element, message, gateway))
        except BadPayload as error:
            # The others in the array are about other things, and their sender has forgotten them by now.
            said = msgspec.structs.replace(element, body=element.body or msgspec.Raw(b"null"))
            alone = replace(message, payload=msgspec.json.encode([said]))
            out.refused.append(Refused(alone, error.fault, error.detail, gateway.home_code, gateway.code))


def _elements(message: Message) -> list[Element]:
    if len(message.payload) > payload.MAX_BYTES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(message.payload)} bytes, at most {payload.MAX_BYTES}")
    try:
        elements = _DECODER.decode(message.payload)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadPayload(Fault.MALFORMED, f"not a relay message: {type(error).__name__}") from error
    if not elements:
        raise BadPayload(Fault.EMPTY, "an empty array")
    return elements


def _message(element: Element, carrier: Message, gateway: DeviceEntry) -> Message:
    if not element.device or not element.stream:
        raise BadPayload(Fault.MISSING_FIELD, "device and stream")
    body = bytes(element.body)
    if element.raw:
        try:
            body = base64.b64decode(element.raw, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadPayload(Fault.MALFORMED, "raw is not base64") from error
    # A code with a slash in it would be somebody else's topic.
    where = "/".join(part.replace("/", "_") for part in (element.device, element.stream))
    return replace(
        carrier,
        topic=f"nw/v1/{gateway.home_code}/{where}",
        payload=body,
        relayed=gateway.code * (not element.raw),
    )


def _timed(fall: Fall, clock: DeviceClock, received: int) -> Fall:
    """`fall` by our own time: its instants are the gateway's, whose clock may be wrong as any device's.

    What cannot be true happened as long before it was known as is said, and was known when it was received:
    better the same fall told twice than not at all.
    """
    onset, at = clock.correct(fall.onset), clock.correct(fall.at)
    if any(judge(instant, received) in (Verdict.FUTURE, Verdict.ANCIENT) for instant in (onset, at)):
        onset, at = received - min(max(0, at - onset), HOUR), received
    return msgspec.structs.replace(fall, onset=onset, at=at)


def _fall(fall: Fall, gateway: DeviceEntry, directory: Directory) -> Finding:
    """`fall` as a finding; raises BadPayload for another kind.

    The gateway's file may be older than what is installed and who lives there now, and nobody else looks for
    falls in that home: it is told of the home all the same, and never of anybody elsewhere.
    """
    device = directory.by_code.get(fall.device) if fall.device else None
    word, severities = FOUND.get(fall.kind, ("", frozenset()))
    if fall.severity not in severities:
        raise BadPayload(Fault.UNKNOWN_KIND, "a gateway tells of falls and of motion that shows none")
    if device is not None and device.home != gateway.home:
        device = None
    if device is None and fall.kind != "fall":
        raise BadPayload(Fault.FOREIGN_HOME, "the device is not of the gateway's home")
    people, resident = directory.residents.get(gateway.home, ()), fall.resident
    if resident is not None and resident not in people:
        resident = directory.subject(device or gateway)
    key, params = fall.reason.get("key"), fall.reason.get("params")
    if not isinstance(key, str) or not key.startswith(word) or not isinstance(params, dict):
        raise BadPayload(Fault.WRONG_TYPE, "reason")
    sized = len(msgspec.json.encode([fall.evidence, params])) <= _MOST_EVIDENCE
    if not sized or not 0 <= fall.revision < 2**31 or not 0 <= (fall.probability or 0.0) <= 1:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, "finding")
    # A number that nobody measured is left out, and the fall is heard.
    params, evidence = (said if _is_measured(said) else {} for said in (params, fall.evidence))
    return Finding(
        fall.kind, gateway.home, fall.onset, fall.at, Reason(key, params), resident=resident,
        device=device.id if device else None, severity=fall.severity, probability=fall.probability,
        evidence=evidence, revision=fall.revision, cleared=fall.cleared,
    )  # fmt: skip


def _is_measured(said: Any) -> bool:
    """Whether every number in `said` is one that a clock and a float hold, and nothing is nested for ever."""
    waiting = [(said, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, int | float) and not abs(one) < 2**53:
            return False
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        if inside and depth == _DEEPEST:
            return False
        waiting += [(part, depth + 1) for part in inside]
    return True


def _gateway(name: str, directory: Directory) -> DeviceEntry:
    home, code, _ = topic.split(name)
    device = directory.by_code.get(code)
    if device is None:
        raise BadPayload(Fault.UNKNOWN_DEVICE, "no device of this code is installed")
    if device.home_code != home:
        raise BadPayload(Fault.FOREIGN_HOME, "the device is installed in another home")
    if device.kind != GATEWAY:
        raise BadPayload(Fault.UNKNOWN_STREAM, "only a gateway relays")
    return device


def _names(name: str) -> tuple[str, str, str]:
    try:
        return topic.split(name)
    except BadPayload:
        return "", "", ""
