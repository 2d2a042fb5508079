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


def held_until(failures: Failures, *, known: bool = False) -> datetime | None:
    """Until when no further guess is looked at; None when it may be. In a browser that is `known`, others
    behind its address do not count."""
    untils = []
    if failures.last_at is not None and wait_s(failures.of_login):
        untils.append(failures.last_at + timedelta(seconds=wait_s(failures.of_login)))
    if not known and failures.address_last_at is not None and failures.of_address >= ADDRESS_FAILURES:
        untils.append(failures.address_last_at + timedelta(seconds=ADDRESS_WINDOW_S))
    return max(untils, default=None)


async def begin(
    parts: Parts, word: str, visit: Visit, what: str, account: int | None = None, known: str = ""
) -> int:
    """Count an attempt at `word` (a login, or what stands for one); its key.

    Problem 429 with Retry-After when too many mistakes came before: from this address; in a `known` browser
    (`api.known`) those in it alone; or, of a known `account`, from anywhere.
    """
    now = parts.wall_now
    async with parts.pool.connection() as conn:
        attempt, failures = await accounts.begin_attempt(
            conn,
            tokens.digest(f"{word}\n{known}" if known else word),
            network_of(visit.address),
            now,
            what,
            account,
        )
        until = held_until(failures, known=bool(known))
        if until is not None and now < until:
            await accounts.end_attempt(conn, attempt, "refused")
            seconds = math.ceil((until - now).total_seconds())
            raise Problem(429, headers={"Retry-After": str(seconds)}, retry_after_s=seconds)
    return attempt


async def end(parts: Parts, attempt: int, *, passed: bool, account: int | None = None) -> None:
    """Note how it went."""
    async with parts.pool.connection() as conn:
        await accounts.end_attempt(conn, attempt, "passed" if passed else "failed", account)


async def note(parts: Parts, visit: Visit, what: str, *, passed: bool, account: int | None = None) -> None:
    """Note a proof that nobody can guess, so that nobody has to wait: of a passkey, or by a provider."""
    async with parts.pool.connection() as conn:
        outcome = "passed" if passed else "failed"
        await accounts.note_attempt(
            conn, tokens.digest(what), network_of(visit.address), parts.wall_now, what, outcome, account
        )
