"""/invitations: look at a code, redeem it, make a new one."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import first_run, inviting, pace, tokens
from api.guard import InPerson, check_origin
from api.models.incidents import StationRef
from api.models.session import Invitation, Invite, Invited, Look, Redeem, SessionOut
from api.models.words import Named
from api.parts import Needs
from api.problems import not_found
from api.routes.session import welcome
from api.store import invitations
from api.visit import visit_of

router = APIRouter(prefix="/invitations", tags=["session"])

_SLOWLY = Depends(pace.strangers("code", per_minute=120))  # a hash each, for who may be nobody


@router.post("/look", dependencies=[Depends(check_origin), _SLOWLY])
async def look(wish: Look, parts: Needs) -> Invitation:
    """What a code is for; 404 when it is unknown, used or expired."""
    async with parts.pool.connection() as conn:
        row = await invitations.look(conn, tokens.digest(wish.code), parts.wall_now)
    if row is None:
        raise not_found()
    station, resident = row["station_id"], row["resident_id"]
    return Invitation(
        role=row["role"],
        station=None
        if station is None
        else StationRef(id=station, name=row["station_name"], name_en=row["station_name_en"]),
        resident=None if resident is None else Named(id=resident, name=row["resident_name"]),
        expires_at=row["expires_at"],
    )


@router.post("/redeem", dependencies=[Depends(check_origin), _SLOWLY])
async def redeem(wish: Redeem, request: Request, response: Response, parts: Needs) -> SessionOut:
    """Make an account with the code's role and sign in; 404 for a bad code, 409 `login-taken`."""
    token = await inviting.redeem(parts, wish, visit_of(request))
    await run_in_threadpool(first_run.forget, parts, wish.code)
    return await welcome(parts, request, response, token)


@router.post("")
async def create(wish: Invite, caller: InPerson, parts: Needs) -> Invited:
    """A link that makes one account: family by operators and administrators, others by administrators.

    It works while whoever made it may make it. 403 `confirm-again`.
    """
    code, expires_at = await inviting.invite(parts, caller, wish)
    return Invited(url=inviting.link(parts.settings, code), expires_at=expires_at)
