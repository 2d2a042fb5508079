"""Coming in by the city's identity provider: who they are there, and whose account that is here."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

from anyio.to_thread import run_sync

from api import attempts, passwords, provider, tokens
from api.models.session import fold
from api.parts import Connection, Parts
from api.passkeys import Site
from api.problems import Problem
from api.provider import Known, ProviderFault
from api.sign_in import ask_second, open_session
from api.store import accounts, factors, identities, invitations
from api.store.factors import Begun
from api.visit import Visit

log = logging.getLogger(__name__)

_LASTS = timedelta(minutes=10)  # to log in there, with all that may be asked
_KNOWN_FOR = timedelta(minutes=10)
CALLBACK = "/api/v1/provider/callback"
_NO_LOGIN = re.compile(r"[^\w.@+-]+")


async def _known(parts: Parts) -> Known:
    asked, now = parts.provider, parts.wall_now
    if asked.known is None or asked.at is None or now - asked.at > _KNOWN_FOR:
        asked.known, asked.at = await run_sync(provider.discover, parts.own.oidc_issuer), now
    return asked.known


async def start(parts: Parts, site: Site, invitation: str | None, account: int | None) -> tuple[str, str]:
    """(address to send the browser to, word that its cookie keeps).

    With the code of an `invitation` whoever comes back gets its account; with `account` they are known to be
    it from then on. Problem 404 when there is no provider, 503 when it does not answer.
    """
    if not parts.own.oidc_issuer:
        raise Problem(404)
    try:
        known = await _known(parts)
    except ProviderFault as fault:
        log.warning("the identity provider is no use", extra={"why": str(fault)})
        raise Problem(503, "provider-away", "the identity provider does not answer as it should") from fault
    state, nonce, verifier = tokens.fresh(), tokens.fresh(), tokens.fresh()
    data = {
        "nonce": nonce,
        "verifier": verifier,
        "invitation": invitation and tokens.digest(invitation).hex(),
    }
    async with parts.pool.connection() as conn:
        begun = Begun("provider", account, "", None, data)
        await factors.begin(conn, tokens.digest(state), begun, parts.wall_now, _LASTS)
    url = provider.address(parts.own, known, site.origin + CALLBACK, state, nonce, verifier)
    return url, state


async def finish(parts: Parts, site: Site, visit: Visit, kept: str, state: str, code: str) -> str:
    """The secret of the session of who came back. Problem 401 "provider-refused" when they did not come from
    where this browser was sent, or are nobody here; 401 "second-factor" as at the sign-in."""
    try:
        token, account, problem = await _finish(parts, site, visit, kept, state, code)
    except ProviderFault as fault:
        await attempts.note(parts, visit, "provider", passed=False)
        log.warning("somebody who came by the identity provider was refused", extra={"why": str(fault)})
        raise Problem(401, "provider-refused") from fault
    await attempts.note(parts, visit, "provider", passed=True, account=account)
    if problem is not None:
        raise problem
    return token


async def _finish(
    parts: Parts, site: Site, visit: Visit, kept: str, state: str, code: str
) -> tuple[str, int, Problem | None]:
    if not kept or not tokens.same(kept, state):
        raise ProviderFault("this browser was not sent there")
    async with parts.pool.connection() as conn:
        begun = await factors.take(conn, tokens.digest(state), "provider", parts.wall_now)
    if begun is None:
        raise ProviderFault("this took too long, or was done already")
    data, redirect = begun.data, site.origin + CALLBACK
    known = await _known(parts)
    said = await run_sync(
        provider.claims, parts.own, known, redirect, code, data["nonce"], data["verifier"],
        parts.wall_now.timestamp(),
    )  # fmt: skip
    async with parts.pool.connection() as conn, conn.transaction():
        account = await _account(conn, parts, begun, said)
        has = await factors.of_account(conn, account)
        if has.any and not parts.own.oidc_second_factor:
            return "", account, await ask_second(conn, parts, site, account, has)
        return await open_session(conn, parts, account, "provider", visit), account, None


async def _account(conn: Connection, parts: Parts, begun: Begun, said: dict[str, Any]) -> int:
    """Whose account it is; raises ProviderFault when nobody's."""
    issuer, subject, now = parts.own.oidc_issuer, said["sub"], parts.wall_now
    found = await identities.find(conn, issuer, subject)
    if found is not None:
        if found["disabled_at"] is not None or begun.account not in (None, found["account_id"]):
            raise ProviderFault("the account is disabled, or another one's")
        return int(found["account_id"])
    account = begun.account
    if account is None and begun.data.get("invitation"):
        account = await _invited(conn, bytes.fromhex(begun.data["invitation"]), said, now)
    if account is None and parts.own.oidc_match:
        account = await _matched(conn, parts.own.oidc_match, said)
    if account is None or not await identities.add(conn, issuer, subject, account, now):
        raise ProviderFault("nobody here")
    return account


async def _matched(conn: Connection, claim: str, said: dict[str, Any]) -> int | None:
    """The account whose login the claim names. An e-mail address counts only once the provider verified it:
    else whoever types in somebody else's there would come in as them here."""
    named = said.get(claim)
    if not isinstance(named, str) or (claim == "email" and said.get("email_verified") is not True):
        return None
    found = await accounts.find_login(conn, fold(named))
    return found[0] if found else None


async def _invited(conn: Connection, code_hash: bytes, said: dict[str, Any], now: datetime) -> int | None:
    taken = await invitations.take(conn, code_hash, now)
    if taken is None:
        return None
    wanted = [said.get(name) for name in ("preferred_username", "email", "sub")]
    first = next(one for one in wanted if isinstance(one, str) and one)
    login = _NO_LOGIN.sub("", fold(first))[:50] or "account"
    name = said.get("name")
    shown = name[:80] if isinstance(name, str) and name.isprintable() and name else login
    account = None
    for tail in ("", *(f".{tokens.fresh()[:4].lower()}" for _ in range(5))):
        account = await accounts.add_account(conn, login + tail, shown, "zh", passwords.NONE, now)
        if account is not None:
            break
    if account is None:
        raise ProviderFault("no login was free")
    await accounts.add_grant(
        conn, account, taken["role"], taken["station_id"], taken["resident_id"], now, taken["created_by"]
    )
    await invitations.taken_by(conn, taken["id"], account)
    return account
