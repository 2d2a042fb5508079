"""/push: what a browser needs to be written to while its page is closed."""

from anyio.to_thread import run_sync
from fastapi import APIRouter

from alerts.delivery.keys import public_vapid
from api.guard import Signed
from api.models.reaching import PushKey
from api.parts import Needs

router = APIRouter(prefix="/push", tags=["me"])


@router.get("/key")
async def read(caller: Signed, parts: Needs) -> PushKey:
    """The public key of this house (VAPID), for `PushManager.subscribe`."""
    return PushKey(public_key=await run_sync(public_vapid, parts.settings.data_dir))
