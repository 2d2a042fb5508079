"""The lean reader believes no connection that is broken, nor one on which nobody answers."""

from collections import deque

import pytest

from core.clock import ManualClock
from ingest import packets
from ingest.lean import LeanSource

GREETED, SUBSCRIBED, PONG = b"\x20\x02\x01\x00", b"\x90\x03\x00\x01\x01", b"\xd0\x00"
TOPIC = "nw/v1/h1/w1/vital"


class Line:
    """A connection: what the broker says, read by read, and what it is told."""

    def __init__(self, *says: bytes, breaks: bool = False, answers: bool = True) -> None:
        """`breaks`: by the second thing it is told; `answers`: pings."""
        self.says, self.told = deque(says), list[bytes]()
        self._breaks, self._answers = breaks, answers

    def sendall(self, data: bytes) -> None:
        if self._breaks and self.told:
            raise BrokenPipeError
        self.told.append(data)
        if self._answers and data == packets.PING:
            self.says.append(PONG)

    def recv(self, most: int) -> bytes:
        return self.says.popleft()

    def setsockopt(self, *option: int) -> None:
        """Nothing that matters here."""

    def close(self) -> None:
        """Nothing is left open."""


class Wire:
    """The lines that a source is given, one after the other, and the time that passes on them."""

    def __init__(self, *lines: Line) -> None:
        self.now = 1000.0
        self.lines = deque(lines)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def select(self, lines: list[Line], *rest: object) -> tuple[list[Line], list[Line], list[Line]]:
        ready = [line for line in lines if line.says]
        if not ready:
            self.now += float(str(rest[-1]))
        return ready, [], []


def connected(monkeypatch: pytest.MonkeyPatch, *lines: Line) -> tuple[LeanSource, Wire]:
    wire = Wire(*lines)
    monkeypatch.setattr("ingest.lean.time", wire)
    monkeypatch.setattr("ingest.lean.select", wire)
    monkeypatch.setattr("ingest.lean.socket.create_connection", lambda *address: wire.lines.popleft())
    return LeanSource("mqtt://broker", "ingest", ManualClock(0)), wire


def test_what_came_with_a_greeting_on_a_connection_that_broke_is_not_acknowledged_on_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torn = packets.publish(8, TOPIC, b"of the first")[:12]
    first = Line(GREETED + packets.publish(7, TOPIC, b"of the first") + torn, breaks=True)
    second = Line(GREETED + SUBSCRIBED, packets.publish(7, TOPIC, b"of the second"))
    source, _ = connected(monkeypatch, first, second)
    source.start()
    assert (source.waiting(), source.connected) == (0, False)
    taken = source.take(10, wait_s=10.0)
    assert [message.payload for message in taken] == [b"of the second"]
    source.acknowledge(taken)
    assert second.told[-1] == packets.acknowledgements([7])


def test_a_broker_that_answers_no_ping_is_not_believed_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    source, wire = connected(monkeypatch, Line(GREETED + SUBSCRIBED, answers=False))
    source.start()
    began = wire.now
    while source.connected and wire.now < began + 200:
        source.take(1, wait_s=0.5)
    assert 20 < wire.now - began < 40


def test_a_broker_that_has_nothing_to_say_and_answers_pings_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(GREETED + SUBSCRIBED)
    source, wire = connected(monkeypatch, line)
    source.start()
    while wire.now < 1300:
        source.take(1, wait_s=0.5)
    assert source.connected
    assert 5 <= line.told.count(packets.PING) <= 16
