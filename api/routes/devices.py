"""/devices: what hangs where and how it is."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import paging, showing
from api.guard import Signed
from api.models.devices import Devices
from api.models.words import KeyQuery
from api.paging import Cursor, Limit
from api.parts import Needs
from api.policy import Action
from api.store import devices

router = APIRouter(prefix="/devices", tags=["devices"])


@router.get("")
async def read(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    home: KeyQuery = None,
    online: Annotated[bool | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Devices:
    """Installed devices by key; `station` includes the stations below it."""
    after = paging.decode(cursor, [int])
    scope = caller.scope(Action.SEE_DEVICES)
    async with parts.pool.connection() as conn:
        rows = await devices.page(
            conn,
            scope,
            parts.now,
            limit + 1,
            after=after[0] if after else None,
            station=station,
            home=home,
            online=online,
        )
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    return Devices(items=[showing.device(row) for row in kept], next=following)
