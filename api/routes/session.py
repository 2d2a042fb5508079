"""/session: sign in, who am I, sign out."""

from fastapi import APIRouter, Depends, Request, Response

from api import tokens
from api.guard import COOKIE, Caller, Signed, check_origin
from api.models.session import AccountOut, GrantOut, SessionOut, SignIn
from api.parts import Needs, Parts
from api.problems import Problem
from api.sign_in import sign_in
from api.store import accounts
from api.version import VERSION

router = APIRouter(prefix="/session", tags=["session"])


def describe(parts: Parts, caller: Caller) -> SessionOut:
    """The session as its owner sees it."""
    session = caller.session
    grants = [
        GrantOut(role=grant.role.value, station_id=grant.station_id, resident_id=grant.resident_id)
        for grant in session.grants
    ]
    return SessionOut(
        account=AccountOut(
            id=session.account,
            login=session.login,
            name=session.name,
            language="en" if session.language == "en" else "zh",
        ),
        grants=grants,
        csrf=tokens.csrf(caller.token),
        server_time=parts.now,
        version=VERSION,
    )


async def welcome(parts: Parts, request: Request, response: Response, token: str) -> SessionOut:
    """Hand out the cookie of the session just opened with the secret `token`, and describe the session.

    The cookie is for this site only, out of reach of scripts, and goes over TLS only where there is TLS.
    """
    token_hash, now = tokens.digest(token), parts.wall_now
    async with parts.pool.connection() as conn:
        session = (await accounts.sessions(conn, [token_hash], parts.now, now)).get(token_hash)
    if session is None:
        raise Problem(401)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int((session.expires_at - now).total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return describe(parts, Caller(session, token))


def address_of(request: Request) -> str:
    """Where a request comes from, as far as we can tell."""
    return request.client.host if request.client else ""


@router.post("", dependencies=[Depends(check_origin)])
async def create(wish: SignIn, request: Request, response: Response, parts: Needs) -> SessionOut:
    """Sign in. 401 `bad-login`, or 429 `slow-down` with Retry-After after several mistakes."""
    token = await sign_in(parts, wish.login, wish.password, address_of(request))
    return await welcome(parts, request, response, token)


@router.get("")
async def read(caller: Signed, parts: Needs) -> SessionOut:
    """Who am I; 401 `signed-out` when nobody."""
    return describe(parts, caller)


@router.delete("", status_code=204)
async def delete(caller: Signed, response: Response, parts: Needs) -> None:
    """Sign out: the session ends here and on every open socket."""
    async with parts.pool.connection() as conn:
        await accounts.end_session(conn, caller.session.token_hash)
    if parts.hub is not None:
        parts.hub.sign_out(caller.session.token_hash)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
