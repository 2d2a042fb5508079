"""/device-messages: for devices that speak HTTP and no MQTT. Answered when it is safe, not before."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from psycopg import Connection
from starlette.requests import Request

from api import device_mouth
from api.acting import in_thread
from api.guard import check_origin
from api.models.found_devices import Accepted
from api.pace import strangers
from api.parts import Needs, Parts
from api.problems import Problem
from api.visit import network_of, visit_of
from care.store import foreign, keys
from care.store.foreign import Speaker

router = APIRouter(prefix="/device-messages", tags=["device messages"])
# Behind one address may be a gateway with many devices; each device has its own measure below.
_OPEN = [Depends(check_origin), Depends(strangers("device-messages", 6_000))]
_A_MINUTE = 60
_ANY_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {}} for kind in ("application/json", "application/msgpack", "application/cbor")
        },
    }
}
Stream = Annotated[Literal["motion", "vital", "event", "position", "status"], Path()]
# No wildcards, no empty levels, nothing that another broker or our own paths could read otherwise.
Tail = Annotated[str, Path(max_length=300, pattern=r"^[A-Za-z0-9_.:@ -]+(/[A-Za-z0-9_.:@ -]+)*$")]


@router.post("/in/{tail:path}", status_code=202, dependencies=_OPEN, openapi_extra=_ANY_BODY)
async def say_foreign(parts: Needs, request: Request, tail: Tail) -> Accepted:
    """What a device says in another tongue, as on `nw/in/{device}/{tail}`. HTTP Basic with its own login."""
    speaker = await _speaker(parts, request)
    if not speaker.speaks_for_others:
        raise Problem(403, "not-allowed", "this device may not speak in other tongues")
    body = await request.body()
    speaker = await _still(parts, request)
    return await _said(parts, f"nw/in/{speaker.code}/{tail}", body)


@router.post("/{stream}", status_code=202, dependencies=_OPEN, openapi_extra=_ANY_BODY)
async def say(parts: Needs, request: Request, stream: Stream) -> Accepted:
    """One message of a stream, as over MQTT (docs/protocol.md). HTTP Basic with the device's own login.

    202 when the broker has it on its disk; 429 beyond what a device may say; 503: send it again.
    """
    await _speaker(parts, request)
    body = device_mouth.plain(await request.body(), request.headers.get("content-type", ""))
    speaker = await _still(parts, request)
    return await _said(parts, f"nw/v1/{speaker.home}/{speaker.code}/{stream}", body)


async def _said(parts: Parts, topic: str, body: bytes) -> Accepted:
    if not body:
        raise Problem(422, "empty", "nothing was said")
    await device_mouth.say(parts, topic, body)
    return Accepted(topic=topic)


async def _speaker(parts: Parts, request: Request) -> Speaker:
    """Whose login it is; Problem 401 when nobody's, 429 when it says too much."""
    user, secret = _basic(request.headers.get("authorization", ""))
    most = max(1, round(parts.settings.device_rate * _A_MINUTE) or 1_000_000)
    # Before the secret is looked at, which costs, by where it comes from: nobody takes a device's words away
    # from it by speaking in its name without its secret.
    _take(parts, "login", f"{network_of(visit_of(request).address)}/{user[:64]}", most)
    speaker = await in_thread(parts, _known, user, secret, parts.now) if user else None
    if speaker is None:
        raise _nobody()
    _take(parts, "device", speaker.code, most)
    if speaker.paused:
        raise Problem(429, headers={"Retry-After": "15"}, retry_after_s=15)
    return speaker


async def _still(parts: Parts, request: Request) -> Speaker:
    """The same once the body is there, which may take minutes: who was revoked meanwhile says nothing."""
    user, _ = _basic(request.headers.get("authorization", ""))
    speaker = await in_thread(parts, _known, user, None, parts.now)
    if speaker is None:
        raise _nobody()
    return speaker


def _nobody() -> Problem:
    return Problem(401, "bad-login", headers={"WWW-Authenticate": 'Basic realm="device"'})


def _known(conn: Connection, user: str, secret: str | None, now: datetime) -> Speaker | None:
    device = keys.login(conn, user, secret, now)
    return None if device is None else foreign.speaker(conn, device, now)


def _take(parts: Parts, what: str, whom: str, per_minute: int) -> None:
    seconds = parts.buckets.take(what, f"device/{whom}", per_minute, parts.wall.now())
    if seconds:
        raise Problem(429, headers={"Retry-After": str(seconds)}, retry_after_s=seconds)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, word = header.partition(" ")
    if scheme.lower() != "basic" or len(word) > 500:
        return "", ""
    try:
        user, _, secret = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, secret
