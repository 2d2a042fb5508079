"""Where messages come from, as a worker sees it: MQTT, JetStream, a foreign system, a test."""

from collections.abc import Sequence
from typing import Protocol

from ingest.message import Message


class Source(Protocol):
    """Messages out, and an acknowledgement in once they are stored.

    What was taken and not acknowledged when the source or the worker ends comes again, to whoever reads
    then. What is handed out twice is harmless: rows have natural keys. All methods belong to the worker's
    thread; a source brings a thread of its own where it needs one.
    """

    @property
    def connected(self) -> bool:
        """Whether silence means that nobody speaks; it may become False and True again at any time."""
        ...

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """Up to `limit` messages in order of arrival; waits up to `wait_s` seconds for the first."""
        ...

    def oldest(self) -> int | None:
        """Instant of arrival (Unix microseconds) of the first message not taken yet; None when none waits."""
        ...

    def waiting(self) -> int:
        """How many have arrived and are not taken."""
        ...

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """These are safe: committed, or never to be stored."""
        ...
