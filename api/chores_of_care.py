"""What the API does for care by itself: sheets on their way in, months counted again, buttons heard; and what
storage needs now and then."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import anyio
import psycopg
import psycopg_pool
from anyio import to_process, to_thread

from api import lease
from api.caring import work
from api.parts import Parts
from care.store import erasure, intakes, ordering, people, retention, statistics
from core import logs, timeseries
from core.database import WATCHFUL

log = logging.getLogger(__name__)

_EVERY_S = 5.0
_SOON_S = 0.5
_MONTHS_AT_ONCE = 50
_SWEEP_EVERY_S = 600.0


def hurry(parts: Parts) -> None:
    """A sheet waits: look now, not only at the next turn."""
    parts.care_due.set()


async def run(parts: Parts) -> None:
    """For ever; a database that is away delays it and ends nothing."""
    lease.become(lease.HOUSE)
    async with anyio.create_task_group() as group:
        group.start_soon(_again, parts, small, _pause)
        # Apart from the others: a sheet takes up to a minute, and a button is not to wait for it.
        group.start_soon(_again, parts, sheets, _hurried)
        group.start_soon(_again, parts, old, _rarely)
        group.start_soon(_again, parts, storage, _rarely)
        group.start_soon(_again, parts, keys, _rarely)


async def small(parts: Parts) -> None:
    """Presses of service buttons become orders; months that changed are counted again."""
    heard = await work(parts, ordering.hear_buttons, parts.now)
    if heard:
        log.info("buttons asked for services", extra={"orders": heard})
    await work(parts, statistics.refresh, limit=_MONTHS_AT_ONCE)


async def old(parts: Parts) -> None:
    """What is older than its class of data allows goes: all of it, a part at a time."""
    more = True
    while more:
        gone = await work(parts, retention.sweep, parts.now)
        if gone:
            log.info("old data went", extra={"rows": gone})
        more = max(gone.values(), default=0) >= retention.AT_ONCE


async def keys(parts: Parts) -> None:
    """Keys of who was forgotten are destroyed where that was cut off; who cannot be found is again."""
    gone = await work(parts, erasure.destroy_keys, parts.now)
    if gone:
        log.info("keys of people who were forgotten are destroyed", extra={"erasures": gone})
    if await work(parts, people.keys_are_missing):
        conninfo = parts.settings.database_url.get_secret_value()
        found = await to_process.run_sync(people.rebuild, conninfo, cancellable=True)
        log.info("people can be found again", extra={"people": found})


async def storage(parts: Parts) -> None:
    """Readings are summed up by the hour, and TimescaleDB's jobs looked after."""
    conninfo = parts.settings.database_url.get_secret_value()
    await to_thread.run_sync(_tend_storage, conninfo, parts.now, abandon_on_cancel=True)


def _tend_storage(conninfo: str, now: datetime) -> None:
    # As the login itself, who owns the tables; on a connection of its own, for it can take minutes.
    with psycopg.connect(
        conninfo, autocommit=True, application_name="nowalls storage", options="-c TimeZone=UTC", **WATCHFUL
    ) as conn:
        timeseries.tend(conn, timeseries.engine(conn), now)


async def sheets(parts: Parts) -> None:
    """Sheets that wait are looked at, or taken in."""
    conninfo = parts.settings.database_url.get_secret_value()
    failed: Exception | None = None
    for intake in await work(parts, intakes.due, parts.now):
        # In a process of its own: a hundred thousand rows are half a minute of one core, and an alarm that is
        # acknowledged meanwhile must not wait for it.
        try:
            await to_process.run_sync(intakes.work, conninfo, intake, parts.now, cancellable=True)
        except Exception as error:  # said below; those of others behind it do not wait for it
            failed = error
    if failed is not None:
        raise failed


async def _again(
    parts: Parts, chore: Callable[[Parts], Awaitable[None]], pause: Callable[[Parts], Awaitable[None]]
) -> None:
    away = False
    while True:
        try:
            if parts.ready:
                await chore(parts)
            away = False
        except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
            if not away:
                log.warning("chores of care wait for the database", extra={"error": type(error).__name__})
            away = True
        except anyio.BrokenWorkerProcess:
            log.error("a process that looked at a sheet has died; it is looked at again")
        except Exception as error:  # one chore's mistake must not end the others
            log.error("a chore of care failed", extra=logs.trace(error))
        await pause(parts)


async def _pause(parts: Parts) -> None:
    await anyio.sleep(_EVERY_S if parts.ready else _SOON_S)


async def _rarely(parts: Parts) -> None:
    await anyio.sleep(_SWEEP_EVERY_S if parts.ready else _SOON_S)


async def _hurried(parts: Parts) -> None:
    with anyio.move_on_after(_EVERY_S if parts.ready else _SOON_S):
        await parts.care_due.wait()
    parts.care_due.clear()
