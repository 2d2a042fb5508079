"""One socket of the live feed: order, limits, and an end for those who do not keep up."""

import asyncio
from typing import Any

from api.live.reader import SIGNED_OUT, TOO_SLOW, Reader
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


def test_only_a_ping_is_answered() -> None:
    async def story() -> int:
        socket, pong = FakeSocket(), asyncio.Queue[Reader]()
        for text in ('{"type":"ping"}', '{"type":"hello"}', "[1]", "", "[" * 4000, '{"type":"ping"}'):
            socket.says.put_nowait({"type": "websocket.receive", "text": text})
        socket.says.put_nowait({"type": "websocket.receive", "bytes": b"ping"})
        socket.says.put_nowait({"type": "websocket.disconnect"})
        await reader_of(socket).serve([], pong)
        return pong.qsize()

    assert asyncio.run(story()) == 2
