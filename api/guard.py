"""Who is calling: the cookie, the anti-forgery word, the origin, and the scope of what they may do."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from api import policy, tokens
from api.parts import Needs, Parts
from api.policy import Action, Scope
from api.problems import Problem
from api.store import accounts
from api.store.accounts import Session

COOKIE = "nw_session"
HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCH_EVERY = timedelta(minutes=1)  # a row is not rewritten for every request


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in.

    Attributes:
        session: who, with their grants as they stand now.
        token: the secret in their cookie.
    """

    session: Session
    token: str

    def scope(self, action: Action) -> Scope:
        """Where they may do `action`; Problem 403 when nowhere."""
        scope = policy.scope(self.session.grants, action)
        if scope is None:
            raise Problem(403)
        return scope

    def may(self, action: Action) -> Scope:
        """As `scope`, but an empty scope when nowhere."""
        return policy.scope(self.session.grants, action) or Scope()


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
    return parts.scheme in ("http", "https") and parts.netloc == connection.headers.get("host", "")


def check_origin(request: Request) -> None:
    """Refuse an unsafe request from a foreign page; for routes that need no session."""
    if request.method not in _SAFE and not same_origin(request):
        raise Problem(403, "foreign-origin")


async def who(connection: HTTPConnection, parts: Parts) -> Caller | None:
    """Who holds the cookie of `connection`; None when nobody does (any longer)."""
    token = connection.cookies.get(COOKIE, "")
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


async def caller(request: Request, parts: Needs) -> Caller:
    """The person behind a request; Problem 401 without one, 403 when the request may be forged."""
    check_origin(request)
    someone = await who(request, parts)
    if someone is None:
        raise Problem(401)
    if request.method not in _SAFE:
        given = request.headers.get(HEADER, "")
        if not tokens.same(given, tokens.csrf(someone.token)):
            raise Problem(403, "bad-csrf", f"send the csrf of GET /api/v1/session as {HEADER}")
    return someone


Signed = Annotated[Caller, Depends(caller)]
