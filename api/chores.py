"""What the API does by itself: see to the first run, then forget what has ended."""

import asyncio
import logging
from datetime import timedelta

import psycopg
import psycopg_pool

from api import first_run, lease
from api.parts import Parts
from api.store import accounts, factors, system

log = logging.getLogger(__name__)

_SOON_S = 0.5
_LATER_S = 600
_KEEP_ATTEMPTS = timedelta(days=90)


async def _once(parts: Parts) -> float:
    """Do what is due; returns the real seconds until the next time."""
    if not parts.ready:
        parts.ready = await system.current(parts.pool) and await first_run.see_to(parts)
        return 0.0 if parts.ready else _SOON_S
    async with parts.pool.connection() as conn:
        await accounts.clear(conn, parts.wall_now, parts.wall_now - _KEEP_ATTEMPTS)
        await factors.clear_steps(conn, parts.wall_now)
    return _LATER_S


async def run(parts: Parts) -> None:
    """For ever; a database that is away delays it and ends nothing."""
    away = False
    lease.become(lease.HOUSE)
    while True:
        try:
            pause = await _once(parts)
            away = False
        except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
            if not away:
                log.warning("chores wait for the database", extra={"error": type(error).__name__})
            away, pause = True, 1.0
        await asyncio.sleep(pause)
