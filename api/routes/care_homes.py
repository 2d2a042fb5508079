"""/care/homes and /care/devices: rooms, and what hung where and was worn by whom when."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import caring, paging
from api.caring import work
from api.guard import Signed
from api.models.care_homes import (
    ChangeHome,
    DeviceHistory,
    DeviceStay,
    HomeFull,
    HomeInList,
    Homes,
    Install,
    Installed,
    NewHome,
)
from api.models.care_people import DeviceHere
from api.models.words import KeyPath, KeyQuery, Line, Named
from api.paging import Cursor, Limit
from api.parts import Needs, Parts, Row
from api.policy import Action, Scope
from api.problems import Problem, not_found
from care.community import Device
from care.store import dwelling

router = APIRouter(prefix="/care", tags=["care: homes"])


@router.get("/homes")
async def read_page(
    caller: Signed,
    parts: Needs,
    q: Annotated[Line | None, Query(max_length=60, description="how a code or an address begins")] = None,
    station: KeyQuery = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Homes:
    """Homes by key."""
    scope, after = caller.scope(Action.SEE_CARE), paging.decode(cursor, [int])
    begin = after[0] if after else 0
    rows = await work(parts, dwelling.page, scope.params, station, q or "", limit + 1, begin)
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    return Homes(items=[HomeInList(**_short(row)) for row in kept], next=following)


@router.post("/homes", status_code=201)
async def add(wish: NewHome, caller: Signed, parts: Needs) -> HomeFull:
    """A new home. 409 `conflict` when the code is taken."""
    scope = caller.scope(Action.SET_CARE)
    key = await work(parts, dwelling.add, scope.paths, wish.model_dump(), parts.now)
    return _full(await _home(parts, scope, key))


@router.get("/homes/{home}")
async def read(home: KeyPath, caller: Signed, parts: Needs) -> HomeFull:
    """A home with who lives there, how to get in, and what hangs there."""
    return _full(await _home(parts, caller.scope(Action.SEE_CARE), home))


@router.patch("/homes/{home}")
async def change(home: KeyPath, wish: ChangeHome, caller: Signed, parts: Needs) -> HomeFull:
    """Change what is sent."""
    scope = caller.scope(Action.SET_CARE)
    row = await _home(parts, scope, home)
    sent = {name: getattr(wish, name) for name in wish.model_fields_set}
    fields = {name: value for name, value in sent.items() if value is not None or name in ("lat", "lon")}
    await work(parts, dwelling.change, row, fields)
    return _full(await _home(parts, scope, home))


@router.post("/homes/{home}/devices", status_code=201)
async def install(home: KeyPath, wish: Install, caller: Signed, parts: Needs) -> Installed:
    """Hang a device here from `since` (default now) on; where it was, it is no longer. 409 `conflict`."""
    scope, now = caller.scope(Action.SET_CARE), parts.now
    row = await _home(parts, scope, home)
    since = wish.since or now
    if since > now:
        raise Problem(422, "not-possible", "it is written down when it is done")
    named = ("code", "kind", "model", "report_every_s", "room", "site")
    device = Device(**{name: getattr(wish, name) for name in named})
    key, secret = await work(parts, dwelling.install, row, device, wish.resident_id, since, now, scope.paths)
    return Installed(id=key, secret=secret)


@router.post("/devices/{device}/uninstall", status_code=204)
async def uninstall(device: KeyPath, caller: Signed, parts: Needs) -> None:
    """It hangs nowhere from now on; its readings belong to nobody."""
    scope = caller.scope(Action.SET_CARE)
    found = await work(parts, dwelling.device, scope.params, device)
    if found is None:
        raise not_found()
    if not await work(parts, dwelling.uninstall, device, parts.now):
        raise Problem(409, "conflict", "it hangs nowhere")


@router.get("/devices/{device}/history")
async def read_history(device: KeyPath, caller: Signed, parts: Needs) -> DeviceHistory:
    """Where it hung, and who wore it, when."""
    scope = caller.scope(Action.SEE_CARE)
    rows = await work(parts, dwelling.history, scope.params, device)
    if not rows:
        raise not_found()
    caring.shown(caring.ids(rows))
    return DeviceHistory(items=[_stay(row) for row in rows])


async def _home(parts: Parts, scope: Scope, home: int) -> Row:
    found = await work(parts, dwelling.one, scope.params, home, parts.now)
    if found is None:
        raise not_found()
    caring.shown(caring.ids(found["living"], "id"))
    return found


def _short(row: Row) -> Row:
    station = Named(id=row["station_id"], name=row["station_name"])
    return {"id": row["id"], "code": row["code"], "address": row["address"], "station": station}


def _full(row: Row) -> HomeFull:
    return HomeFull(
        **_short(row),
        **{name: row[name] for name in ("access_note", "lat", "lon", "rooms")},
        residents=[Named(**one) for one in row["living"]],
        devices=[DeviceHere(**one) for one in row["devices"]],
    )


def _stay(row: Row) -> DeviceStay:
    return DeviceStay(
        home=Named(id=row["home_id"], name=row["home_code"]),
        resident=caring.named(row["resident_id"], row["resident_name"]),
        **{name: row[name] for name in ("room", "site", "since", "until")},
    )
