"""Invitations: links that work once and make an account with a role."""

from datetime import datetime, timedelta

from api import passwords, tokens
from api.guard import Caller, fresh
from api.models.session import Invite, Redeem
from api.parts import Connection, Parts
from api.policy import Action
from api.problems import Problem, not_found
from api.sign_in import open_session
from api.store import accounts, invitations, people
from api.visit import Visit
from core.settings import Settings

LASTS = timedelta(days=7)


def link(settings: Settings, code: str) -> str:
    """The page that redeems `code`; behind the #, so that the code reaches no server log."""
    return f"{settings.board_url}/enter#{code}"


async def mint(
    conn: Connection,
    now: datetime,
    role: str,
    *,
    station_id: int | None = None,
    resident_id: int | None = None,
    language: str = "zh",
    created_by: int | None = None,
    first_run: bool = False,
) -> tuple[str, datetime]:
    """A new code and when it ends (real time, like `now`)."""
    code = tokens.fresh()
    await invitations.add(
        conn, tokens.digest(code), role, station_id, resident_id, language, now, now + LASTS,
        created_by, first_run,
    )  # fmt: skip
    return code, now + LASTS


async def invite(parts: Parts, caller: Caller, wish: Invite) -> tuple[str, datetime]:
    """A code for what `caller` may hand out; Problem 403 or, outside their scope, 404.

    Who lets somebody in has just proved to be there ("confirm-again" else), as for giving a role.
    """
    family = wish.resident_id is not None
    scope = caller.scope(Action.INVITE_FAMILY if family else Action.INVITE_ANYONE)
    await fresh(caller, parts)
    async with parts.pool.connection() as conn, conn.transaction():
        if wish.resident_id is not None:
            subject = await invitations.resident_of_id(conn, wish.resident_id)
        else:
            assert wish.station_id is not None
            subject = await invitations.station_of_id(conn, wish.station_id)
        if subject is None or not scope.covers(subject["path"]):
            raise not_found()
        return await mint(
            conn, parts.wall_now, wish.role, station_id=wish.station_id, resident_id=wish.resident_id,
            language=wish.language, created_by=caller.session.account,
        )  # fmt: skip


async def redeem(parts: Parts, wish: Redeem, visit: Visit) -> str:
    """Make the account, use the code up and sign in; returns the secret of the session.

    Problem 404 when the code does not work, 409 "login-taken" and 422 "weak-password"; then it still works.
    """
    code_hash, now = tokens.digest(wish.code), parts.wall_now
    async with parts.pool.connection() as conn:
        if await invitations.look(conn, code_hash, now) is None:
            raise not_found()
    await passwords.refuse_weak(wish.password, wish.login, wish.name)
    password_hash = await passwords.make(wish.password)
    async with parts.pool.connection() as conn, conn.transaction():
        await people.lock(conn)  # nobody is put out between the look and the taking
        if await invitations.look(conn, code_hash, now) is None:
            raise not_found()
        taken = await invitations.take(conn, code_hash, now)
        if taken is None:
            raise not_found()
        account = await accounts.add_account(conn, wish.login, wish.name, wish.language, password_hash, now)
        if account is None:
            raise Problem(409, "login-taken", "somebody has this login already")
        await accounts.add_grant(
            conn, account, taken["role"], taken["station_id"], taken["resident_id"], now, taken["created_by"]
        )
        await invitations.taken_by(conn, taken["id"], account)
        return await open_session(conn, parts, account, "invitation", visit)
