"""Whether somebody agreed to what is about to be done with their data; danger to life asks for no consent."""

from datetime import datetime
from typing import Any

from psycopg import Connection

from api import caring
from api.audit import trail
from api.parts import Parts
from api.problems import Problem
from care.store import consents


async def agreed(parts: Parts, resident: int, purpose: str) -> None:
    """Problem 403 `no-consent` unless the person agrees to `purpose`, or an incident of theirs is open.

    In the second case the audit says so, with the ground in law.
    """
    holds, incident = await caring.work(parts, _ground, resident, purpose, parts.now)
    if holds:
        return
    if incident is None:
        raise Problem(403, "no-consent", "the person has not agreed to this", purpose=purpose)
    trail.why(f"life-saving, PIPL art. 13(4): incident {incident} is open; no consent to {purpose}")


async def in_danger(parts: Parts, resident: int) -> bool:
    """Whether an incident of theirs is open: then nobody who helps is held up."""
    return await caring.work(parts, consents.danger, resident, parts.now) is not None


def _ground(conn: Connection[Any], resident: int, purpose: str, now: datetime) -> tuple[bool, int | None]:
    if consents.holds(conn, resident, purpose, now):
        return True, None
    return False, consents.danger(conn, resident, now)
