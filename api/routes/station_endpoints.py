"""/stations/{station}/endpoints: where a station is reached beside its board and console."""

from fastapi import APIRouter

from alerts.delivery import settings as delivery_settings
from api import reaching
from api.guard import Caller, Fresh, Signed
from api.models.reaching import AddedEndpoint, Endpoints, NewEndpoint, Tried
from api.models.words import KeyPath
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import not_found
from api.store import stations
from api.store.reaching import Owner

router = APIRouter(prefix="/stations/{station}/endpoints", tags=["stations"])


async def _station(parts: Parts, caller: Caller, station: int) -> Owner:
    scope = caller.scope(Action.RUN_STATION)
    async with parts.pool.connection() as conn:
        if await stations.one(conn, scope, station) is None:
            raise not_found()
    return Owner("station", station)


@router.get("")
async def read(station: KeyPath, caller: Signed, parts: Needs) -> Endpoints:
    """Where the station is reached; the addresses themselves are never shown again."""
    return Endpoints(items=await reaching.listed(parts, await _station(parts, caller, station)))


@router.post("", status_code=201)
async def add(station: KeyPath, wish: NewEndpoint, caller: Fresh, parts: Needs) -> AddedEndpoint:
    """One more; a webhook or a service may stand in the station's own network if the house allows it."""
    owner = await _station(parts, caller, station)
    account, private = caller.session.account, delivery_settings.load().allow_private_targets
    return await reaching.add(parts, owner, wish, "zh", account, private=private)


@router.delete("/{endpoint}", status_code=204)
async def remove(station: KeyPath, endpoint: KeyPath, caller: Signed, parts: Needs) -> None:
    """No longer there."""
    await reaching.remove(parts, await _station(parts, caller, station), endpoint)


@router.post("/{endpoint}/test")
async def try_endpoint(station: KeyPath, endpoint: KeyPath, caller: Signed, parts: Needs) -> Tried:
    """Send a test message there and say what came of it; it may take ten seconds, and one in ten is taken."""
    return await reaching.probe(
        parts, await _station(parts, caller, station), endpoint, caller.session.account
    )
