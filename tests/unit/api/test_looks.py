"""What sockets were sent is noted when they leave, however many leave at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from api.live.looks import Leaving
from api.store import audit


class Pool:
    """Two connections, and room for three to wait."""

    def __init__(self) -> None:
        self.waiting, self._free = 0, asyncio.Semaphore(2)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[object]:
        self.waiting += 1
        assert self.waiting <= 3, "too many requests"
        async with self._free:
            self.waiting -= 1
            await asyncio.sleep(0)
            yield object()


def test_when_a_line_breaks_everybody_who_leaves_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[int] = []

    async def add(conn: object, entry: Any) -> None:
        await asyncio.sleep(0)
        noted.append(entry)

    monkeypatch.setattr(audit, "add", add)
    parts: Any = SimpleNamespace(pool=Pool(), wall_now=datetime(2026, 3, 1, tzinfo=UTC))

    async def all_leave() -> None:
        leaving = Leaving(parts)
        readers: list[Any] = [SimpleNamespace(looked=lambda now, n=number: n) for number in range(600)]
        await asyncio.gather(*(leaving.note(reader) for reader in readers))

    asyncio.run(all_leave())
    assert sorted(noted) == list(range(600))
