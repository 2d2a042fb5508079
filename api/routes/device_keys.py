"""/devices/{device}/keys for staff; /device-claims and /device-renewals for devices themselves."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Path
from psycopg import Connection
from starlette.requests import Request

from api import device_keys as handing
from api.acting import in_thread
from api.guard import Caller, Signed, check_origin
from api.models.device_keys import ClaimIn, ClaimOut, ClaimWish, DeviceKeys, KeyOut, RotateWish
from api.pace import strangers
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem, not_found
from api.store import device_keys as store
from care import claim as claims
from care.store import keys
from care.store.errors import CareError
from care.store.keys import Key

router = APIRouter(tags=["device keys"])
DeviceKey = Annotated[int, Path(ge=1, le=2**31 - 1)]
# Each takes a connection that alarms are acted on with, for who may be nobody.
_OPEN = [Depends(check_origin), Depends(strangers("device-keys", 300))]


async def _within(caller: Caller, parts: Parts, device: int) -> int:
    """`device`, when the caller may set it; Problem 404 when it hangs outside their scope."""
    scope = caller.scope(Action.SET_DEVICES)
    async with parts.pool.connection() as conn:
        if not await store.within(conn, scope, device, parts.now):
            raise not_found()
    return device


@router.get("/devices/{device}/keys")
async def read(caller: Signed, parts: Needs, device: DeviceKey) -> DeviceKeys:
    """Where the keys of a device stand."""
    key = await _within(caller, parts, device)
    return DeviceKeys(**await in_thread(parts, keys.state, key, parts.now))


@router.post("/devices/{device}/keys/claim", status_code=201)
async def claim(caller: Signed, parts: Needs, device: DeviceKey, wish: ClaimWish) -> ClaimOut:
    """A one-time code, which the device exchanges for its own secret; one made before is void."""
    key = await _within(caller, parts, device)
    made = await in_thread(parts, keys.offer, key, parts.now, wish.days)
    picture = segno.make(claims.link(made, parts.settings.board_url)).svg_data_uri(scale=5)
    return ClaimOut(claim=made.text, days=wish.days, qr=picture)


@router.post("/devices/{device}/keys/rotate")
async def rotate(
    caller: Signed, parts: Needs, request: Request, device: DeviceKey, wish: RotateWish
) -> KeyOut:
    """A new secret; the one before counts for `overlap_s` more."""
    key = await _within(caller, parts, device)
    made = await in_thread(parts, keys.rotate, key, parts.now, timedelta(seconds=wish.overlap_s))
    return handing.described(parts, made, request.url.hostname or "")


@router.post("/devices/{device}/keys/revoke")
async def revoke(caller: Signed, parts: Needs, device: DeviceKey) -> DeviceKeys:
    """Shut the device out: its connection ends, and nothing it knows opens anything any more."""
    key = await _within(caller, parts, device)
    await in_thread(parts, keys.revoke, key, parts.now)
    return DeviceKeys(**await in_thread(parts, keys.state, key, parts.now))


@router.post("/device-claims", dependencies=_OPEN)
async def exchange(parts: Needs, request: Request, wish: ClaimIn) -> KeyOut:
    """A device's own secret for its claim code, once. 403 `bad-claim`, 409 `not-installed`."""
    try:
        code = claims.parse(wish.claim)
        key = await in_thread(parts, keys.exchange, code, parts.now)
    except claims.BadClaim:
        key = None
    except CareError as error:
        raise Problem(409, "not-installed", "the device is not installed yet") from error
    if key is None:
        raise Problem(403, "bad-claim")
    return handing.described(parts, key, request.url.hostname or "")


@router.post("/device-renewals", dependencies=_OPEN)
async def renew(parts: Needs, request: Request) -> KeyOut:
    """A device's next secret, for its present login (HTTP Basic); that counts for 15 minutes more."""
    user, secret = _basic(request.headers.get("authorization", ""))
    key = await in_thread(parts, _renewed, user, secret, parts)
    if key is None:
        raise Problem(401, "bad-login", headers={"WWW-Authenticate": 'Basic realm="device"'})
    return handing.described(parts, key, request.url.hostname or "")


def _renewed(conn: Connection, user: str, secret: str, parts: Parts) -> Key | None:
    device = keys.login(conn, user, secret, parts.now)
    return None if device is None else keys.rotate(conn, device, parts.now)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, word = header.partition(" ")
    if scheme.lower() != "basic" or len(word) > 500:
        return "", ""
    try:
        user, _, secret = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, secret
