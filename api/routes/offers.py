"""/offers: who is asked to go, and what they say."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from alerts.dispatch import store as dispatch
from alerts.lifecycle import Refusal
from api import acting, showing
from api.guard import Caller, Signed
from api.models.incidents import Incident
from api.models.offers import Answer, MakeOffer, MyOffer, MyOffers
from api.parts import Connection, Needs, Row
from api.policy import Action
from api.problems import not_found
from api.store import incidents, offers

router = APIRouter(tags=["offers"])

OfferPath = Annotated[int, Path(ge=1, le=2**63 - 1)]
_RECENT = timedelta(hours=24)


async def _one(conn: Connection, caller: Caller, incident: UUID) -> Row | None:
    return await incidents.one(conn, caller.may(Action.SEE_INCIDENTS), incident)


@router.post("/incidents/{incident}/offers", status_code=201)
async def ask(incident: UUID, wish: MakeOffer, caller: Signed, parts: Needs) -> Incident:
    """Ask somebody, or the nearest who is free, to go; whoever was asked before is asked no longer.

    409 `nobody-free`, `illegal-transition`; 422 `not-a-responder`.
    """
    scope = caller.scope(Action.SEND_SOMEBODY)
    async with parts.pool.connection() as conn:
        if await incidents.one(conn, scope, incident) is None:
            raise not_found()
    account, now = caller.session.account, parts.clock.now()
    became = await acting.in_thread(parts, dispatch.offer, incident, wish.account_id, account, now)
    if isinstance(became, Refusal):
        raise acting.refused(became)
    async with parts.pool.connection() as conn:
        row = await incidents.one(conn, scope, incident)
    if row is None:
        raise not_found()
    return showing.incident(row, showing.legal(row, caller.may(Action.ACT_ON_INCIDENTS)))


@router.get("/offers")
async def read_mine(caller: Signed, parts: Needs) -> MyOffers:
    """What the caller was asked in the last day, and what is open, first."""
    caller.scope(Action.BE_SENT)
    async with parts.pool.connection() as conn:
        rows = await offers.mine(conn, caller.session.account, parts.now - _RECENT)
        return MyOffers(items=[await _mine(conn, caller, row) for row in rows])


@router.post("/offers/{offer}/answer")
async def answer(offer: OfferPath, wish: Answer, caller: Signed, parts: Needs) -> MyOffer:
    """Accept, and be on the way; or refuse, and the next one is asked. 409 `too-late`."""
    caller.scope(Action.BE_SENT)
    account = caller.session.account
    async with parts.pool.connection() as conn:
        if await offers.one(conn, account, offer) is None:
            raise not_found()
    became = await acting.in_thread(
        parts, dispatch.answer, offer, account, wish.accept, wish.note, parts.clock.now()
    )
    if isinstance(became, Refusal):
        raise acting.refused(became)
    async with parts.pool.connection() as conn:
        row = await offers.one(conn, account, offer)
        if row is None:
            raise not_found()
        return await _mine(conn, caller, row)


async def _mine(conn: Connection, caller: Caller, row: Row) -> MyOffer:
    """An offer with its incident. Who is asked to go must know where and what for, even where they see
    nothing else; of such an incident they are told no more than that, and nothing once they have said no."""
    found = await _one(conn, caller, row["incident_id"])
    shown = None
    if found is not None:
        shown = showing.incident(found, showing.legal(found, caller.may(Action.ACT_ON_INCIDENTS)))
    elif row["answer"] in (None, "accepted"):
        bare = await incidents.some(conn, [row["incident_id"]])
        shown = showing.where_and_what(bare[0]) if bare else None
    known = {name: row[name] for name in MyOffer.model_fields if name in row}
    return MyOffer(**known, incident=shown)
