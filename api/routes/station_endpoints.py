"""/stations/{station}/endpoints: where a station is reached beside its board and console."""

from fastapi import APIRouter

from api import reaching
from api.guard import Caller, Signed
from api.models.reaching import Endpoint, Endpoints, NewEndpoint
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
async def add(station: KeyPath, wish: NewEndpoint, caller: Signed, parts: Needs) -> Endpoint:
    """One more; a webhook or a service may stand in the station's own network if the house allows it."""
    owner = await _station(parts, caller, station)
    account, private = caller.session.account, parts.own.private_addresses
    return await reaching.add(parts, owner, wish, "zh", account, private=private)


@router.delete("/{endpoint}", status_code=204)
async def remove(station: KeyPath, endpoint: KeyPath, caller: Signed, parts: Needs) -> None:
    """No longer there."""
    await reaching.remove(parts, await _station(parts, caller, station), endpoint)
