"""What the API does for care by itself: sheets on their way in, months counted again, buttons heard."""

import logging

import anyio
import psycopg
import psycopg_pool
from anyio import to_process

from api import lease
from api.acting import in_thread
from api.parts import Parts
from care.store import intakes, ordering, statistics

log = logging.getLogger(__name__)

_EVERY_S = 5.0
_MONTHS_AT_ONCE = 200


def hurry(parts: Parts) -> None:
    """A sheet waits: look now, not only at the next turn."""
    parts.care_due.set()


async def run(parts: Parts) -> None:
    """For ever; a database that is away delays it and ends nothing."""
    lease.become(lease.HOUSE)
    away = False
    while True:
        try:
            if parts.ready:
                await once(parts)
            away = False
        except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
            if not away:
                log.warning("chores of care wait for the database", extra={"error": type(error).__name__})
            away = True
        except anyio.BrokenWorkerProcess:
            log.error("a process that looked at a sheet has died; it is looked at again")
        with anyio.move_on_after(_EVERY_S if parts.ready else 0.5):
            await parts.care_due.wait()
        parts.care_due.clear()


async def once(parts: Parts) -> None:
    """What is due now."""
    heard = await in_thread(parts, ordering.hear_buttons, parts.now)
    if heard:
        log.info("buttons asked for services", extra={"orders": heard})
    await in_thread(parts, statistics.refresh, limit=_MONTHS_AT_ONCE)
    conninfo = parts.settings.database_url.get_secret_value()
    for intake in await in_thread(parts, intakes.due, parts.now):
        # In a process of its own: a hundred thousand rows are half a minute of one core, and an alarm that is
        # acknowledged meanwhile must not wait for it.
        await to_process.run_sync(intakes.work, conninfo, intake, parts.now, cancellable=True)
