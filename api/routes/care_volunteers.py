"""/care/volunteers and /care/time: who gives time, what they saved, and passing it on."""

from fastapi import APIRouter

from api.caring import work
from api.guard import InPerson, Signed
from api.models.care_volunteers import Line, NewVolunteer, Statement, Transfer, Volunteer, Volunteers
from api.models.words import KeyPath, KeyQuery, Named
from api.parts import Needs, Parts
from api.policy import Action
from care.store import organisation, volunteers

router = APIRouter(prefix="/care", tags=["care: time bank"])


@router.get("/volunteers")
async def read_all(caller: Signed, parts: Needs, station: KeyQuery = None) -> Volunteers:
    """Volunteers of one's stations, with what they have saved."""
    paths, _ = await work(parts, organisation.narrowed, caller.scope(Action.SEE_DUTY).paths, station)
    rows = await work(parts, volunteers.page, paths, parts.now)
    return Volunteers(
        items=[
            Volunteer(
                account=Named(id=row["account_id"], name=row["name"]),
                station=Named(id=row["station_id"], name=row["station_name"]),
                since=row["since"],
                balance_min=row["balance"],
            )
            for row in rows
        ]
    )


@router.post("/volunteers", status_code=201)
async def add(wish: NewVolunteer, caller: Signed, parts: Needs) -> Volunteers:
    """A volunteer from now on: confirmed visits and orders are credited. 409 `conflict` when they are one."""
    scope = caller.scope(Action.RUN_STATION)
    await work(parts, organisation.one, scope.paths, wish.station_id)
    await work(parts, volunteers.add, wish.account_id, wish.station_id, parts.now)
    return await read_all(caller, parts, wish.station_id)


@router.delete("/volunteers/{account}", status_code=204)
async def end(account: KeyPath, caller: Signed, parts: Needs) -> None:
    """No longer a volunteer; what was saved stays theirs."""
    await work(parts, volunteers.known, caller.scope(Action.RUN_STATION).paths, account, parts.now)
    await work(parts, volunteers.end, account, parts.now)


@router.get("/volunteers/{account}/statement")
async def read_statement(account: KeyPath, caller: Signed, parts: Needs) -> Statement:
    """Every line of a volunteer's book."""
    await work(parts, volunteers.known, caller.scope(Action.RUN_STATION).paths, account, parts.now)
    return await _statement(parts, account)


@router.get("/time")
async def read_own(caller: InPerson, parts: Needs) -> Statement:
    """One's own saved time."""
    caller.scope(Action.RECORD_VISITS)
    return await _statement(parts, caller.session.account)


@router.post("/time/transfers")
async def pass_on(wish: Transfer, caller: InPerson, parts: Needs) -> Statement:
    """Pass saved time on to another volunteer, or to a resident of one's own stations; the same `request`
    again moves nothing. 422 `not-possible` when there is not so much."""
    scope, account = caller.scope(Action.RECORD_VISITS), caller.session.account
    await work(
        parts, volunteers.pass_on, wish.request, account, wish.to_kind, wish.to_id, wish.minutes, scope.paths,
        parts.now,
    )  # fmt: skip
    return await _statement(parts, account)


async def _statement(parts: Parts, account: int) -> Statement:
    rows = await work(parts, volunteers.statement, account)
    items = [
        Line(at=at, what=what, source=source, minutes=minutes, balance_min=balance)
        for at, what, source, minutes, balance in rows
    ]
    return Statement(balance_min=items[-1].balance_min if items else 0, items=items)
