"""/emergencies: access to somebody outside one's own stations, at once, for a reason, reviewed later."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import emergencies as glass
from api import pace
from api.guard import Caller, InPerson
from api.models.audit import BreakGlass, Emergencies, Emergency, Review
from api.models.words import KeyPath, Named
from api.parts import Needs, Parts, Row
from api.policy import Action, Scope
from api.problems import Problem, not_found
from api.store import emergencies as store

router = APIRouter(prefix="/emergencies", tags=["audit"])

_MOST = 200


def _shown(row: Row, now: datetime) -> Emergency:
    reviewer = None
    if row["reviewed_by"] is not None:
        reviewer = Named(id=row["reviewed_by"], name=row["reviewer_name"] or "")
    return Emergency(
        id=row["id"],
        by=Named(id=row["account_id"], name=row["account_name"]),
        resident=Named(id=row["resident_id"], name=row["resident_name"] or ""),
        reason=row["reason"],
        opened_at=row["opened_at"],
        ends_at=row["ends_at"],
        left_s=max(0, int((row["ends_at"] - now).total_seconds())),
        incident_id=None if row["incident_id"] is None else str(row["incident_id"]),
        reviewed_at=row["reviewed_at"],
        reviewed_by=reviewer,
        verdict=row["verdict"],
        note=row["note"],
    )


@router.post("", status_code=201, dependencies=[Depends(pace.limited("emergency", per_minute=6))])
async def create(wish: BreakGlass, caller: InPerson, parts: Needs) -> Emergencies:
    """See somebody outside one's stations for an hour; the administrators are told at once.

    404 when there is nobody such, 409 `in-scope` or `several-homes`, 429 `slow-down` after five within an
    hour, or ten times nobody.
    """
    keys = await glass.break_glass(parts, caller, wish)
    return Emergencies(items=[await _one(parts, caller, Scope(), key) for key in keys])


@router.get("")
async def read(
    caller: InPerson, parts: Needs, unreviewed: Annotated[bool | None, Query()] = None
) -> Emergencies:
    """One's own, and for administrators those of their stations; `unreviewed=true`: still to be looked at."""
    caller.scope(Action.BREAK_GLASS)
    scope, account = caller.may(Action.REVIEW_ACCESS), caller.session.account
    async with parts.pool.connection() as conn:
        rows = await store.listed(conn, scope, account, _MOST, unreviewed=unreviewed)
    return Emergencies(items=[_shown(row, parts.wall_now) for row in rows])


@router.delete("/{emergency}", status_code=204)
async def end(emergency: KeyPath, caller: InPerson, parts: Needs) -> None:
    """Give it back before its time."""
    caller.scope(Action.BREAK_GLASS)
    async with parts.pool.connection() as conn:
        if not await store.end(conn, emergency, caller.session.account, parts.wall_now):
            raise not_found()


@router.post("/{emergency}/review")
async def review(emergency: KeyPath, wish: Review, caller: InPerson, parts: Needs) -> Emergency:
    """Say whether it was justified; once, and not of one's own (409 `reviewed-already`)."""
    scope, account = caller.scope(Action.REVIEW_ACCESS), caller.session.account
    await _one(parts, caller, scope, emergency)
    async with parts.pool.connection() as conn:
        if not await store.review(conn, scope, emergency, account, wish.verdict, wish.note, parts.wall_now):
            raise Problem(409, "reviewed-already", "reviewed already, or your own")
    return await _one(parts, caller, scope, emergency)


async def _one(parts: Parts, caller: Caller, scope: Scope, key: int) -> Emergency:
    async with parts.pool.connection() as conn:
        rows = await store.listed(conn, scope, caller.session.account, 1, key=key)
    if not rows:
        raise not_found()
    return _shown(rows[0], parts.wall_now)
