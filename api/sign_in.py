"""Signing in: count the attempt, wait if there were mistakes, look at the password, open a session."""

import math
from datetime import datetime, timedelta

from api import passwords, tokens
from api.backoff import ADDRESS_FAILURES, ADDRESS_WINDOW_S, wait_s
from api.models.session import fold
from api.parts import Connection, Parts
from api.problems import Problem
from api.store import accounts
from api.store.accounts import Failures


def held_until(failures: Failures) -> datetime | None:
    """Until when no further guess is looked at; None when it may be."""
    untils = []
    if failures.last_at is not None and wait_s(failures.of_login):
        untils.append(failures.last_at + timedelta(seconds=wait_s(failures.of_login)))
    if failures.address_last_at is not None and failures.of_address >= ADDRESS_FAILURES:
        untils.append(failures.address_last_at + timedelta(seconds=ADDRESS_WINDOW_S))
    return max(untils, default=None)


async def open_session(conn: Connection, parts: Parts, account: int) -> str:
    """A new session for `account`; returns the secret of its cookie."""
    own, token = parts.own, tokens.fresh()
    if await accounts.only_family(conn, account):
        idle, most = timedelta(days=own.family_idle_days), timedelta(days=own.family_days)
    else:
        idle, most = timedelta(hours=own.idle_hours), timedelta(hours=own.shift_hours)
    await accounts.add_session(conn, tokens.digest(token), account, parts.wall_now, idle, most)
    return token


async def sign_in(parts: Parts, login: str, password: str, address: str) -> str:
    """The secret of a new session.

    Problem 401 "bad-login" whether the login or the password is wrong, 429 with Retry-After when too many
    guesses came before; which of a login's people exist cannot be told from either, nor from the time.
    """
    folded, wall_now = fold(login), parts.wall_now
    async with parts.pool.connection() as conn:
        attempt, failures = await accounts.begin_attempt(conn, tokens.digest(folded), address, wall_now)
        until = held_until(failures)
        if until is not None and wall_now < until:
            await accounts.end_attempt(conn, attempt, "refused")
            seconds = math.ceil((until - wall_now).total_seconds())
            raise Problem(429, headers={"Retry-After": str(seconds)}, retry_after_s=seconds)
        found = await accounts.find_login(conn, folded)
    # No connection is held while the hash is computed: that takes longer than everything else together.
    if not await passwords.check(found[1] if found else None, password) or found is None:
        async with parts.pool.connection() as conn:
            await accounts.end_attempt(conn, attempt, "failed", found[0] if found else None)
        raise Problem(401, "bad-login", "login or password is wrong")
    async with parts.pool.connection() as conn, conn.transaction():
        await accounts.end_attempt(conn, attempt, "passed", found[0])
        return await open_session(conn, parts, found[0])
