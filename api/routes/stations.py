"""/stations: the tree as the caller sees it."""

from fastapi import APIRouter

from api.guard import Signed
from api.models.desk import Station, Stations
from api.parts import Needs
from api.policy import Action
from api.store import stations

router = APIRouter(prefix="/stations", tags=["stations"])


@router.get("")
async def read(caller: Signed, parts: Needs) -> Stations:
    """Every station in the caller's scope, parents before children; all of them, for there are few."""
    async with parts.pool.connection() as conn:
        rows = await stations.tree(conn, caller.scope(Action.SEE_INCIDENTS))
    return Stations(items=[Station(**row) for row in rows])
