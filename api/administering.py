"""Accounts of others: their roles, whether they are let in, a way back for who lost password or phone.

An administrator sees who has a role in their part of the tree, and gives and withdraws roles there. To
disable or to reset an account is to be able to act as it, so that takes somebody who is above all of its
roles. Whether they are, only who sees all roles can tell: the database is asked as by the door, which knows
accounts and nothing else.
"""

from datetime import datetime, timedelta

from api import attempts, lease, passwords, tokens
from api.door import as_door
from api.guard import Caller, still_there
from api.models.incidents import StationRef
from api.models.people import AccountFull, Accounts, HeldGrant, NewGrant, ResetOut
from api.models.words import Named
from api.paging import decode, page
from api.parts import Connection, Parts, Row
from api.passkeys import Site
from api.policy import Action, Role
from api.problems import Problem, not_found
from api.sign_in import ask_second, expect_second_factor, open_session
from api.store import accounts, factors, invitations, people, reaching
from api.visit import Visit
from core.settings import Settings

_LINK_LASTS = timedelta(days=1)


def _grant(value: dict[str, object]) -> HeldGrant:
    station, resident = value["station_id"], value["resident_id"]
    known = {name: value[name] for name in ("id", "role", "granted_at")}
    names = {"name": value["station_name"], "name_en": value["station_name_en"]}
    return HeldGrant.model_validate(
        known
        | {
            "station": None if station is None else StationRef.model_validate({"id": station} | names),
            "resident": None
            if resident is None
            else Named.model_validate({"id": resident, "name": value["resident_name"]}),
        }
    )


def _shown(row: Row) -> AccountFull:
    known = {name: row[name] for name in AccountFull.model_fields if name != "grants"}
    return AccountFull(**known, grants=[_grant(one) for one in row["grants"]])


async def listed(
    parts: Parts, caller: Caller, station: int | None, q: str | None, cursor: str | None, limit: int
) -> Accounts:
    """Who has a role in the caller's part of the tree."""
    scope, after = caller.scope(Action.MANAGE_ACCOUNTS), decode(cursor, [int])
    async with as_door(parts) as conn:
        rows = await people.listed(
            conn, scope, limit + 1, station=station, q=q or None, after=after[0] if after else 0
        )
    kept, following = page(rows, limit, lambda row: [row["id"]])
    return Accounts(items=[_shown(row) for row in kept], next=following)


async def one(conn: Connection, caller: Caller, account: int) -> AccountFull:
    """An account in the caller's part of the tree; Problem 404."""
    rows = await people.listed(conn, caller.scope(Action.MANAGE_ACCOUNTS), 1, key=account)
    if not rows:
        raise not_found()
    return _shown(rows[0])


async def _wholly_theirs(conn: Connection, caller: Caller, account: int) -> AccountFull:
    """Problem 409 when the account is the caller's own, or works outside the caller's part too."""
    found = await one(conn, caller, account)
    if account == caller.session.account:
        raise Problem(409, "not-yourself", "somebody else has to do this to your account")
    if found.elsewhere:
        raise Problem(409, "beyond-you", "this account also works elsewhere: ask who is above both")
    return found


async def _alone(conn: Connection, parts: Parts, caller: Caller) -> Caller:
    """Be the only one who changes accounts; the caller as they stand now, not as they came."""
    await people.lock(conn)
    return await still_there(conn, parts, caller)


async def give(parts: Parts, caller: Caller, account: int, wish: NewGrant) -> AccountFull:
    """Give `account` a role inside the caller's part. Problem 404, 409 "already-there"."""
    async with as_door(parts) as conn, conn.transaction():
        caller = await _alone(conn, parts, caller)
        scope = caller.scope(Action.MANAGE_ACCOUNTS)
        await one(conn, caller, account)
        if wish.resident_id is not None:
            subject = await invitations.resident_of_id(conn, wish.resident_id)
        else:
            subject = await invitations.station_of_id(conn, wish.station_id or 0)
        if subject is None or not scope.covers(subject["path"]):
            raise not_found()
        if await people.has_grant(conn, account, wish.role, wish.station_id, wish.resident_id):
            raise Problem(409, "already-there", "they have this role there already")
        before = await accounts.roles(conn, account)
        await accounts.add_grant(
            conn,
            account,
            wish.role,
            wish.station_id,
            wish.resident_id,
            parts.wall_now,
            caller.session.account,
        )
        ended = await _risen(conn, parts, account, before)
        found = await one(conn, caller, account)
    _close(parts, ended)
    return found


async def _risen(conn: Connection, parts: Parts, account: int, before: frozenset[Role]) -> list[bytes]:
    """A session lasts as its roles allow when it begins, and then asks for a second factor: those of a
    relative who is staff from now on end, and staff who need one from now on are given the usual grace."""
    roles = await accounts.roles(conn, account)
    if before <= {Role.FAMILY} and not roles <= {Role.FAMILY}:
        return await accounts.end_sessions(conn, account)
    await expect_second_factor(conn, parts, account, roles)
    return []


