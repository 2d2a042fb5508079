"""The menu, who provides it, and the month's settlement."""

from typing import Any

from fastapi import APIRouter

from api import caring
from api.caring import work
from api.guard import Caller, Signed
from api.models.care_services import (
    Menu,
    MenuLine,
    NewProvider,
    NewService,
    Provider,
    Providers,
    Service,
    Services,
    Settled,
    Settlement,
    Sums,
)
from api.models.care_words import Month
from api.models.words import KeyPath, KeyQuery, Named
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem, not_found
from api.routes.care_coverage import first_of, midnight, next_month
from care.store import ordering, orders, organisation

router = APIRouter(prefix="/care", tags=["care: services"])

_SUMMED = ("done", "taken_back", "owed_fen", "subsidy_fen", "residents_fen")


@router.get("/residents/{resident}/menu")
async def read_menu(resident: KeyPath, caller: Signed, parts: Needs) -> Menu:
    """What a resident may order now, and what it costs them by their grade."""
    await caring.look(parts, caller, resident, Action.SEE_SERVICES)
    rows = await work(parts, orders.menu, resident, parts.now)
    return Menu(items=[MenuLine(**r, pays_fen=r["price_fen"] - r["subsidy_fen"]) for r in rows])


@router.get("/stations/{station}/services")
async def read_services(station: KeyPath, caller: Signed, parts: Needs) -> Services:
    """The station's own lines; what stands above it is offered too."""
    await work(parts, organisation.one, caller.scope(Action.SEE_CARE).paths, station)
    rows = await work(parts, ordering.services, station, parts.now)
    return Services(
        items=[Service(**r, provider=Named(id=r["provider_id"], name=r["provider_name"])) for r in rows]
    )


@router.post("/stations/{station}/services", status_code=201)
async def add_service(station: KeyPath, wish: NewService, caller: Signed, parts: Needs) -> Services:
    """On the menu from now on; a new price is a new line, and what was ordered keeps its own."""
    await _own(parts, caller, station)
    if wish.provider_id not in {one["id"] for one in await work(parts, ordering.providers, station)}:
        raise not_found()
    line = orders.Service(
        station, wish.provider_id, wish.kind, wish.name, wish.price_fen, _five(wish.subsidy_fen), wish.name_en
    )
    await work(parts, orders.add_service, line, parts.now)
    return await read_services(station, caller, parts)


@router.delete("/services/{service}", status_code=204)
async def end_service(service: KeyPath, caller: Signed, parts: Needs) -> None:
    """Off the menu; what was ordered stays."""
    await work(parts, ordering.service, caller.scope(Action.RUN_STATION).paths, service)
    if not await work(parts, orders.end_service, service, parts.now):
        raise Problem(409, "conflict", "it is off the menu already")


@router.get("/stations/{station}/providers")
async def read_providers(station: KeyPath, caller: Signed, parts: Needs) -> Providers:
    """Who serves a station: its own providers and those above."""
    await work(parts, organisation.one, caller.scope(Action.SEE_CARE).paths, station)
    return Providers(items=[Provider(**r) for r in await work(parts, ordering.providers, station)])


@router.post("/stations/{station}/providers", status_code=201)
async def add_provider(station: KeyPath, wish: NewProvider, caller: Signed, parts: Needs) -> Provider:
    """A provider of this station, known by name; said again, the telephone is corrected."""
    await _own(parts, caller, station)
    key = await work(parts, orders.add_provider, station, wish.name, wish.phone)
    return Provider(id=key, name=wish.name, phone=wish.phone)


@router.get("/settlement")
async def read_settlement(
    caller: Signed, parts: Needs, station: KeyQuery = None, month: Month = None
) -> Settlement:
    """What each provider is owed for a month, from the ledger; the totals are the books' own."""
    return await settled(caller, parts, station, month)


async def settled(caller: Caller, parts: Parts, station: int | None, month: str | None) -> Settlement:
    """The settlement of a month, for a page and for a file."""
    scope = caller.scope(Action.SETTLE)
    paths, zone = await work(parts, organisation.narrowed, scope.paths, station)
    first = first_of(month, parts, zone)
    start, end = midnight(first, zone), midnight(next_month(first), zone)
    rows: list[dict[str, Any]] = await work(parts, orders.settlement, paths, start, end)
    return Settlement(
        month=f"{first:%Y-%m}",
        items=[Settled(**row) for row in rows],
        total=Sums(**{name: sum(row[name] for row in rows) for name in _SUMMED}),
        ledger_fen=await work(parts, ordering.received, paths, start, end),
    )


async def _own(parts: Parts, caller: Caller, station: int) -> None:
    await work(parts, organisation.one, caller.scope(Action.RUN_STATION).paths, station)


def _five(amounts: list[int]) -> tuple[int, int, int, int, int]:
    first, second, third, fourth, fifth = amounts
    return first, second, third, fourth, fifth
