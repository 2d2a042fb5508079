"""/me: what one signs in with, where one is signed in, and how it went."""

from fastapi import APIRouter, Request

from api import own, paging
from api.guard import FreshInPerson, InPerson
from api.models.security import (
    Asked,
    ChangePassword,
    Logins,
    MadePasskey,
    NewPasskey,
    OwnSession,
    OwnSessions,
    Recovery,
    SecurityOut,
    TotpBegun,
    TotpCode,
)
from api.models.words import KeyPath
from api.paging import Cursor, Limit
from api.parts import Needs
from api.routes.session import site_of
from api.store import accounts
from api.visit import visit_of

router = APIRouter(prefix="/me", tags=["security"])


@router.get("/security")
async def read(caller: InPerson, parts: Needs) -> SecurityOut:
    """What the caller signs in with."""
    return await own.overview(parts, caller)


@router.put("/password", status_code=204)
async def put_password(wish: ChangePassword, caller: InPerson, request: Request, parts: Needs) -> None:
    """Change it; every other session ends. 401 `bad-login`, 422 `weak-password`."""
    await own.change_password(parts, caller, wish, visit_of(request))


@router.post("/totp")
async def begin_totp(caller: FreshInPerson, parts: Needs) -> TotpBegun:
    """A secret for an authenticator app; it counts once a code was sent. 409 `already-there`."""
    return await own.begin_totp(parts, caller)


@router.post("/totp/confirm")
async def confirm_totp(wish: TotpCode, caller: FreshInPerson, request: Request, parts: Needs) -> Recovery:
    """The app's first code: from now on it is asked for, and other sessions end. 422 `bad-code`."""
    return Recovery(codes=await own.confirm_totp(parts, caller, wish.code, visit_of(request)))


@router.delete("/totp", status_code=204)
async def remove_totp(caller: FreshInPerson, parts: Needs) -> None:
    """Forget the app; 409 `last-factor` when the caller's role needs one."""
    await own.remove_totp(parts, caller)


@router.post("/recovery-codes")
async def fresh_recovery(caller: FreshInPerson, parts: Needs) -> Recovery:
    """New ones; the old ones work no more. 409 `no-second-factor`."""
    return Recovery(codes=await own.fresh_recovery(parts, caller))


@router.post("/passkeys/options")
async def ask_for_passkey(caller: FreshInPerson, request: Request, parts: Needs) -> Asked:
    """What navigator.credentials.create is asked."""
    step, options = await own.ask_for_passkey(parts, site_of(request, parts), caller)
    return Asked(step=step, options=options)


@router.post("/passkeys", status_code=201)
async def add_passkey(wish: NewPasskey, caller: FreshInPerson, request: Request, parts: Needs) -> MadePasskey:
    """Keep a passkey; 422 `bad-passkey`."""
    return await own.add_passkey(parts, site_of(request, parts), caller, wish)


@router.delete("/passkeys/{passkey}", status_code=204)
async def remove_passkey(passkey: KeyPath, caller: FreshInPerson, parts: Needs) -> None:
    """Forget one; 409 `last-factor` when the caller's role needs one."""
    await own.remove_passkey(parts, caller, passkey)


@router.get("/sessions")
async def read_sessions(caller: InPerson, parts: Needs) -> OwnSessions:
    """Where the caller is signed in, the latest first."""
    async with parts.pool.connection() as conn:
        rows = await accounts.own_sessions(conn, caller.session.account, parts.wall_now)
    items = []
    for row in rows:
        here = bytes(row.pop("token_hash")) == caller.session.token_hash
        items.append(OwnSession(**row, here=here))
    return OwnSessions(items=items)


@router.delete("/sessions", status_code=204)
async def end_other_sessions(caller: InPerson, parts: Needs) -> None:
    """Sign out everywhere else."""
    async with parts.pool.connection() as conn:
        await own.end_others(conn, parts, caller)


@router.delete("/sessions/{session}", status_code=204)
async def end_session(session: KeyPath, caller: InPerson, parts: Needs) -> None:
    """Sign out there."""
    await own.end_session(parts, caller, session)


@router.get("/logins")
async def read_logins(
    caller: InPerson, parts: Needs, cursor: Cursor = None, limit: Limit = paging.DEFAULT
) -> Logins:
    """How the caller was signed in, or somebody was not; the latest first."""
    return await own.logins(parts, caller.session.account, cursor, limit)
