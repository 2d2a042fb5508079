"""What the kit heard of a device, read as the protocol says it must be readable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import cbor2
import msgspec

from core.instant import SECOND


@dataclass(frozen=True, slots=False)
class Heard:
    """A message as it came from the broker.

    Attributes:
        topic, payload: as they came; `at`: when, Unix microseconds by our clock.
        qos, retain: as the broker says; `retain` means that it was kept from before we asked.
        phase: what the technician was doing then (a key of `walk.PHASES`).

    Beside what the device says there is what the platform does: its commands (`cmd`), and that it exchanged
    the device's claim code (`claimed`).
    """

    topic: str
    payload: bytes
    at: int
    qos: int = 1
    retain: bool = False
    phase: str = ""

    @property
    def stream(self) -> str:
        """The last part of the topic."""
        return self.topic.rsplit("/", 1)[-1]

    @property
    def is_ours(self) -> bool:
        """Whether the platform did it, not the device."""
        return self.stream in ("cmd", "claimed")

    @cached_property
    def objects(self) -> list[dict[str, Any]] | None:
        """The objects in it; None when they cannot be read."""
        try:
            value = _parse(self.payload)
        except (ValueError, msgspec.DecodeError, cbor2.CBORError, RecursionError, OverflowError):
            return None
        items = value if isinstance(value, list) else [value]
        return items if items and all(isinstance(item, dict) for item in items) else None

    @property
    def is_will(self) -> bool:
        """Whether the broker said it for a device that vanished."""
        found = self.objects
        return (
            self.stream == "status" and bool(found) and found is not None and found[0].get("online") is False
        )

    @property
    def shown(self) -> str:
        """The message in one line, shortened."""
        text = self.payload[:160].decode(errors="replace")
        return f"{self.topic} {text}{'...' if len(self.payload) > 160 else ''}"


class Fault(NamedTuple):
    """Where a requirement was broken: why, and by which message."""

    why: str
    message: Heard | None = None


Findings = Iterator[Fault | None]
"""For each occasion on which a requirement could be seen: None when it was kept, else what was wrong."""


def _parse(payload: bytes) -> Any:
    first = payload[0] if payload else 0
    if 0x80 <= first <= 0x9F or 0xDC <= first <= 0xDF:
        return msgspec.msgpack.decode(payload)
    if 0xA0 <= first <= 0xBF or payload[:3] == b"\xd9\xd9\xf7":
        return cbor2.loads(payload)
    return msgspec.json.decode(payload.removeprefix(b"\xef\xbb\xbf"))


def objects(heard: Sequence[Heard], *streams: str) -> Iterator[tuple[Heard, dict[str, Any]]]:
    """Every readable object of these streams (all without any), with its message; last wills left out."""
    for message in heard:
        if (not streams or message.stream in streams) and not message.is_will:
            for obj in message.objects or ():
                yield message, obj


def lateness_s(message: Heard, obj: dict[str, Any]) -> float:
    """Seconds from the object's own instant until it was heard; negative: its clock is ahead."""
    t = obj.get("t")
    number = float(t) if isinstance(t, int | float) and not isinstance(t, bool) else float("nan")
    return (message.at - number * 1000) / SECOND
