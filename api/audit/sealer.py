"""Links what was written to the audit, within a second and in one order, whichever process wrote it."""

import asyncio
import logging
from datetime import date, datetime
from pathlib import Path

import psycopg
import psycopg_pool

from api import lease
from api.audit import chain
from api.parts import Connection, Parts
from api.store import audit

log = logging.getLogger(__name__)

_EVERY_S = 0.5
_AT_ONCE = 2000
_AWAY = (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, psycopg_pool.PoolClosed)


async def run(parts: Parts) -> None:
    """For ever; a database that is away is waited for."""
    lease.become(lease.SEALER)
    away, tidied = False, date.min
    while True:
        try:
            if parts.ready:
                today = parts.wall_now.date()
                if today != tidied:
                    await _tidy(parts)
                    tidied = today
                while await seal(parts) == _AT_ONCE:
                    pass
            away = False
        except _AWAY as error:
            if not away:
                log.warning("the audit's chain waits for the database", extra={"error": type(error).__name__})
            away = True
        await asyncio.sleep(_EVERY_S)


async def _tidy(parts: Parts) -> None:
    async with parts.pool.connection() as conn:
        await audit.make_room(conn, parts.wall_now)
        for name in await audit.retire(conn, parts.wall_now, parts.own.audit_months):
            log.info("a month of the audit is over", extra={"partition": name})


async def seal(parts: Parts) -> int:
    """Link what waits; how many entries that were."""
    now = parts.wall_now
    async with parts.pool.connection() as conn, conn.transaction():
        rows = await audit.waiting(conn, _AT_ONCE)
        if not rows:
            return 0
        n, head = await audit.head(conn)
        links = []
        for row in rows:
            n += 1
            digest = chain.digest(row)
            head = chain.follow(head, digest)
            links.append((n, now, row["id"], row["at"], digest, head))
        await audit.link(conn, links)
        anchored = await _anchor(conn, n, head, now)
    if anchored:
        _keep_outside(parts.settings.data_dir, chain.line(now.date().isoformat(), n, head))
    return len(rows)


async def _anchor(conn: Connection, n: int, head: bytes, now: datetime) -> bool:
    return await audit.anchor(conn, now.date(), n, head, now)


def _keep_outside(data: Path, line: str) -> None:
    """A line a day in a file beside the database, and in the log: who changes one leaves the other."""
    log.info("audit anchor", extra={"anchor": line})
    try:
        folder = data / "audit"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "anchors").open("a", encoding="ascii") as file:
            file.write(line + "\n")
    except OSError as error:  # a disk that is full is no reason to link nothing
        log.error("the audit's anchor could not be kept outside", extra={"error": type(error).__name__})
