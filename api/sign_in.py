"""Signing in: count the attempt, wait if there were mistakes, look at the password, ask for the second factor
where there is one, open a session."""

from datetime import timedelta

from api import attempts, passkeys, passwords, policy, tokens
from api.models.session import fold
from api.parts import Connection, Parts
from api.passkeys import Site
from api.policy import Role
from api.problems import Problem
from api.store import accounts, factors
from api.store.factors import Begun, Factors
from api.visit import Visit

STEP_LASTS = timedelta(minutes=5)


async def open_session(
    conn: Connection, parts: Parts, account: int, how: str = "invitation", visit: Visit | None = None
) -> str:
    """A new session for `account`, who proved `how` who they are; returns the secret of its cookie."""
    own, token, now = parts.own, tokens.fresh(), parts.wall_now
    roles = await accounts.roles(conn, account)
    elsewhere = how == "provider" and own.oidc_second_factor
    await expect_second_factor(conn, parts, account, frozenset() if elsewhere else roles)
    if roles == {Role.FAMILY}:
        idle, most = timedelta(days=own.family_idle_days), timedelta(days=own.family_days)
    else:
        idle, most = timedelta(hours=own.idle_hours), timedelta(hours=own.shift_hours)
    await accounts.add_session(conn, tokens.digest(token), account, now, idle, most, how, visit or Visit())
    return token


async def expect_second_factor(conn: Connection, parts: Parts, account: int, roles: frozenset[Role]) -> None:
    """Note until when `account` must have a second factor, if one of `roles` needs one and it has none."""
    own = parts.own
    needed = own.second_factor_required and policy.needs_second_factor(roles)
    needed = needed and not (await factors.of_account(conn, account)).any
    by = parts.wall_now + timedelta(days=own.second_factor_grace_days)
    await accounts.ask_second_factor(conn, account, by, needed=needed)


async def sign_in(parts: Parts, site: Site, login: str, password: str, visit: Visit, known: str = "") -> str:
    """The secret of a new session; `known` is the browser's word (`api.known`).

    Problem 401 "bad-login" whether the login or the password is wrong, 429 with Retry-After when too many
    guesses came before; which of a login's people exist cannot be told from either, nor from the time.
    Problem 401 "second-factor" when the password is right and something more is asked for.
    """
    folded = fold(login)
    attempt = await attempts.begin(parts, folded, visit, "password", known=known)
    async with parts.pool.connection() as conn:
        found = await accounts.find_login(conn, folded)
    # No connection is held while the hash is computed: that takes longer than everything else together.
    fits = await passwords.check(found[1] if found else None, password)
    await attempts.end(parts, attempt, passed=fits, account=found[0] if found else None)
    if not fits or found is None:
        raise Problem(401, "bad-login", "login or password is wrong")
    account, kept = found
    renewed = await passwords.make(password) if passwords.outdated(kept) else None
    async with parts.pool.connection() as conn, conn.transaction():
        if renewed is not None:
            await accounts.renew_hash(conn, account, renewed)
        has = await factors.of_account(conn, account)
        if not has.any:
            return await open_session(conn, parts, account, "password", visit)
        problem = await ask_second(conn, parts, site, account, has)
    raise problem


async def ask_second(conn: Connection, parts: Parts, site: Site, account: int, has: Factors) -> Problem:
    """What is answered to who has proved one factor of `account` and has others to prove."""
    step, asked, challenge = tokens.fresh(), None, None
    if has.passkeys:
        asked, challenge = passkeys.asking(site, await factors.passkeys(conn, account))
    begun = Begun("second", account, "", challenge, {})
    await factors.begin(conn, tokens.digest(step), begun, parts.wall_now, STEP_LASTS)
    held = {"passkey": has.passkeys > 0, "totp": has.totp, "recovery": has.recovery_left > 0}
    return Problem(
        401,
        "second-factor",
        "the password is right; send the second factor to /api/v1/session/second",
        step=step,
        ways=[way for way, there in held.items() if there],
        passkey=asked,
    )
