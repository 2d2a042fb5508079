"""How much a stranger may send, and for how long: a plain ASGI layer before everything that reads a body."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem
from core.quantity import STREAMS

BODY_S, LARGE_BODY_S = 30.0, 180.0  # within which a body is there, and one of those that may be larger
MOST_BYTES = 65_536  # the longest thing anybody has to say is a note of 2,000 characters
# Only these take more, and only after they have looked who sends it: (method, path) -> bytes.
LARGER = {("POST", "/api/v1/photos"): 8 * 1024 * 1024}
# A message of a device is as long as over MQTT.
LARGER |= {("POST", f"/api/v1/device-messages/{stream}"): 262_144 for stream in STREAMS}


class BodyLimit:
    """Answers 413 to a body that says it is too large, and breaks off one that turns out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGER.get((scope["method"], scope["path"]), MOST_BYTES)
        if _announced(scope) > most:
            await Problem(413).response()(scope, receive, send)
            return
        taken, whole = 0, False
        loop = asyncio.get_running_loop()
        end = loop.time() + (BODY_S if most == MOST_BYTES else LARGE_BODY_S)

        async def receiving() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()  # waits for the end of the connection
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                raise Problem(408) from None
            whole = not message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > most:
                raise Problem(413)
            return message

        await self._app(scope, receiving, send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0
