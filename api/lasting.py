"""Work that lasts as long as the process: after any error it is begun again, a second later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core import logs

log = logging.getLogger(__name__)

_AGAIN_S = 1.0

Given = TypeVar("Given")


def task(
    name: str, work: Callable[[Given], Awaitable[None]], given: Given, again_s: float = _AGAIN_S
) -> asyncio.Task[None]:
    """A task that does `work(given)` until it returns or the task is cancelled, however often it fails."""
    return asyncio.create_task(_last(name, work, given, again_s), name=name)


async def _last(name: str, work: Callable[[Given], Awaitable[None]], given: Given, again_s: float) -> None:
    while True:
        try:
            await work(given)
        except asyncio.CancelledError as error:
            own = asyncio.current_task()
            if own is None or own.cancelling():
                raise
            _say(name, error)  # what was cancelled was something inside
        except Exception as error:
            _say(name, error)
        else:
            return
        await asyncio.sleep(again_s)


def _say(name: str, error: BaseException) -> None:
    """Each error of a group by itself."""
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else (error,):
        log.error("work that lasts has failed and begins again", extra={"work": name, **logs.trace(one)})
