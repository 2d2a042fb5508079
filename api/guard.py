"""Who is calling: the cookie or the bearer token, the anti-forgery word, the origin, and what they may do."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection, Request

from api import lease, policy, tokens
from api.audit import trail
from api.entering import entered
from api.parts import Connection, Needs, Parts
from api.policy import Action, Scope
from api.problems import Problem
from api.store import accounts, machines
from api.store.accounts import Session

_COOKIE = "nw_session"
_COOKIE_OVER_TLS = "__Host-nw_session"  # browsers take it over TLS only, and from no other host
HEADER = "X-CSRF-Token"
_FRESH = timedelta(minutes=10)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCH_EVERY = timedelta(minutes=1)  # a row is not rewritten for every request


@dataclass(frozen=True, slots=True)
class Machine:
    """What a bearer token was given.

    Attributes:
        key: of the token.
        path: of its node in the station tree; everything below belongs to it.
        actions: what it may do there.
    """

    key: int
    path: str
    actions: frozenset[Action]

    def scope(self, action: Action) -> Scope | None:
        """Where it may do `action`; None when nowhere."""
        return Scope((self.path,)) if action in self.actions else None


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in, or a machine with a token.

    Attributes:
        session: who, with their grants as they stand now; a machine has none.
        token: the secret in their cookie or header.
        machine: what the token was given; None for a person.
    """

    session: Session
    token: str
    machine: Machine | None = None

    def scope(self, action: Action) -> Scope:
        """Where they may do `action`; Problem 403 when nowhere."""
        trail.asked(action)
        scope = self._where(action)
        if scope is None:
            if self.session.held:
                raise Problem(403, "second-factor-required", "set up a second factor first: /account")
            raise Problem(403)
        return scope

    def may(self, action: Action) -> Scope:
        """As `scope`, but an empty scope when nowhere."""
        trail.asked(action)
        return self._where(action) or Scope()

    def _where(self, action: Action) -> Scope | None:
        if self.machine is not None:
            return self.machine.scope(action)
        return policy.scope(self.session.grants, action)


def cookie_name(connection: HTTPConnection) -> str:
    """What the session's cookie is called on `connection`."""
    return _COOKIE_OVER_TLS if connection.url.scheme in ("https", "wss") else _COOKIE


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks came from here; programs, which send no Origin, pass."""
    if connection.headers.get("sec-fetch-site") == "cross-site":
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if connection.url.scheme in ("https", "wss") and parts.scheme != "https":
        return False  # a page over the wire in the clear may be anybody's, under our own name
    return parts.scheme in ("http", "https") and parts.netloc == connection.headers.get("host", "")


def check_origin(request: Request) -> None:
    """Refuse an unsafe request from a foreign page; for routes that need no session."""
    if request.method not in _SAFE and not same_origin(request):
        raise Problem(403, "foreign-origin")


async def who(connection: HTTPConnection, parts: Parts) -> Caller | None:
    """Who holds the cookie of `connection`; None when nobody does (any longer)."""
    token = connection.cookies.get(cookie_name(connection), "")
    if not token or len(token) > 200:
        return None
    token_hash, wall_now = tokens.digest(token), parts.wall_now
    async with parts.pool.connection() as conn:
        found = await accounts.sessions(conn, [token_hash], parts.now, wall_now)
        session = found.get(token_hash)
        if session is None:
            return None
        fresh_until = min(session.expires_at, wall_now + timedelta(seconds=session.idle_s))
        if fresh_until - session.idle_until > _TOUCH_EVERY:
            await accounts.touch(conn, [token_hash], wall_now)
    return Caller(session, token)


def bearer(connection: HTTPConnection) -> str | None:
    """The token of the Authorization header; None without one, and for what a proxy wants to know."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


