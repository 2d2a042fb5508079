"""Work that lasts as long as the process goes on after any error, and ends when it is told to."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from api import lasting


def failing(*errors: BaseException) -> tuple[Callable[[list[str]], object], asyncio.Event]:
    """Work that raises these, one after the other, and then lasts; and what is set when it does."""
    left, lasts = list(errors), asyncio.Event()

    async def work(calls: list[str]) -> None:
        calls.append("begun")
        if left:
            raise left.pop(0)
        lasts.set()
        await asyncio.Event().wait()

    return work, lasts


def test_it_is_begun_again_after_whatever_error(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> list[str]:
        calls: list[str] = []
        work, lasts = failing(
            AttributeError("of somebody"),
            ExceptionGroup("several", [ValueError(), KeyError()]),
            asyncio.CancelledError(),  # of something inside: nobody told the task to end
        )
        task = lasting.task("sealer", work, calls, again_s=0)  # type: ignore[arg-type]
        await asyncio.wait_for(lasts.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return calls

    with caplog.at_level(logging.ERROR):
        assert asyncio.run(story()) == ["begun"] * 4
    errors = [vars(record)["error"] for record in caplog.records if record.name == "api.lasting"]
    assert errors == ["AttributeError", "ValueError", "KeyError", "CancelledError"]
    assert "somebody" not in caplog.text


def test_it_ends_when_it_returns() -> None:
    async def done(_: None) -> None:
        return

    async def story() -> None:
        await asyncio.wait_for(lasting.task("traces", done, None), 30)

    asyncio.run(story())
