"""Tokens for machines: made by an administrator for some actions on a node of the tree, shown once."""

from datetime import timedelta

from api import tokens
from api.door import as_door
from api.guard import Caller
from api.models.incidents import StationRef
from api.models.people import NOT_FOR_MACHINES, MadeToken, NewToken, TokenOut, Tokens
from api.models.words import Named
from api.parts import Parts, Row
from api.policy import EVERYTHING, Action
from api.problems import Problem, not_found
from api.store import invitations, machines

_TAIL = 6


def _shown(row: Row) -> TokenOut:
    station = row["station_id"]
    known = {name: row[name] for name in TokenOut.model_fields if name in row}
    return TokenOut(
        **known,
        station=None
        if station is None
        else StationRef(id=station, name=row["station_name"], name_en=row["station_name_en"]),
        made_by=Named(id=row["made_by_id"], name=row["made_by_name"]),
    )


def given(caller: Caller) -> list[Action]:
    """What the caller may give to a token: what they may do themselves, less what is for people only."""
    return [one for one in Action if one not in NOT_FOR_MACHINES and caller.may(one).paths]


async def listed(parts: Parts, caller: Caller) -> Tokens:
    """The tokens of the caller's part of the tree."""
    scope = caller.scope(Action.MANAGE_ACCOUNTS)
    async with as_door(parts) as conn:
        rows = await machines.listed(conn, scope, parts.wall_now)
    return Tokens(items=[_shown(row) for row in rows], actions=[one.value for one in given(caller)])


async def make(parts: Parts, caller: Caller, wish: NewToken) -> MadeToken:
    """A new token. Problem 404 for a station outside, 403 for an action that the caller may not do there."""
    scope, now = caller.scope(Action.MANAGE_ACCOUNTS), parts.wall_now
    token = tokens.fresh_machine()
    async with as_door(parts) as conn, conn.transaction():
        path: str | None = EVERYTHING
        if wish.station_id is not None:
            station = await invitations.station_of_id(conn, wish.station_id)
            path = station["path"] if station else None
        if path is None or not scope.covers(path):
            raise not_found()
        if not all(caller.may(action).covers(path) for action in wish.actions):
            raise Problem(403, "not-permitted", "nobody gives to a machine what they may not do themselves")
        about = {
            "login": f"token:{tokens.digest(token).hex()[:20]}", "name": wish.name,
            "language": caller.session.language, "now": now, "token_hash": tokens.digest(token),
            "tail": token[-_TAIL:], "station_id": wish.station_id,
            "actions": sorted({one.value for one in wish.actions}), "made_by": caller.session.account,
            "expires_at": now + timedelta(days=wish.days),
        }  # fmt: skip
        key = await machines.add(conn, about)
        row = (await machines.listed(conn, scope, now, key))[0]
    return MadeToken(**dict(_shown(row)), token=token)


async def revoke(parts: Parts, caller: Caller, key: int) -> None:
    """From the next request on it opens nothing. Problem 404."""
    scope, now = caller.scope(Action.MANAGE_ACCOUNTS), parts.wall_now
    async with as_door(parts) as conn, conn.transaction():
        if not await machines.listed(conn, scope, now, key) or not await machines.revoke(conn, key, now):
            raise not_found()
