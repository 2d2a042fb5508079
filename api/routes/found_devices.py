"""/found-devices: what other systems' devices were heard, and which device of ours each is."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import caring, paging
from api.caring import work
from api.guard import Caller, Signed
from api.models.devices import HomeRef
from api.models.found_devices import Assign, Assigned, Be, ForeignRight, FoundDevice, FoundDevices
from api.models.words import KeyPath
from api.paging import Cursor, Limit
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import device_keys
from care.community import Device
from care.store import dwelling, foreign
from core.instant import from_datetime

router = APIRouter(tags=["found devices"])
Found = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/found-devices")
async def read_page(
    caller: Signed,
    parts: Needs,
    unnamed: Annotated[
        bool | None, Query(description="only those that are nobody's yet, or only the rest")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> FoundDevices:
    """What was heard behind the devices of the caller's stations, the latest first."""
    scope = caller.scope(Action.SEE_DEVICES)
    key = paging.decode(cursor, [int, int])
    before = (paging.moment(key[0]), key[1]) if key else None
    rows = await work(parts, foreign.page, scope.paths, parts.now, limit + 1, unnamed=unnamed, before=before)
    kept, following = paging.page(rows, limit, lambda row: [from_datetime(row["last_at"]), row["id"]])
    return FoundDevices(items=[_shown(row) for row in kept], next=following)


@router.post("/found-devices/{found}/assign", status_code=201)
async def assign(caller: Signed, parts: Needs, found: Found, wish: Assign) -> Assigned:
    """It is a new device of ours, which hangs there from now on. 409 `conflict`: it is one already."""
    scope, now = caller.scope(Action.SET_DEVICES), parts.now
    known = await work(parts, foreign.one, scope.paths, found, now)
    where = wish.home_id or known["home_id"]
    if where is None:
        raise Problem(422, "home-needed", "say in which home it hangs")
    home = await work(parts, dwelling.one, scope.params, where, now)
    if home is None:
        raise not_found()
    device = Device(
        code=wish.code or f"{known['source']}-{found}",
        kind=wish.kind or foreign.seems(known["says"]),
        model=known["model"],
        report_every_s=wish.report_every_s,
        room=wish.room,
    )
    key = await work(parts, foreign.assign, scope.paths, found, device, home, wish.resident_id, now)
    caring.shown(caring.ids(home["living"], "id"))
    return Assigned(id=key, code=device.code)


@router.post("/found-devices/{found}/be", status_code=204)
async def be(caller: Signed, parts: Needs, found: Found, wish: Be) -> None:
    """It is a device that there is already: one that takes the place of another."""
    scope = caller.scope(Action.SET_DEVICES)
    await _within(caller, parts, wish.device_id)
    await work(parts, foreign.be, scope.paths, found, wish.device_id, parts.now)


@router.post("/found-devices/{found}/ignore", status_code=204)
async def ignore(caller: Signed, parts: Needs, found: Found) -> None:
    """Nothing of it is wanted: it is not listened to any more."""
    await work(parts, foreign.ignore, caller.scope(Action.SET_DEVICES).paths, found, parts.now)


@router.post("/found-devices/{found}/forget", status_code=204)
async def forget(caller: Signed, parts: Needs, found: Found) -> None:
    """It is nobody's again; the device that it was stays where it hangs."""
    await work(parts, foreign.forget, caller.scope(Action.SET_DEVICES).paths, found, parts.now)


@router.get("/devices/{device}/foreign")
async def read_right(caller: Signed, parts: Needs, device: KeyPath) -> ForeignRight:
    """Whether a device may speak for devices of other systems."""
    await _within(caller, parts, device)
    return ForeignRight(allowed=await work(parts, foreign.is_allowed, device))


@router.put("/devices/{device}/foreign")
async def set_right(caller: Signed, parts: Needs, device: KeyPath, wish: ForeignRight) -> ForeignRight:
    """Let it, or not, from now on."""
    await _within(caller, parts, device)
    await work(parts, foreign.allow, device, parts.now, allowed=wish.allowed)
    return wish


async def _within(caller: Caller, parts: Parts, device: int) -> None:
    """Problem 404 unless the device hangs where the caller may set devices."""
    scope = caller.scope(Action.SET_DEVICES)
    async with parts.pool.connection() as conn:
        if not await device_keys.within(conn, scope, device, parts.now):
            raise not_found()


def _shown(row: Row) -> FoundDevice:
    home = None if row["home_id"] is None else HomeRef(id=row["home_id"], code=row["home_code"])
    named = (
        "id",
        "source",
        "tongue",
        "foreign_id",
        "name",
        "model",
        "says",
        "ignored",
        "first_at",
        "last_at",
        "times",
    )
    return FoundDevice(
        **{name: row[name] for name in named},
        seems=row["device_kind"] or foreign.seems(row["says"]),
        home=home,
        device=row["device_code"],
    )
