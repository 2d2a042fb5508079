"""/session: sign in, with a second factor or a passkey, who am I, prove it again, sign out."""

from fastapi import APIRouter, Depends, Request, Response

from api import known, pace, policy, second, tokens
from api.guard import Caller, InPerson, check_origin, cookie_name
from api.models.security import Asked, Confirm, ConfirmWays, Second, Shown, StepLook, StepOut
from api.models.session import AccountOut, GrantOut, SessionOut, SignIn, fold
from api.parts import Needs, Parts
from api.passkeys import Site
from api.policy import Action
from api.problems import Problem
from api.sign_in import ask_second, sign_in
from api.store import accounts, factors
from api.store.accounts import Session
from api.version import VERSION
from api.visit import visit_of

router = APIRouter(prefix="/session", tags=["session"])

# Each of these writes a row for who may be nobody.
_SLOWLY = Depends(pace.strangers("begin", per_minute=60))
# Nobody guesses a passkey: a pace will do, and a bad one keeps nobody else behind the same address out.
_SIGNED_SLOWLY = Depends(pace.strangers("passkey", per_minute=60))


def site_of(request: Request, parts: Parts) -> Site:
    """The site that passkeys are for: where people open the pages. Without NOWALLS_PUBLIC_URL that is taken
    from the request, and the browser alone says which site it is on."""
    return Site.of(parts.settings.public_url or str(request.base_url))


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
        may=[action.value for action in Action if policy.scope(session.grants, action) is not None],
        second_factor_by=session.second_factor_by,
        held=session.held,
        csrf=tokens.csrf(caller.token),
        server_time=parts.now,
        version=VERSION,
    )


async def admit(parts: Parts, request: Request, response: Response, token: str) -> Session:
    """Hand out the cookie of the session just opened with the secret `token`.

    The cookie is for this site only, out of reach of scripts, and goes over TLS only where there is TLS.
    """
    token_hash, now = tokens.digest(token), parts.wall_now
    async with parts.pool.connection() as conn:
        session = (await accounts.sessions(conn, [token_hash], parts.now, now)).get(token_hash)
    if session is None:
        raise Problem(401)
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int((session.expires_at - now).total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    await known.remember(request, response, parts, session.login)
    return session


async def welcome(parts: Parts, request: Request, response: Response, token: str) -> SessionOut:
    """As `admit`, and describe the session."""
    return describe(parts, Caller(await admit(parts, request, response, token), token))


@router.post("", dependencies=[Depends(check_origin)])
async def create(wish: SignIn, request: Request, response: Response, parts: Needs) -> SessionOut:
    """Sign in. 401 `bad-login`; 401 `second-factor` with `step`, `ways` and what to ask a `passkey`, when
    something more is needed; 429 `slow-down` with Retry-After after several mistakes."""
    site = site_of(request, parts)
    here = await known.word_of(request, parts, fold(wish.login))
    token = await sign_in(parts, site, wish.login, wish.password, visit_of(request), here)
    return await welcome(parts, request, response, token)


@router.post("/second", dependencies=[Depends(check_origin)])
async def finish(wish: Second, request: Request, response: Response, parts: Needs) -> SessionOut:
    """The second factor. 401 `bad-code`, 401 `step-over` when it took longer than five minutes, 429."""
    site = site_of(request, parts)
    token = await second.finish(parts, site, wish.step, wish.way, wish.answer, visit_of(request))
    return await welcome(parts, request, response, token)


@router.post("/step", dependencies=[Depends(check_origin), _SLOWLY])
async def look(wish: StepLook, request: Request, parts: Needs) -> StepOut:
    """What a sign-in that an identity provider began still lacks; 401 `step-over`."""
    async with parts.pool.connection() as conn, conn.transaction():
        begun = await factors.take(conn, tokens.digest(wish.step), "second", parts.wall_now)
        if begun is None or begun.account is None:
            raise Problem(401, "step-over", "this took too long, or was done already; begin anew")
        has = await factors.of_account(conn, begun.account)
        asked = await ask_second(conn, parts, site_of(request, parts), begun.account, has)
    assert asked.extra is not None
    return StepOut(**asked.extra)


@router.post("/passkey/options", dependencies=[Depends(check_origin), _SLOWLY])
async def ask_passkey(request: Request, parts: Needs) -> Asked:
    """What navigator.credentials.get is asked, to sign in with a passkey and nothing else; 403 where that is
    not wanted."""
    if not parts.own.passkey_sign_in:
        raise Problem(403)
    step, options = await second.ask_passkey(parts, site_of(request, parts))
    return Asked(step=step, options=options)


@router.post("/passkey", dependencies=[Depends(check_origin), _SIGNED_SLOWLY])
async def by_passkey(wish: Shown, request: Request, response: Response, parts: Needs) -> SessionOut:
    """Sign in with a passkey and nothing else. 401 `bad-passkey`, 429."""
    if not parts.own.passkey_sign_in:
        raise Problem(403)
    token = await second.by_passkey(
        parts, site_of(request, parts), wish.step, wish.passkey, visit_of(request)
    )
    return await welcome(parts, request, response, token)


@router.get("")
async def read(caller: InPerson, parts: Needs) -> SessionOut:
    """Who am I; 401 `signed-out` when nobody."""
    return describe(parts, caller)


@router.post("/confirm/options")
async def ask_confirm(caller: InPerson, request: Request, parts: Needs) -> ConfirmWays:
    """How the caller may prove again to be there."""
    account = caller.session.account
    ways = await second.ways_to_confirm(parts, account)
    if "passkey" not in ways:
        return ConfirmWays(ways=ways)  # type: ignore[arg-type]
    step, options = await second.ask_passkey(parts, site_of(request, parts), account)
    return ConfirmWays(ways=ways, step=step, passkey=options)  # type: ignore[arg-type]


@router.post("/confirm", status_code=204)
async def confirm(wish: Confirm, caller: InPerson, request: Request, parts: Needs) -> None:
    """Prove it: for ten minutes what answered `confirm-again` is open. 401 `bad-code`, 429."""
    site, visit = site_of(request, parts), visit_of(request)
    await second.confirm(parts, site, caller.session, wish.way, wish.answer, wish.step or "", visit)


@router.delete("", status_code=204)
async def delete(caller: InPerson, request: Request, response: Response, parts: Needs) -> None:
    """Sign out: the session ends here and on every open socket."""
    async with parts.pool.connection() as conn:
        await accounts.end_session(conn, caller.session.token_hash)
    if parts.hub is not None:
        parts.hub.sign_out(caller.session.token_hash)
    response.delete_cookie(
        cookie_name(request),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
