"""What a reader of one partition keeps count of: how much it asked for, what it holds, what is missing.

Pure: the connection is in ingest.jetstream.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.message import Message

WINDOW = 2000  # messages asked for or in hand: as many as a batch has at most
_FEW = WINDOW // 4  # a question for fewer waits until there is room for more


class Place(NamedTuple):
    """Where a message stands: its number in the stream, and which delivery of its consumer it is."""

    stream: int
    delivery: int


def place_of(reply: str) -> Place:
    """From the subject on which a message is acknowledged; raises ValueError when it is none.

    `$JS.ACK.<stream>.<consumer>.<times>.<stream number>.<delivery>.<time>.<pending>`, with a domain and an
    account before the stream on servers that cross them.
    """
    words = reply.split(".")
    first = {9: 5, 11: 7, 12: 7}.get(len(words))
    if words[:2] != ["$JS", "ACK"] or first is None:
        raise ValueError("no subject of an acknowledgement")
    return Place(int(words[first]), int(words[first + 1]))


@dataclass(slots=True)
class Flow:
    """One owner's reading, from a reset of the consumer on.

    Attributes:
        delivered: the last delivery that came; they are numbered without gaps.
        asked: messages asked for that have not come.
        held: number in the stream -> subject of the acknowledgement, of what is not acknowledged yet.
        waiting: what the worker has not taken.
    """

    delivered: int = 0
    asked: int = 0
    held: dict[int, str] = field(default_factory=dict)
    waiting: deque[Message] = field(default_factory=deque)

    def wish(self) -> int:
        """How many messages to ask for now."""
        room = WINDOW - self.asked - len(self.held)
        return room if room >= _FEW or (room > 0 and not self.asked) else 0

    def comes(self, place: Place, reply: str) -> bool:
        """Count a message; whether it is one that we do not hold already. Raises Gap when one before it is
        missing."""
        self.asked = max(0, self.asked - 1)
        self.reaches(place.delivery - 1)
        self.delivered = place.delivery
        if place.stream in self.held:
            return False
        self.held[place.stream] = reply
        return True

    def reaches(self, delivery: int) -> None:
        """The server says that it has delivered so far; raises Gap when that did not come."""
        if delivery > self.delivered:
            raise Gap(f"{delivery - self.delivered} deliveries are missing")

    def unanswered(self, count: int) -> None:
        """So many of what was asked for will not come for that question."""
        self.asked = max(0, self.asked - count)

    @property
    def is_full(self) -> bool:
        """Whether nothing is asked for because the worker is behind."""
        return len(self.held) >= WINDOW


class Gap(Exception):
    """Something was lost on the way to us: all that is not acknowledged must come again, in order."""
