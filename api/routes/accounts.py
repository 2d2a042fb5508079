"""/accounts, /resets: accounts of others, and the way back for who lost password or phone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api import administering, own, pace, paging
from api.door import as_door
from api.guard import FreshInPerson, InPerson, check_origin
from api.models.people import (
    AccountFull,
    Accounts,
    Enabled,
    NewGrant,
    ResetLook,
    ResetOut,
    ResetRedeem,
    ResetWish,
)
from api.models.security import Logins
from api.models.session import Invited, SessionOut
from api.models.words import KeyPath, KeyQuery
from api.paging import Cursor, Limit
from api.parts import Needs
from api.routes.session import site_of, welcome
from api.visit import visit_of

router = APIRouter(tags=["accounts"])

_SLOWLY = Depends(pace.strangers("code", per_minute=120))  # a hash each, for who may be nobody


@router.get("/accounts")
async def read_all(
    caller: InPerson,
    parts: Needs,
    station: KeyQuery = None,
    q: Annotated[str | None, Query(max_length=80, description="part of a name or login")] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Accounts:
    """Who has or had a role in the caller's part of the tree."""
    return await administering.listed(parts, caller, station, q, cursor, limit)


@router.get("/accounts/{account}")
async def read(account: KeyPath, caller: InPerson, parts: Needs) -> AccountFull:
    """One of them."""
    async with as_door(parts) as conn:
        return await administering.one(conn, caller, account)


@router.get("/accounts/{account}/logins")
async def read_logins(
    account: KeyPath, caller: InPerson, parts: Needs, cursor: Cursor = None, limit: Limit = paging.DEFAULT
) -> Logins:
    """How they were signed in, or somebody was not; the latest first."""
    async with as_door(parts) as conn:
        await administering.one(conn, caller, account)
    return await own.logins(parts, account, cursor, limit)


@router.post("/accounts/{account}/grants", status_code=201)
async def give(account: KeyPath, wish: NewGrant, caller: FreshInPerson, parts: Needs) -> AccountFull:
    """Give them a role in the caller's part. 409 `already-there`."""
    return await administering.give(parts, caller, account, wish)


@router.delete("/accounts/{account}/grants/{grant}")
async def withdraw(account: KeyPath, grant: KeyPath, caller: FreshInPerson, parts: Needs) -> AccountFull:
    """Withdraw a role: it holds no longer, within five seconds on open sockets too. 409 `not-yourself`,
    `last-administrator`."""
    return await administering.withdraw(parts, caller, account, grant)


@router.put("/accounts/{account}/enabled")
async def put_enabled(account: KeyPath, wish: Enabled, caller: FreshInPerson, parts: Needs) -> AccountFull:
    """Let them in no more, and end all their sessions; or let them in again.

    409 `not-yourself`, `beyond-you`, `last-administrator`.
    """
    return await administering.put_enabled(parts, caller, account, enabled=wish.enabled)


@router.post("/accounts/{account}/reset")
async def reset(account: KeyPath, wish: ResetWish, caller: FreshInPerson, parts: Needs) -> Invited:
    """A link, good once and for a day, to choose a new password by. 409 `not-yourself`, `beyond-you`."""
    code, expires_at = await administering.reset(parts, caller, account, second_factor=wish.second_factor)
    return Invited(url=administering.link(parts.settings, code), expires_at=expires_at)


@router.post("/resets/look", dependencies=[Depends(check_origin), _SLOWLY])
async def look(wish: ResetLook, parts: Needs) -> ResetOut:
    """To whose account a link leads; 404 when it is unknown, used or expired."""
    return await administering.look(parts, wish.code)


@router.post("/resets/redeem", dependencies=[Depends(check_origin), _SLOWLY])
async def redeem(wish: ResetRedeem, request: Request, response: Response, parts: Needs) -> SessionOut:
    """Choose a new password and sign in. 404, 422 `weak-password`, 401 `second-factor` as at the sign-in."""
    site = site_of(request, parts)
    token = await administering.redeem(parts, site, wish.code, wish.password, visit_of(request))
    return await welcome(parts, request, response, token)
