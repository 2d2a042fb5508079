"""A source of messages that a test fills by hand."""

import json
from collections.abc import Sequence
from typing import Any

from ingest.message import Message


class Feed:
    """Keeps the worker's Source protocol; remembers what was acknowledged."""

    def __init__(self) -> None:
        self.connected = True
        self.pending: list[Message] = []
        self.acknowledged: list[Message] = []

    def take(self, limit: int, wait_s: float) -> list[Message]:
        taken, self.pending = self.pending[:limit], self.pending[limit:]
        return taken

    def oldest(self) -> int | None:
        return self.pending[0].received if self.pending else None

    def waiting(self) -> int:
        return len(self.pending)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        self.acknowledged += messages


def said(topic: str, received: int, seq: int = 0, **body: Any) -> Message:
    """A JSON message on `topic` under nw/v1/, sent and received at `received` (Unix microseconds)."""
    payload = {"t": received // 1000, "seq": seq, **body}
    return Message(f"nw/v1/{topic}", json.dumps(payload).encode(), received)
