"""What a gateway says upstream, as bytes: readings as objects of the protocol, falls, what it could not read.

An object says the same to the platform's decoder as the device's own message said to ours: the corrected
instant goes as `t`, and its microseconds as `seq`, which is where the decoder looks for them.
"""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.finding import Finding
from core.motion import MotionWindow
from core.quantity import BY_ID, BY_NAME
from ingest import native
from ingest.message import Message

_TEST = BY_NAME["test"].id
_ONLY_SO_MUCH = 64 * 1024  # of a message that could not be read


class Rank(IntEnum):
    """How much it matters: what does most is sent first and dropped last. Stored: never change a number."""

    FINDING = 0
    CRY = 1
    CLIP = 2
    EVENT = 3
    STATUS = 4
    READING = 5
    MOTION = 6
    UNREAD = 7


class Entry(NamedTuple):
    """One element of a relay message, and its rank."""

    rank: Rank
    body: bytes


class Group(NamedTuple):
    """What one device said of one instant in one stream, in the columns' own values."""

    device: int
    stream: str
    time: int
    values: tuple[tuple[int, float], ...]  # (metric, value)


_CRIES = native.URGENT | {BY_NAME["all_right"].id}
_RANKS = {"event": Rank.EVENT, "status": Rank.STATUS}


def groups(readings: NDArray[np.void]) -> list[Group]:
    """Rows (READING, shape (n,)) as they belong together, in the order in which they came; repeats once."""
    found: dict[tuple[int, str, int, int], dict[int, float]] = {}
    columns = (readings[name].tolist() for name in ("device", "metric", "time", "value"))
    for device, metric, time, value in zip(*columns, strict=True):
        stream = BY_ID[metric].stream
        # An event object holds one kind.
        key = (device, stream, time, metric if stream == "event" else 0)
        found.setdefault(key, {}).setdefault(metric, value)
    return [Group(d, stream, t, tuple(values.items())) for (d, stream, t, _), values in found.items()]


def of_group(group: Group, code: str) -> Entry:
    """`group` of the device `code`, for the platform."""
    if group.stream == "event":
        ((metric, value),) = group.values
        rank = Rank.CRY if metric in _CRIES else Rank.EVENT
        return Entry(rank, _relayed(code, group.stream, _event(metric, value) | _stamp(group.time)))
    values = {BY_ID[metric].name: value for metric, value in group.values}
    rank = _RANKS.get(group.stream, Rank.READING)
    return Entry(rank, _relayed(code, group.stream, values | _stamp(group.time)))


def of_window(window: MotionWindow, code: str, rank: Rank) -> Entry:
    """A window of motion, packed."""
    body: dict[str, Any] = _stamp(window.start) | {"hz": window.hz, "acc_b64": _packed(window.acc)}
    if window.gyr is not None:
        body["gyr_b64"] = _packed(window.gyr)
    if window.site != "unknown":
        body["site"] = window.site
    return Entry(rank, _relayed(code, "motion", body))


def of_finding(finding: Finding, codes: Mapping[int, str]) -> Entry:
    """A fall; devices by their codes."""
    said = {
        "kind": finding.kind,
        "resident": finding.resident,
        "device": codes.get(finding.device or 0),
        "onset": finding.onset,
        "at": finding.at,
        "severity": finding.severity,
        "probability": finding.probability,
        "reason": {"key": finding.reason.key, "params": _plain(finding.reason.params)},
        "evidence": _plain(finding.evidence),
        "revision": finding.revision,
        "cleared": finding.cleared,
    }
    return Entry(Rank.FINDING, _json({"finding": said}))


def of_unread(message: Message, code: str, stream: str) -> Entry | None:
    """A message that we could not read, for the platform's quarantine; None of what is too large to keep."""
    if len(message.payload) > _ONLY_SO_MUCH:
        return None
    raw = base64.b64encode(message.payload).decode()
    return Entry(Rank.UNREAD, _json({"device": code, "stream": stream, "raw": raw}))


def message_of(bodies: Sequence[bytes]) -> bytes:
    """Several entries as one relay message."""
    return b"[" + b",".join(bodies) + b"]"


def _stamp(time: int) -> dict[str, int]:
    return {"t": time // 1000, "seq": time % 1000}


def _event(metric: int, value: float) -> dict[str, Any]:
    if metric != _TEST:
        return {"kind": BY_ID[metric].name, "state": value}
    # The end of a test names no quantity; the decoder wants one, and makes the same 0 of any.
    tested = BY_ID.get(int(value))
    kind = tested.name if tested is not None and tested.stream == "event" else "smoke"
    return {"kind": kind, "state": 1 if value else 0, "test": True}


def _relayed(code: str, stream: str, body: Mapping[str, Any]) -> bytes:
    return _json({"device": code, "stream": stream, "body": body})


def _packed(samples: NDArray[np.int16]) -> str:
    return base64.b64encode(samples.astype("<i2").tobytes()).decode()


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _plain(value: Any) -> Any:
    """NumPy's numbers as JSON has them."""

    def number(one: object) -> Any:
        if isinstance(one, np.generic):
            return one.item()
        if isinstance(one, np.ndarray):
            return one.tolist()
        raise TypeError(f"{type(one).__name__} in a finding")

    return json.loads(json.dumps(value, default=number))


def of_groups(found: Iterable[Group], codes: Mapping[int, str]) -> list[Entry]:
    """All of them whose devices we know."""
    return [of_group(group, codes[group.device]) for group in found if group.device in codes]
