"""One's own security: second factors set up and removed, the password changed, sessions ended."""

from typing import Any

import segno
from anyio.to_thread import run_sync

from api import attempts, codes, passkeys, passwords, policy, tokens
from api.door import as_door, has_password, hash_of
from api.guard import Caller, fresh
from api.models.security import (
    ChangePassword,
    LoginOut,
    Logins,
    MadePasskey,
    NewPasskey,
    PasskeyOut,
    SecurityOut,
    TotpBegun,
)
from api.paging import decode, page
from api.parts import Connection, Parts
from api.passkeys import BadPasskey, Site
from api.problems import Problem, not_found
from api.second import purpose, totp_fits, vault
from api.sign_in import STEP_LASTS
from api.store import accounts, factors
from api.store.factors import Begun
from api.visit import Visit

_MOST_PASSKEYS = 10


async def overview(parts: Parts, caller: Caller) -> SecurityOut:
    """What the caller signs in with."""
    account = caller.session.account
    async with parts.pool.connection() as conn:
        has = await factors.of_account(conn, account)
        rows = await factors.passkeys(conn, account)
    return SecurityOut(
        password=await has_password(parts, account),
        totp=has.totp,
        recovery_left=has.recovery_left,
        passkeys=[PasskeyOut(**_shown(row)) for row in rows],
        second_factor_by=caller.session.second_factor_by,
        provider=has.providers > 0,
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in PasskeyOut.model_fields}


async def end_others(conn: Connection, parts: Parts, caller: Caller) -> None:
    """End every session of the caller but this one, on open sockets too."""
    ended = await accounts.end_sessions(conn, caller.session.account, but=caller.session.token_hash)
    _close(parts, ended)


def _close(parts: Parts, ended: list[bytes]) -> None:
    if parts.hub is not None:
        for token_hash in ended:
            parts.hub.sign_out(token_hash)


async def end_session(parts: Parts, caller: Caller, key: int) -> None:
    """End one session of the caller; Problem 404."""
    async with parts.pool.connection() as conn:
        ended = await accounts.end_sessions(conn, caller.session.account, key=key)
    if not ended:
        raise not_found()
    _close(parts, ended)


async def begin_totp(parts: Parts, caller: Caller) -> TotpBegun:
    """A secret for an authenticator app; it counts once a code was sent. Problem 409 when there is one."""
    session, secret = caller.session, codes.fresh_secret()
    sealed = await run_sync(vault(parts).seal, secret, purpose(session.account))
    async with parts.pool.connection() as conn:
        if not await factors.put_totp(conn, session.account, sealed, parts.wall_now):
            raise Problem(409, "already-there", "remove the app that is set up first")
    uri = codes.uri(secret, session.login)
    picture = segno.make(uri, error="m").svg_data_uri(scale=4, border=3, light="white")
    return TotpBegun(secret=codes.as_text(secret), uri=uri, qr=picture)


async def confirm_totp(parts: Parts, caller: Caller, code: str, visit: Visit) -> list[str]:
    """The app works: recovery codes, if this is the first second factor. Problem 422 "bad-code"."""
    account = caller.session.account
    attempt = await attempts.begin(parts, f"enrol/{account}", visit, "totp", account)
    async with parts.pool.connection() as conn, conn.transaction():
        before = await factors.of_account(conn, account)
        fits = await totp_fits(conn, parts, account, code, confirmed=False)
        fresh_codes = await _secured(conn, parts, caller, first=not before.any) if fits else []
    await attempts.end(parts, attempt, passed=fits)
    if not fits:
        raise Problem(422, "bad-code", "this is not the app's code just now; is the phone's clock right?")
    return fresh_codes


async def _secured(conn: Connection, parts: Parts, caller: Caller, *, first: bool) -> list[str]:
    """Who signed in with less before is signed out: from now on every session has passed both factors."""
    await end_others(conn, parts, caller)
    await accounts.ask_second_factor(conn, caller.session.account, parts.wall_now, needed=False)
    return await _fresh_codes(conn, caller.session.account) if first else []


async def _fresh_codes(conn: Connection, account: int) -> list[str]:
    made = list(codes.fresh_recovery())
    await factors.put_recovery(conn, account, [tokens.digest(codes.fold_recovery(one)) for one in made])
    return made


async def fresh_recovery(parts: Parts, caller: Caller) -> list[str]:
    """New recovery codes; Problem 409 without a second factor that they could replace."""
    account = caller.session.account
    async with parts.pool.connection() as conn, conn.transaction():
        if not (await factors.of_account(conn, account)).any:
            raise Problem(409, "no-second-factor", "there is no second factor to replace")
        return await _fresh_codes(conn, account)