async def withdraw(parts: Parts, caller: Caller, account: int, grant: int) -> AccountFull:
    """Withdraw a role that lies inside the caller's part.

    Problem 404, 409 "not-yourself" for one's own right to administer, 409 "last-administrator".
    """
    async with as_door(parts) as conn, conn.transaction():
        caller = await _alone(conn, parts, caller)
        found = await one(conn, caller, account)
        held = next((one for one in found.grants if one.id == grant), None)
        if held is None:
            raise not_found()
        if account == caller.session.account and held.role == Role.ADMINISTRATOR.value:
            raise Problem(409, "not-yourself", "somebody else has to do this to your account")
        before = await people.administrators_of_everything(conn)
        await people.withdraw(conn, account, grant, parts.wall_now)
        await _somebody_left(conn, before)
        return await one(conn, caller, account)


async def put_enabled(parts: Parts, caller: Caller, account: int, *, enabled: bool) -> AccountFull:
    """Let nobody in by this account any more, and end its sessions at once; or let it in again."""
    async with as_door(parts) as conn, conn.transaction():
        caller = await _alone(conn, parts, caller)
        await _wholly_theirs(conn, caller, account)
        before = await people.administrators_of_everything(conn)
        await people.put_disabled(conn, account, None if enabled else parts.wall_now)
        ended = [] if enabled else await accounts.end_sessions(conn, account)
        await _somebody_left(conn, before)
        found = await one(conn, caller, account)
    _close(parts, ended)
    return found


async def _somebody_left(conn: Connection, before: int) -> None:
    if before and await people.administrators_of_everything(conn) == 0:
        raise Problem(409, "last-administrator", "somebody must be left who runs everything")


def _close(parts: Parts, ended: list[bytes]) -> None:
    if parts.hub is not None:
        for token_hash in ended:
            parts.hub.sign_out(token_hash)


def link(settings: Settings, code: str) -> str:
    """The page that uses `code`; behind the #, so that it reaches no server log."""
    return f"{settings.board_url}/enter#reset.{code}"


async def mint(
    conn: Connection, now: datetime, account: int, made_by: int | None, *, second_factor: bool
) -> tuple[str, datetime]:
    """A new code that resets `account`, and when it ends."""
    code = tokens.fresh()
    await people.add_link(
        conn, tokens.digest(code), account, now, now + _LINK_LASTS, made_by, second_factor=second_factor
    )
    return code, now + _LINK_LASTS


async def reset(parts: Parts, caller: Caller, account: int, *, second_factor: bool) -> tuple[str, datetime]:
    """A link for who lost their password, or with `second_factor` their phone: (code, until)."""
    async with as_door(parts) as conn, conn.transaction():
        await _wholly_theirs(conn, caller, account)
        return await mint(conn, parts.wall_now, account, caller.session.account, second_factor=second_factor)


async def look(parts: Parts, code: str) -> ResetOut:
    """What a link does; Problem 404."""
    async with as_door(parts) as conn:
        row = await people.look_at_link(conn, tokens.digest(code), parts.wall_now)
    if row is None:
        raise not_found()
    return ResetOut(**{name: row[name] for name in ResetOut.model_fields})


async def redeem(parts: Parts, site: Site, code: str, password: str, visit: Visit) -> str:
    """Keep the new password, end all sessions, and sign in: the secret of the new session.

    Problem 404 for a bad code, 422 "weak-password" (the code still works), 401 "second-factor" where the
    account keeps one.
    """
    code_hash, now = tokens.digest(code), parts.wall_now
    async with as_door(parts) as conn:
        row = await people.look_at_link(conn, code_hash, now)
    if row is None:
        raise not_found()
    account = row["account_id"]
    await passwords.refuse_weak(password, row["login"], row["name"])
    password_hash = await passwords.make(password)
    attempt = await attempts.begin(parts, f"reset/{account}", visit, "reset", account)
    async with as_door(parts) as conn, conn.transaction():
        await people.lock(conn)  # nobody rises, or is put out, between the look and the taking
        if await people.look_at_link(conn, code_hash, now) is None:
            raise not_found()
        if not await people.take_link(conn, code_hash, now):
            raise not_found()
        await accounts.renew_hash(conn, account, password_hash)
        if row["second_factor"]:
            await factors.forget_all(conn, account)
        ended = await accounts.end_sessions(conn, account)
        has = await factors.of_account(conn, account)
        problem = await ask_second(conn, parts, site, account, has) if has.any else None
        token = "" if problem else await open_session(conn, parts, account, "invitation", visit)
    _close(parts, ended)
    if row["second_factor"]:
        await _forget_browsers(parts, account)
    await attempts.end(parts, attempt, passed=True)
    if problem is not None:
        raise problem
    return token


async def _forget_browsers(parts: Parts, account: int) -> None:
    """A phone that was lost rings no more: what it would show is not for who has it now."""
    with lease.borrowed(lease.HOUSE):
        async with parts.pool.connection() as conn:
            await reaching.forget_browsers(conn, account, parts.wall_now)
