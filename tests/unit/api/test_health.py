"""A load balancer asks whether we can serve; a database that hangs is not to keep it waiting."""

import asyncio

import pytest

from api.problems import Problem
from api.routes import health


class Pool:
    """Stands for a pool of connections."""


def test_a_database_that_hangs_is_asked_once_and_said_to_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Pool] = []

    async def story() -> None:
        back = asyncio.Event()

        async def current(pool: Pool) -> bool:
            asked.append(pool)
            await back.wait()
            return True

        monkeypatch.setattr(health.system, "current", current)
        monkeypatch.setattr(health, "_PATIENCE_S", 0.01)
        pool = Pool()
        for _ in range(3):
            with pytest.raises(Problem) as caught:
                await health._current(pool)  # type: ignore[arg-type]
            assert caught.value.status == 503
        assert len(asked) == 1
        back.set()
        assert await health._current(pool)  # type: ignore[arg-type]

    asyncio.run(story())


def test_what_the_database_says_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(pool: Pool) -> bool:
        raise ConnectionError

    monkeypatch.setattr(health.system, "current", refuses)
    with pytest.raises(ConnectionError):
        asyncio.run(health._current(Pool()))  # type: ignore[arg-type]
