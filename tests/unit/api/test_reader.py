"""One socket of the live feed: order, limits, and an end for those who do not keep up."""

import asyncio
from typing import Any, cast
from uuid import UUID

from api.live.reader import SIGNED_OUT, TOO_SLOW, Reader, Wishes
from api.policy import Scope


class FakeSocket:
    """Takes texts as long as `reads`; says what is in `says`, then leaves when told to."""

    def __init__(self, reads: bool = True) -> None:
        self.sent: list[str] = []
        self.closed: int | None = None
        self.says: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reads = reads

    async def send_text(self, text: str) -> None:
        if not self._reads:
            await asyncio.Event().wait()
        self.sent.append(text)

    async def receive(self) -> dict[str, Any]:
        return await self.says.get()

    async def close(self, code: int) -> None:
        self.closed = code


def reader_of(socket: FakeSocket) -> Reader:
    return Reader(socket, b"", Scope(), Scope(), Scope())  # type: ignore[arg-type]


def test_what_was_missed_comes_before_what_is_new() -> None:
    async def story() -> list[str]:
        socket = FakeSocket()
        reader = reader_of(socket)
        reader.offer("new")  # joined before the catch-up was read
        serving = asyncio.create_task(reader.serve(["hello", "missed"], asyncio.Queue()))
        while len(socket.sent) < 3:
            await asyncio.sleep(0)
        socket.says.put_nowait({"type": "websocket.disconnect"})
        await serving
        assert socket.closed is None  # who left is not told to leave
        return socket.sent

    assert asyncio.run(story()) == ["hello", "missed", "new"]


def test_who_reads_nothing_is_let_go_and_costs_no_more_memory() -> None:
    async def story() -> tuple[int | None, int]:
        socket = FakeSocket(reads=False)
        reader = reader_of(socket)
        serving = asyncio.create_task(reader.serve(["hello"], asyncio.Queue()))
        await asyncio.sleep(0)
        for number in range(10_000):
            reader.offer(str(number))
        await serving
        return socket.closed, reader.backlog

    code, backlog = asyncio.run(story())
    assert code == TOO_SLOW
    assert backlog <= 256


def test_the_first_reason_to_end_counts() -> None:
    async def story() -> int | None:
        socket = FakeSocket()
        reader = reader_of(socket)
        reader.end(SIGNED_OUT)
        reader.end(TOO_SLOW)
        await reader.serve([], asyncio.Queue())
        return socket.closed

    assert asyncio.run(story()) == SIGNED_OUT


def hears(*texts: str) -> tuple[int, Wishes]:
    """How often a reader stands in the queue after `texts`, and what it wishes then."""

    async def story() -> tuple[int, Wishes]:
        socket, asking = FakeSocket(), asyncio.Queue[Reader]()
        for text in texts:
            socket.says.put_nowait({"type": "websocket.receive", "text": text})
        socket.says.put_nowait({"type": "websocket.receive", "bytes": b"ping"})
        socket.says.put_nowait({"type": "websocket.disconnect"})
        reader = reader_of(socket)
        await reader.serve([], asking)
        return asking.qsize(), reader.take_wishes()

    return asyncio.run(story())


def test_only_a_ping_is_answered() -> None:
    times, wishes = hears('{"type":"ping"}', '{"type":"hello"}', "[1]", "", "[" * 4000)
    assert (times, wishes.ping, wishes.said_viewing) == (1, True, False)
    assert hears('{"type":"hello"}', "[1]", "null", '{"type":["viewing"]}')[0] == 0


def test_asking_again_and_again_asks_for_no_more() -> None:
    first, last = str(UUID(int=1)), str(UUID(int=2))
    views = [f'{{"type":"viewing","incident":"{key}"}}' for key in (first, last) * 500]
    times, wishes = hears(*views, *['{"type":"ping"}'] * 500)
    assert (times, wishes.ping, wishes.viewing) == (1, True, UUID(last))


def test_what_is_no_incident_is_not_viewed() -> None:
    assert hears('{"type":"viewing","incident":"x"}', '{"type":"viewing","incident":[1]}')[0] == 0
    times, wishes = hears('{"type":"viewing","incident":null}')
    assert (times, wishes.said_viewing, wishes.viewing) == (1, True, None)


class FakeWire:
    """Takes texts at once while `open`."""

    def __init__(self) -> None:
        self.open, self.written = True, list[str]()

    def write_now(self, text: str) -> bool:
        if self.open:
            self.written.append(text)
        return self.open


def test_a_text_goes_past_the_queue_and_never_past_another() -> None:
    async def story() -> tuple[list[str], list[str]]:
        socket, wire = FakeSocket(), FakeWire()
        reader = Reader(cast("Any", socket), b"", Scope(), Scope(), Scope(), wire=cast("Any", wire))
        reader.offer("early")  # before the greeting is out: it must wait
        serving = asyncio.create_task(reader.serve(["hello"], asyncio.Queue()))
        while len(socket.sent) < 2:
            await asyncio.sleep(0)
        reader.offer("direct")
        wire.open = False  # the peer's buffer is full
        reader.offer("waits")
        wire.open = True
        reader.offer("behind it")
        while len(socket.sent) < 4:
            await asyncio.sleep(0)
        reader.offer("direct again")
        socket.says.put_nowait({"type": "websocket.disconnect"})
        await serving
        return socket.sent, wire.written

    assert asyncio.run(story()) == (["hello", "early", "waits", "behind it"], ["direct", "direct again"])
