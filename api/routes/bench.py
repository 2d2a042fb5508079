"""/bench: press the buttons of the demonstration's virtual devices."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from api import showing
from api.guard import Caller, Signed
from api.models.bench import BenchDevice, BenchDevices, Press, Pressed
from api.models.words import KeyQuery
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import not_found
from api.store import devices
from core.instant import to_datetime
from simulators import bench

router = APIRouter(prefix="/bench/devices", tags=["bench"])

Code = Annotated[str, Path(max_length=60, pattern=r"^[\w-]+$")]
_SLICE = 1000


async def _asked(parts: Parts, question: dict[str, Any]) -> dict[str, Any]:
    """The demonstration's answer; Problem 404 where none runs."""
    try:
        return await bench.ask(parts.settings, question)
    except bench.NoBench as error:
        raise not_found() from error


async def _in_scope(parts: Parts, caller: Caller, home: int | None = None) -> list[Row]:
    scope, found, after = caller.scope(Action.USE_BENCH), list[Row](), 0
    async with parts.pool.connection() as conn:
        while rows := await devices.page(conn, scope, parts.now, _SLICE, after=after, home=home):
            found += rows
            after = rows[-1]["id"]
    return found


@router.get("")
async def read(caller: Signed, parts: Needs, home: KeyQuery = None) -> BenchDevices:
    """Virtual devices and their buttons; 404 where no demonstration runs."""
    rows = await _in_scope(parts, caller, home)
    presses: dict[str, list[str]] = (await _asked(parts, {"ask": "devices"}))["presses"]
    shown = [showing.device(row) for row in rows if row["code"] in presses]
    return BenchDevices(
        items=[
            BenchDevice(
                code=one.code,
                kind=one.kind,
                home=one.home,
                resident=one.resident,
                presses=presses[one.code],
                last_seen=one.last_seen,
            )
            for one in shown
        ]
    )


@router.post("/{code}/press")
async def press(code: Code, wish: Press, caller: Signed, parts: Needs) -> Pressed:
    """Press a button; what follows is the real path. 404 for a device or a button that there is not."""
    if code not in {row["code"] for row in await _in_scope(parts, caller)}:
        raise not_found()
    said = await _asked(parts, {"ask": "press", "device": code, "what": wish.what})
    if "sent_at" not in said:
        raise not_found()
    return Pressed(sent_at=to_datetime(said["sent_at"]))