async def machine(token: str, parts: Parts) -> Caller | None:
    """What `token` was given; None when it holds no longer, or never did."""
    if not tokens.machine_form(token):
        return None
    wall_now = parts.wall_now
    async with parts.pool.connection() as conn:
        row = await machines.find(conn, tokens.digest(token), wall_now)
        if row is None:
            return None
        if row["used_at"] is None or wall_now - row["used_at"] > _TOUCH_EVERY:
            await machines.used(conn, row["id"], wall_now)
    session = Session(
        bytes(row["token_hash"]), row["account_id"], row["login"], row["name"], row["language"], (), 0,
        row["expires_at"], row["expires_at"],
    )  # fmt: skip
    actions = frozenset(one for one in Action if one.value in row["actions"])
    return Caller(session, token, Machine(row["id"], row["path"], actions))


# Looked at by the description of the API only.
_BY_COOKIE = APIKeyCookie(
    name=_COOKIE,
    scheme_name="session",
    description=f"POST /api/v1/session gives it; unsafe requests also send the answer's csrf as {HEADER}",
    auto_error=False,
)
_BY_TOKEN = HTTPBearer(scheme_name="token", description="POST /api/v1/tokens makes one", auto_error=False)


async def caller(
    request: Request,
    parts: Needs,
    _session: Annotated[str | None, Depends(_BY_COOKIE)] = None,
    _token: Annotated[object, Depends(_BY_TOKEN)] = None,
) -> Caller:
    """The person or machine behind a request; Problem 401 without one, 403 when the request may be forged.

    Who sends a token is who the token says: a cookie that comes with it is not looked at. No page of others
    can send one, so it needs no anti-forgery word.
    """
    token = bearer(request)
    someone = await who(request, parts) if token is None else await machine(token, parts)
    if token is not None and someone is None:
        raise Problem(401, "bad-token", headers={"WWW-Authenticate": "Bearer"})
    if token is None:
        check_origin(request)
    if someone is None:
        raise Problem(401)
    if token is None and request.method not in _SAFE:
        given = request.headers.get(HEADER, "")
        if not tokens.same(given, tokens.csrf(someone.token)):
            raise Problem(403, "bad-csrf", f"send the csrf of GET /api/v1/session as {HEADER}")
    return entered(request, someone)


Signed = Annotated[Caller, Depends(caller)]


async def still(request: Request, parts: Parts) -> Caller:
    """The caller as they stand now: for what was long on its way, or waited for others, after it was let in.

    Problem 401 or 403 when they are nobody, or may nothing, any more.
    """
    with lease.borrowed(lease.DOOR):
        someone = await caller(request, parts)
    return entered(request, someone)


async def still_there(conn: Connection, parts: Parts, someone: Caller) -> Caller:
    """The same for who waited for a lock, on the connection that holds it (as the door); a person only."""
    token_hash = someone.session.token_hash
    found = await accounts.sessions(conn, [token_hash], parts.now, parts.wall_now)
    if token_hash not in found:
        raise Problem(401)
    return replace(someone, session=found[token_hash])


async def in_person(someone: Signed) -> Caller:
    """A person: what is theirs alone is no machine's."""
    if someone.machine is not None:
        raise Problem(403, "not-for-machines", "a token cannot do this; sign in")
    return someone


InPerson = Annotated[Caller, Depends(in_person)]


async def fresh(someone: Signed, parts: Needs) -> Caller:
    """Who has proved within ten minutes to be there: a page left open is not enough.

    Problem 403 "confirm-again" else. A token passes: who made it had proved it, and chose what it may do.
    """
    confirmed_at = someone.session.confirmed_at
    if someone.machine is None and (confirmed_at is None or parts.wall_now - confirmed_at > _FRESH):
        raise Problem(403, "confirm-again", "prove that it is you: /api/v1/session/confirm")
    return someone


Fresh = Annotated[Caller, Depends(fresh)]


async def fresh_in_person(someone: Fresh) -> Caller:
    """Both."""
    return await in_person(someone)


FreshInPerson = Annotated[Caller, Depends(fresh_in_person)]
