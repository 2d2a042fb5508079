"""Every proof of who one is, is counted before it is looked at: who guesses waits."""

import math
from datetime import datetime, timedelta

from api import tokens
from api.backoff import ADDRESS_FAILURES, ADDRESS_WINDOW_S, wait_s
from api.parts import Parts
from api.problems import Problem
from api.store import accounts
from api.store.accounts import Failures
from api.visit import Visit, network_of


def held_until(failures: Failures) -> datetime | None:
    """Until when no further guess is looked at; None when it may be."""
    untils = []
    if failures.last_at is not None and wait_s(failures.of_login):
        untils.append(failures.last_at + timedelta(seconds=wait_s(failures.of_login)))
    if failures.address_last_at is not None and failures.of_address >= ADDRESS_FAILURES:
        untils.append(failures.address_last_at + timedelta(seconds=ADDRESS_WINDOW_S))
    return max(untils, default=None)


async def begin(parts: Parts, word: str, visit: Visit, what: str, account: int | None = None) -> int:
    """Count an attempt at `word` (a login, or what stands for one); its key.

    Problem 429 with Retry-After when too many mistakes came before: from this address, or, of a known
    `account`, from anywhere.
    """
    now = parts.wall_now
    async with parts.pool.connection() as conn:
        attempt, failures = await accounts.begin_attempt(
            conn, tokens.digest(word), network_of(visit.address), now, what, account
        )
        until = held_until(failures)
        if until is not None and now < until:
            await accounts.end_attempt(conn, attempt, "refused")
            seconds = math.ceil((until - now).total_seconds())
            raise Problem(429, headers={"Retry-After": str(seconds)}, retry_after_s=seconds)
    return attempt


async def end(parts: Parts, attempt: int, *, passed: bool, account: int | None = None) -> None:
    """Note how it went."""
    async with parts.pool.connection() as conn:
        await accounts.end_attempt(conn, attempt, "passed" if passed else "failed", account)