async def remove_totp(parts: Parts, caller: Caller) -> None:
    """Forget the app; Problem 404, or 409 when it is the last second factor and one is needed."""
    account = caller.session.account
    async with parts.pool.connection() as conn, conn.transaction():
        if not await factors.remove_totp(conn, account):
            raise not_found()
        await _still_secured(conn, parts, caller)


async def remove_passkey(parts: Parts, caller: Caller, key: int) -> None:
    """Forget a passkey; Problem 404, or 409 as for the app."""
    async with parts.pool.connection() as conn, conn.transaction():
        if not await factors.remove_passkey(conn, caller.session.account, key):
            raise not_found()
        await _still_secured(conn, parts, caller)


async def _still_secured(conn: Connection, parts: Parts, caller: Caller) -> None:
    """Problem 409, which undoes the removal, when nothing is left and something is needed."""
    account = caller.session.account
    if (await factors.of_account(conn, account)).any:
        return
    roles = await accounts.roles(conn, account)
    if parts.own.second_factor_required and policy.needs_second_factor(roles):
        raise Problem(409, "last-factor", "your role needs a second factor: set up another one first")
    await factors.forget_all(conn, account)  # recovery codes replace nothing any more
    await end_others(conn, parts, caller)


async def ask_for_passkey(parts: Parts, site: Site, caller: Caller) -> tuple[str, dict[str, Any]]:
    """(step, options of navigator.credentials.create); Problem 409 when there are too many."""
    session, step = caller.session, tokens.fresh()
    async with parts.pool.connection() as conn:
        known = await factors.passkeys(conn, session.account)
        if len(known) >= _MOST_PASSKEYS:
            raise Problem(409, "too-many", f"at most {_MOST_PASSKEYS} of them")
        options, challenge = passkeys.making(site, session.account, session.login, session.name, known)
        begun = Begun("enrol", session.account, "", challenge, {})
        await factors.begin(conn, tokens.digest(step), begun, parts.wall_now, STEP_LASTS)
    return step, options


async def add_passkey(parts: Parts, site: Site, caller: Caller, wish: NewPasskey) -> MadePasskey:
    """Keep a passkey that the caller's browser made; Problem 422 "bad-passkey"."""
    session, now = caller.session, parts.wall_now
    async with parts.pool.connection() as conn, conn.transaction():
        begun = await factors.take(conn, tokens.digest(wish.step), "enrol", now)
        if begun is None or begun.account != session.account or begun.challenge is None:
            raise Problem(422, "bad-passkey", "this took too long; begin anew")
        try:
            made = passkeys.made(site, wish.passkey, begun.challenge)
        except BadPasskey:
            raise Problem(422, "bad-passkey", "the browser's answer is not acceptable") from None
        before = await factors.of_account(conn, session.account)
        about = {
            "account_id": session.account, "credential_id": made.credential_id, "public_key": made.public_key,
            "sign_count": made.sign_count, "transports": made.transports, "name": wish.name, "now": now,
        }  # fmt: skip
        key = await factors.add_passkey(conn, about)
        if key is None:
            raise Problem(422, "bad-passkey", "this passkey is known already")
        recovery = await _secured(conn, parts, caller, first=not before.any)
    return MadePasskey(id=key, name=wish.name, made_at=now, used_at=None, recovery=recovery)


async def change_password(parts: Parts, caller: Caller, wish: ChangePassword, visit: Visit) -> None:
    """Keep a new password and end all other sessions.

    Problem 401 "bad-login" for a wrong current one, 422 "weak-password".
    """
    session = caller.session
    kept = await hash_of(parts, session.account)
    if kept == passwords.NONE:
        await fresh(caller, parts)
    else:
        attempt = await attempts.begin(parts, f"confirm/{session.account}", visit, "confirm", session.account)
        fits = await passwords.check(kept, wish.current or "")
        await attempts.end(parts, attempt, passed=fits)
        if not fits:
            raise Problem(401, "bad-login", "the current password is wrong")
    await passwords.refuse_weak(wish.password, session.login, session.name)
    password_hash = await passwords.make(wish.password)
    async with parts.pool.connection() as conn, conn.transaction():
        await accounts.renew_hash(conn, session.account, password_hash)
        await end_others(conn, parts, caller)


async def logins(parts: Parts, account: int, cursor: str | None, limit: int) -> Logins:
    """How `account` was signed in to, or was not, the latest first."""
    after = decode(cursor, [int])
    async with as_door(parts) as conn:
        rows = await accounts.logins(conn, account, limit + 1, after[0] if after else None)
    kept, following = page(rows, limit, lambda row: [row["id"]])
    items = [LoginOut(**{name: row[name] for name in LoginOut.model_fields}) for row in kept]
    return Logins(items=items, next=following)
