"""What a channel is: one way of reaching somebody, behind one small interface."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from alerts.delivery.message import Message


class Outcome(StrEnum):
    """What the other side said. Stored: never change a word."""

    SENT = "sent"
    REFUSED = "refused"  # it understood and does not want it
    UNREACHABLE = "unreachable"  # nobody there, or too slow, or in trouble
    LIMITED = "limited"  # too many: later
    GONE = "gone"  # will never be there again


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try; `detail` is for an administrator: a status or a reason, never a name or a key."""

    outcome: Outcome
    detail: str = ""


class Channel(Protocol):
    """Knows one kind of service."""

    lanes: int  # how many messages may be under way to one service at once

    def service(self, address: str) -> str:
        """The service behind `address`: what is slow, limited or down together."""
        ...

    def send(self, address: str, message: Message) -> Answer:
        """Send `message`; returns within `TIMEOUT_S` and a few seconds, and never raises for what the other
        side does."""
        ...


TIMEOUT_S = 10.0
