"""The second factor at sign-in, a passkey as the only one, and proving again that one is there."""

from typing import Any

from anyio.to_thread import run_sync

from api import attempts, codes, passkeys, passwords, tokens
from api.door import has_password, hash_of
from api.parts import Connection, Parts
from api.passkeys import BadPasskey, Site
from api.problems import Problem
from api.sign_in import STEP_LASTS, open_session
from api.store import accounts, factors
from api.store.accounts import Session
from api.store.factors import Begun
from api.vault import NotOurs, Vault
from api.visit import Visit


def vault(parts: Parts) -> Vault:
    """Where the secrets of authenticator apps are sealed."""
    return Vault(parts.settings.data_dir / "keys")


def purpose(account: int) -> str:
    """What the secret of the app of `account` is sealed for."""
    return f"totp/{account}"


def _over() -> Problem:
    return Problem(401, "step-over", "this took too long, or was done already; begin anew")


async def totp_fits(
    conn: Connection, parts: Parts, account: int, code: str, *, confirmed: bool = True
) -> bool:
    """Whether `code` is the app's code just now; it is used up by that."""
    kept = await factors.totp(conn, account, confirmed=confirmed)
    if kept is None:
        return False
    try:
        secret = await run_sync(vault(parts).open, kept[0], purpose(account))
    except NotOurs:
        return False
    now = parts.wall_now
    step = codes.step_of(secret, code, now.timestamp(), kept[1])
    return step is not None and await factors.use_totp(conn, account, step, now)


async def recovery_fits(conn: Connection, parts: Parts, account: int, code: str) -> bool:
    """Whether `code` is a recovery code that was not used; it is used up by that."""
    folded = tokens.digest(codes.fold_recovery(code))
    return await factors.use_recovery(conn, account, folded, parts.wall_now)


async def passkey_fits(
    conn: Connection,
    parts: Parts,
    site: Site,
    answer: dict[str, Any],
    challenge: bytes | None,
    account: int | None,
) -> int | None:
    """Whose passkey signed `challenge`; None when nobody's, or not that of `account` where one is given."""
    try:
        kept = await factors.passkey(conn, passkeys.credential_id(answer))
        if kept is None or challenge is None or account not in (None, kept["account_id"]):
            return None
        count = passkeys.shown(site, answer, challenge, kept)
    except BadPasskey:
        return None
    used = await factors.use_passkey(conn, kept["id"], count, parts.wall_now)
    return int(kept["account_id"]) if used else None


async def finish(parts: Parts, site: Site, step: str, way: str, answer: Any, visit: Visit) -> str:
    """The secret of the session whose sign-in lacked its second factor.

    Problem 401 "step-over" when it was begun too long ago, 401 "bad-code" when `answer` proves nothing, 429
    after several of those, whatever addresses they came from.
    """
    token_hash = tokens.digest(step)
    async with parts.pool.connection() as conn:
        begun = await factors.look(conn, token_hash, "second", parts.wall_now)
    if begun is None or begun.account is None:
        raise _over()
    account = begun.account
    attempt = await attempts.begin(parts, f"second/{account}", visit, way, account)
    async with parts.pool.connection() as conn, conn.transaction():
        fits = await _fits(conn, parts, site, account, way, answer, begun.challenge)
        passed = fits and await factors.take(conn, token_hash, "second", parts.wall_now) is not None
        token = await open_session(conn, parts, account, way, visit) if passed else None
    await attempts.end(parts, attempt, passed=fits)
    if token is None:
        raise _over() if fits else Problem(401, "bad-code", "this is not the right code")
    return token


async def _fits(
    conn: Connection, parts: Parts, site: Site, account: int, way: str, answer: Any, challenge: bytes | None
) -> bool:
    if way == "totp":
        return await totp_fits(conn, parts, account, answer)
    if way == "recovery":
        return await recovery_fits(conn, parts, account, answer)
    return await passkey_fits(conn, parts, site, answer, challenge, account) is not None


async def ask_passkey(parts: Parts, site: Site, account: int | None = None) -> tuple[str, dict[str, Any]]:
    """(step, options of navigator.credentials.get) for a passkey of `account`, or for anybody's."""
    step = tokens.fresh()
    async with parts.pool.connection() as conn:
        known = await factors.passkeys(conn, account) if account is not None else ()
        options, challenge = passkeys.asking(site, known)
        begun = Begun("passkey", account, "", challenge, {})
        await factors.begin(conn, tokens.digest(step), begun, parts.wall_now, STEP_LASTS)
    return step, options


async def by_passkey(parts: Parts, site: Site, step: str, answer: dict[str, Any], visit: Visit) -> str:
    """The secret of a new session for who shows a passkey and nothing else; Problem 401 "bad-passkey"."""
    async with parts.pool.connection() as conn, conn.transaction():
        begun = await factors.take(conn, tokens.digest(step), "passkey", parts.wall_now)
        account, token = None, ""
        if begun is not None and begun.account is None:
            account = await passkey_fits(conn, parts, site, answer, begun.challenge, None)
        if account is not None:
            token = await open_session(conn, parts, account, "passkey", visit)
    await attempts.note(parts, visit, "passkey", passed=account is not None, account=account)
    if account is None:
        raise Problem(401, "bad-passkey", "this passkey is not known here")
    return token


async def ways_to_confirm(parts: Parts, account: int) -> list[str]:
    """How `account` may prove again to be there; the first one is the usual one."""
    async with parts.pool.connection() as conn:
        has = await factors.of_account(conn, account)
    password = await has_password(parts, account)
    ways = {
        "passkey": has.passkeys > 0,
        "password": password,
        "totp": has.totp and not password,
        "provider": has.providers > 0,
    }
    return [way for way, there in ways.items() if there]


async def confirm(
    parts: Parts, site: Site, session: Session, way: str, answer: Any, step: str, visit: Visit
) -> None:
    """Note that the owner of `session` is there; Problem 401 "bad-code", 429 after several of those."""
    account, fits = session.account, False
    if way not in await ways_to_confirm(parts, account):
        raise Problem(401, "bad-code", "this cannot be used to confirm")
    attempt = await attempts.begin(parts, f"confirm/{account}", visit, "confirm", account)
    if way == "password":
        kept = await hash_of(parts, account)
        fits = await passwords.check(kept, answer)
    async with parts.pool.connection() as conn, conn.transaction():
        if way == "totp":
            fits = await totp_fits(conn, parts, account, answer)
        elif way == "passkey":
            begun = await factors.take(conn, tokens.digest(step), "passkey", parts.wall_now)
            if begun is not None and begun.account == account:
                who = await passkey_fits(conn, parts, site, answer, begun.challenge, account)
                fits = who is not None
        if fits:
            await accounts.confirm_session(conn, session.token_hash, parts.wall_now)
    await attempts.end(parts, attempt, passed=fits)
    if not fits:
        raise Problem(401, "bad-code", "that was not right")
