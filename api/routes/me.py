"""/me: whether the caller can be sent, where they are reached, and what they were told."""

from typing import IO, Any

from fastapi import APIRouter, Depends
from psycopg import Connection
from starlette.responses import StreamingResponse

from api import handing_out, own_data, pace, paging, reaching
from api.guard import Caller, FreshInPerson, InPerson, fresh
from api.models.reaching import (
    AddedEndpoint,
    Endpoints,
    MyState,
    NewEndpoint,
    Notifications,
    Profile,
    Tried,
    Whereabouts,
)
from api.models.words import KeyPath
from api.paging import Cursor, Limit
from api.parts import Needs
from api.policy import Action
from api.store import reaching as store
from api.store.reaching import Owner
from ingest.datum import to_wgs84

router = APIRouter(prefix="/me", tags=["me"])


def _me(caller: Caller) -> Owner:
    return Owner("account", caller.session.account)


@router.get("")
async def read(caller: InPerson, parts: Needs) -> Profile:
    """What colleagues see of the caller, and the language they are written to in."""
    async with parts.pool.connection() as conn:
        return Profile(**await store.profile(conn, caller.session.account))


@router.put("")
async def put(wish: Profile, caller: InPerson, parts: Needs) -> Profile:
    """Change it."""
    async with parts.pool.connection() as conn:
        await store.put_profile(conn, caller.session.account, wish.name, wish.language, wish.phone)
        return Profile(**await store.profile(conn, caller.session.account))


@router.get(
    "/everything",
    responses=handing_out.ZIP,
    response_class=StreamingResponse,
    dependencies=[Depends(pace.limited("own-data", per_minute=3))],
)
async def read_everything(caller: FreshInPerson, parts: Needs) -> StreamingResponse:
    """All that is held about the caller's account, as a ZIP of CSV and JSON; no secrets."""
    account = caller.session.account

    def write(conn: Connection[Any], out: IO[bytes]) -> None:
        own_data.write(conn, account, parts.wall_now, out)

    return await handing_out.archive(parts, write, f"account-{account}.zip")


@router.get("/state")
async def read_state(caller: InPerson, parts: Needs) -> MyState:
    """What was last said; available as long as nothing was, as the engine takes it."""
    caller.scope(Action.BE_SENT)
    async with parts.pool.connection() as conn:
        row = await store.my_state(conn, caller.session.account)
    return MyState(**row) if row else MyState(available=True, lat=None, lon=None, at=None)


@router.put("/state")
async def put_state(wish: Whereabouts, caller: InPerson, parts: Needs) -> MyState:
    """Say whether one can be sent, and from where; without a place the last one holds."""
    caller.scope(Action.BE_SENT)
    lat, lon = wish.lat, wish.lon
    if lat is not None and lon is not None and wish.datum == "gcj02":
        lat, lon = to_wgs84(lat, lon)
    async with parts.pool.connection() as conn:
        row = await store.put_state(conn, caller.session.account, wish.available, lat, lon, parts.now)
    return MyState(**row)


@router.get("/endpoints")
async def read_endpoints(caller: InPerson, parts: Needs) -> Endpoints:
    """Where the caller is reached; the addresses themselves are never shown again."""
    return Endpoints(items=await reaching.listed(parts, _me(caller)))


@router.post("/endpoints", status_code=201)
async def add_endpoint(wish: NewEndpoint, caller: InPerson, parts: Needs) -> AddedEndpoint:
    """Be reached at one more place; the same address again changes what it is for. 403 `confirm-again` for
    all but a browser: what is told there is told as long as nobody takes it away."""
    session = caller.session
    if wish.channel != "web_push":
        await fresh(caller, parts)
    return await reaching.add(parts, _me(caller), wish, session.language, session.account, private=False)


@router.delete("/endpoints/{endpoint}", status_code=204)
async def remove_endpoint(endpoint: KeyPath, caller: InPerson, parts: Needs) -> None:
    """Be reached there no longer."""
    await reaching.remove(parts, _me(caller), endpoint)


@router.post("/endpoints/{endpoint}/test")
async def try_endpoint(endpoint: KeyPath, caller: InPerson, parts: Needs) -> Tried:
    """Send a test message there and say what came of it; it may take ten seconds, and one in ten is taken."""
    return await reaching.probe(parts, _me(caller), endpoint, caller.session.account)


@router.get("/notifications")
async def read_notifications(
    caller: InPerson, parts: Needs, cursor: Cursor = None, limit: Limit = paging.DEFAULT
) -> Notifications:
    """What the caller was told, the latest first."""
    after = paging.decode(cursor, [int])
    scope = caller.may(Action.SEE_INCIDENTS)
    async with parts.pool.connection() as conn:
        rows = await store.notifications(
            conn, scope, caller.session.account, limit + 1, after[0] if after else None
        )
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    return Notifications(items=[reaching.notification(row) for row in kept], next=following)
