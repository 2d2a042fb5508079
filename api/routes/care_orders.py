"""/care/orders: a wish, who accepts it, who comes, and whether it was good."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import caring, paging
from api.caring import work
from api.guard import Caller, Signed
from api.models.care_services import (
    ActOnOrder,
    NewOrder,
    Order,
    OrderEvent,
    OrderFull,
    Orders,
    OrderService,
    OrderState,
)
from api.models.words import KeyPath, KeyQuery, Named
from api.paging import Cursor, Limit
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from care.orders import lifecycle, who
from care.orders.lifecycle import Refusal, State
from care.store import ordering

router = APIRouter(prefix="/care/orders", tags=["care: services"])

_CONFLICTS = {Refusal.ILLEGAL_TRANSITION}


@router.get("")
async def read_page(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    resident: KeyQuery = None,
    state: Annotated[OrderState | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Orders:
    """Orders, the latest first; the family sees their own resident's."""
    scope, after = caller.scope(Action.SEE_SERVICES), paging.decode(cursor, [int])
    rows = await work(
        parts, ordering.page, scope.params, limit + 1, resident=resident, station=station, state=state,
        before=after[0] if after else None,
    )  # fmt: skip
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    caring.shown(caring.ids(kept))
    return Orders(items=[Order(**_shown(row, caller)) for row in kept], next=following)


@router.post("", status_code=201)
async def request(wish: NewOrder, caller: Signed, parts: Needs) -> OrderFull:
    """Order a line of the resident's menu; the same `request` again is the same order."""
    person = await caring.look(parts, caller, wish.resident_id, Action.SEE_SERVICES)
    staff = caller.may(Action.RUN_SERVICES).covers(person["path"])
    account = caller.session.account
    order = await work(
        parts, ordering.request, wish.resident_id, wish.service_id, wish.via if staff else "family",
        wish.wanted_at, parts.now, account, wish.note, wish.request,
    )  # fmt: skip
    return await _full(parts, caller, order)


@router.get("/{order}")
async def read(order: KeyPath, caller: Signed, parts: Needs) -> OrderFull:
    """An order with its steps."""
    return await _full(parts, caller, order)


@router.post("/{order}/actions")
async def act(order: KeyPath, wish: ActOnOrder, caller: Signed, parts: Needs) -> OrderFull:
    """Take a step. 409 `illegal-transition`, or `lost-race` when the order moved on since `version`."""
    row = await work(parts, ordering.one, caller.scope(Action.SEE_SERVICES).params, order)
    if not who.may(wish.action, _parts_of(caller, row)):
        raise Problem(403)
    became = await work(
        parts, ordering.act, order, wish.action, parts.now, caller.session.account, seen=wish.version,
        note=wish.note, rating=wish.rating, minutes=wish.minutes,
    )  # fmt: skip
    if isinstance(became, Refusal):
        raise Problem(409 if became in _CONFLICTS else 422, became.value, state=row["state"])
    return await _full(parts, caller, order)


async def _full(parts: Parts, caller: Caller, order: int) -> OrderFull:
    row = await work(parts, ordering.one, caller.scope(Action.SEE_SERVICES).params, order)
    caring.shown([row["resident_id"]])
    events = [
        OrderEvent(
            at=e["at"], kind=e["kind"], by=caring.named(e["account_id"], e["account_name"]), data=e["data"]
        )
        for e in row["events"]
    ]
    return OrderFull(**_shown(row, caller), events=events)


def _parts_of(caller: Caller, row: Row) -> set[str]:
    """What the caller is to the order's resident."""
    path, resident = row["path"], row["resident_id"]
    parts = {
        who.STAFF: caller.may(Action.RUN_SERVICES).covers(path),
        who.DESK: caller.may(Action.SET_CARE).covers(path),
        who.TREASURER: caller.may(Action.SETTLE).covers(path),
    }
    plays = {name for name, does in parts.items() if does}
    if not plays and caller.may(Action.SEE_SERVICES).covers(None, [resident]):
        plays.add(who.FAMILY)
    if not plays:
        raise not_found()
    return plays


def _shown(row: Row, caller: Caller) -> Row:
    plays = _parts_of(caller, row)
    legal = [name for name, rule in lifecycle.ACTIONS.items() if State(row["state"]) in rule[0]]
    as_it_is = (
        "id", "version", "via", "wanted_at", "price_fen", "subsidy_fen", "state", "state_since", "rating",
        "complaint", "note", "minutes",
    )  # fmt: skip
    return {
        **{name: row[name] for name in as_it_is},
        "pays_fen": row["price_fen"] - row["subsidy_fen"],
        "resident": Named(id=row["resident_id"], name=row["resident_name"]),
        "station": Named(id=row["station_id"], name=row["station_name"]),
        "provider": Named(id=row["provider_id"], name=row["provider_name"]),
        "service": OrderService(
            id=row["service_id"], kind=row["kind"], name=row["service_name"], name_en=row["service_name_en"]
        ),
        "allowed": [name for name in legal if who.may(name, plays)],
    }
