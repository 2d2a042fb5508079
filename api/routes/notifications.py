"""/notifications: a page says that a message has arrived, or that somebody saw it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path

from alerts.delivery import receipts
from api.acting import in_thread
from api.guard import Caller, Signed
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import not_found
from api.store import reaching

router = APIRouter(prefix="/notifications/{notification}", tags=["me"])

NotificationPath = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.post("/delivered", status_code=204)
async def delivered(notification: NotificationPath, caller: Signed, parts: Needs) -> None:
    """It has arrived. One for a station may be said by who runs its board."""
    await _mark(notification, "delivered", caller, parts)


@router.post("/seen", status_code=204)
async def seen(notification: NotificationPath, caller: Signed, parts: Needs) -> None:
    """Somebody saw it: nothing more is tried."""
    await _mark(notification, "seen", caller, parts)


async def _mark(key: int, word: Literal["delivered", "seen"], caller: Caller, parts: Parts) -> None:
    async with parts.pool.connection() as conn:
        row = await reaching.recipient(conn, key)
    if row is None:
        raise not_found()
    if row["recipient_kind"] == "station" and not caller.may(Action.SEND_SOMEBODY).covers(row["path"]):
        raise not_found()
    account = caller.session.account
    if not await in_thread(parts, receipts.mark, key, word, parts.clock.now(), account):
        raise not_found()
