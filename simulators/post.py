"""What a device hands to its network, and when: the stream that faults are wrapped around.

A stream is an iterator of posts in order of `at`. Everything here is a value; nothing is sent.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from simulators import wire
from simulators.wire import Payload

SAY, CUT, BACK = "say", "cut", "back"
"""A message; the connection is lost without a word (the broker says the last will); it stands again."""


class Sender(NamedTuple):
    """A device as the broker knows it: the code of its home and its own."""

    home: str
    device: str


@dataclass(frozen=True, slots=True)
class Post:
    """One thing a device does on its connection.

    Attributes:
        at: true instant at which it happens, Unix microseconds.
        sender: the device whose connection it is.
        stream: motion, vital, event, position or status.
        body: the objects of the message; bytes once somebody broke them.
        home: the home named in the topic, when it is not the sender's.
        retain: the device asks the broker to keep it.
        kept: it comes out of the broker's memory, to somebody who subscribes anew.
        verb: SAY, CUT or BACK.
    """

    at: int
    sender: Sender
    stream: str = ""
    body: tuple[Payload, ...] | bytes = ()
    home: str = ""
    retain: bool = False
    kept: bool = False
    verb: str = SAY

    @property
    def topic(self) -> str:
        """Where it is published."""
        return wire.topic(self.home or self.sender.home, self.sender.device, self.stream)

    @property
    def payload(self) -> bytes:
        """The bytes of the message: one object, or an array of several."""
        if isinstance(self.body, bytes):
            return self.body
        return wire.encode(self.body[0] if len(self.body) == 1 else list(self.body))

    @property
    def said(self) -> bool:
        """Whether it is a message that can still be read."""
        return self.verb == SAY and not isinstance(self.body, bytes)

    def saying(self, *objects: Payload) -> "Post":
        """The same with other objects in it."""
        return replace(self, body=objects)

    def later(self, microseconds: int) -> "Post":
        """The same, later."""
        return replace(self, at=self.at + microseconds)


def in_order(groups: Iterable[tuple[int, Iterable[Post]]]) -> Iterator[Post]:
    """Posts of (instant, posts of that instant or later) in order of `at`, the instants rising.

    What is delayed waits in a heap no longer than until the input has come to its instant.
    """
    heap: list[tuple[int, int, Post]] = []
    count = 0
    for instant, posts in groups:
        while heap and heap[0][0] <= instant:
            yield heapq.heappop(heap)[2]
        for post in posts:
            heapq.heappush(heap, (post.at, count, post))
            count += 1
    while heap:
        yield heapq.heappop(heap)[2]


def merged(*streams: Iterable[Post]) -> Iterator[Post]:
    """Several streams as one, in order of `at`; of the same instant the earlier stream's first."""
    return heapq.merge(*streams, key=lambda post: post.at)
