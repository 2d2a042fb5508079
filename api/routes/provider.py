"""/provider: in by the city's identity provider, and back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from api import by_provider, pace
from api.door import has_password
from api.guard import FreshInPerson, check_origin
from api.models.security import Secret
from api.parts import Needs
from api.problems import Problem, not_found
from api.routes.session import admit, site_of
from api.store import factors, identities
from api.visit import visit_of

router = APIRouter(prefix="/provider", tags=["session"])

_LASTS_S = 600


class Ways(BaseModel):
    """How people may sign in here."""

    provider: str | None = Field(
        description="what the city's identity provider is called; null: there is none"
    )
    passkey: bool = Field(description="whether a passkey alone will do")


class Start(BaseModel):
    """Go to the provider; with the code of an `invitation`, to get its account."""

    invitation: Secret | None = None


class Address(BaseModel):
    """Where to go."""

    url: str = Field(examples=["https://login.city.example/authorize?..."])


def _cookie(request: Request) -> str:
    return "__Host-nw_provider" if request.url.scheme == "https" else "nw_provider"


@router.get("")
async def read(parts: Needs) -> Ways:
    """What the log-in page may offer."""
    own = parts.own
    name = (own.oidc_name or own.oidc_issuer) if own.oidc_issuer else None
    return Ways(provider=name, passkey=own.passkey_sign_in)


async def _started(
    request: Request, response: Response, parts: Needs, invitation: str | None, account: int | None
) -> Address:
    url, word = await by_provider.start(parts, site_of(request, parts), invitation, account)
    # Lax: the way back begins on the provider's page.
    response.set_cookie(
        _cookie(request), word, max_age=_LASTS_S, path="/", httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return Address(url=url)


@router.post(
    "/start",
    dependencies=[Depends(check_origin), Depends(pace.strangers("provider", per_minute=60))],
)
async def start(wish: Start, request: Request, response: Response, parts: Needs) -> Address:
    """Begin; 404 when there is no provider, 503 `provider-away`."""
    return await _started(request, response, parts, wish.invitation, None)


@router.post("/link")
async def link(caller: FreshInPerson, request: Request, response: Response, parts: Needs) -> Address:
    """Begin, so as to be known there as the caller from then on."""
    return await _started(request, response, parts, None, caller.session.account)


@router.delete("/link", status_code=204)
async def unlink(caller: FreshInPerson, parts: Needs) -> None:
    """Come in by the provider no more; 409 `last-factor` when there is neither a password nor a passkey."""
    account = caller.session.account
    password = await has_password(parts, account)
    async with parts.pool.connection() as conn, conn.transaction():
        has = await factors.of_account(conn, account)
        if not password and not has.passkeys:
            raise Problem(409, "last-factor", "there would be no way left to sign in")
        if not await identities.forget(conn, account):
            raise not_found()


@router.get(
    "/callback",
    include_in_schema=False,
    dependencies=[Depends(pace.strangers("provider-back", per_minute=60))],
)
async def callback(
    request: Request,
    parts: Needs,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Back from the provider: on to the log-in page, which knows where people work and tells mistakes."""
    kept = request.cookies.get(_cookie(request), "")
    answer = RedirectResponse("/login", 303)
    try:
        token = await by_provider.finish(parts, site_of(request, parts), visit_of(request), kept, state, code)
        await admit(parts, request, answer, token)
    except Problem as problem:
        step = (problem.extra or {}).get("step")
        answer = RedirectResponse(f"/login#step={step}" if step else f"/login#problem={problem.code}", 303)
    answer.delete_cookie(
        _cookie(request), path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer
