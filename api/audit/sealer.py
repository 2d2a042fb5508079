"""Links what was written to the audit, within a second and in one order, whichever process wrote it."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import psycopg
import psycopg_pool

from api import lease
from api.audit import chain
from api.parts import Parts
from api.store import audit

log = logging.getLogger(__name__)

_EVERY_S = 0.5
_OUTSIDE_EVERY = timedelta(minutes=10)  # so much of the newest could be taken away unseen
_AGAIN_S = 60.0  # until room is looked for again when somebody reads everything
_AT_ONCE = 2000
_AWAY = (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, psycopg_pool.PoolClosed)


async def run(parts: Parts) -> None:
    """For ever; a database that is away is waited for."""
    lease.become(lease.SEALER)
    away, tidied, not_before, outside = False, date.min, 0.0, Outside(parts)
    loop = asyncio.get_running_loop()
    while True:
        try:
            if parts.ready:
                today = parts.wall_now.date()
                if today != tidied and loop.time() >= not_before:
                    if await _tidy(parts):
                        tidied = today
                    else:
                        not_before = loop.time() + _AGAIN_S
                while (linked := await seal(parts)) == _AT_ONCE:
                    pass
                if linked:
                    await outside.note()
            away = False
        except _AWAY as error:
            if not away:
                log.warning("the audit's chain waits for the database", extra={"error": type(error).__name__})
            away = True
        await asyncio.sleep(_EVERY_S)


async def _tidy(parts: Parts) -> bool:
    """Room ahead, and months that are over go; False when somebody is in the way for longer than a moment.

    Whoever dumps the database holds all its tables for as long as that takes. To wait for them would keep
    everybody waiting who is to be noted, and the dump could be ended for it; room is made a month ahead.
    """
    gone: list[str] = []
    try:
        async with parts.pool.connection() as conn:
            async with conn.transaction():
                await audit.give_way(conn)
                await audit.make_room(conn, parts.wall_now)
            async with conn.transaction():
                await audit.give_way(conn)
                gone = await audit.retire(conn, parts.wall_now, parts.own.audit_months)
    except psycopg.errors.LockNotAvailable:
        log.info("somebody reads the whole audit; room for its next month is made later")
        return False
    for name in gone:
        log.info("a month of the audit is over", extra={"partition": name})
    return True


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
        if await audit.anchor(conn, now.date(), n, head, now):
            log.info("audit anchor", extra={"anchor": chain.line(now.date().isoformat(), n, head)})
    return len(rows)


@dataclass(slots=True)
class Outside:
    """A file beside the database, with a line every ten minutes: who changes one leaves the other."""

    parts: Parts
    noted_at: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    async def note(self) -> None:
        """Where the chain stands, unless that was noted a moment ago; a clock that was set back is no reason
        to note nothing."""
        now = self.parts.wall_now
        if timedelta(0) <= now - self.noted_at < _OUTSIDE_EVERY:
            return
        self.noted_at = now
        async with self.parts.pool.connection() as conn:
            line = chain.line(now.date().isoformat(), *await audit.head(conn))
        try:
            folder = self.parts.settings.data_dir / "audit"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (folder / "anchors").open("a", encoding="ascii") as file:
                file.write(line + "\n")
        except OSError as error:  # a disk that is full is no reason to link nothing
            log.error("the audit's anchor could not be kept outside", extra={"error": type(error).__name__})
