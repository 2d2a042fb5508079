"""One socket: a bounded queue of texts, a writer, and a listener that expects little."""

import asyncio
import json
from collections.abc import Sequence

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.policy import Scope

SIGNED_OUT = 4401
TOO_SLOW = 1013
SERVER_RESTARTS = 1012
_MOST_WAITING = 256


class Reader:
    """A socket and what its person may see and do.

    Attributes:
        token_hash: the session it lives on.
        see, act, residents: scopes of incidents seen, incidents acted on and residents seen.
    """

    def __init__(
        self, websocket: WebSocket, token_hash: bytes, see: Scope, act: Scope, residents: Scope
    ) -> None:
        self.token_hash = token_hash
        self.see, self.act, self.residents = see, act, residents
        self._websocket = websocket
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._over = asyncio.Event()
        self._code = 1000

    @property
    def backlog(self) -> int:
        """Texts not yet sent."""
        return self._waiting.qsize()

    def offer(self, text: str) -> None:
        """Queue a text. Who cannot keep up is closed, and comes back with a cursor."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.end(TOO_SLOW)

    def end(self, code: int) -> None:
        """Close the socket with `code`; the first reason counts."""
        if not self._over.is_set():
            self._code = code
            self._over.set()

    async def serve(self, first: Sequence[str], pong: "asyncio.Queue[Reader]") -> None:
        """Send `first`, then what is offered, until the socket or its right to listen ends."""
        tasks = [
            asyncio.create_task(self._write(first)),
            asyncio.create_task(self._listen(pong)),
            asyncio.create_task(self._over.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if self._over.is_set():
            await self._close()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                raise result

    async def _write(self, first: Sequence[str]) -> None:
        for text in first:
            await self._websocket.send_text(text)
        while True:
            await self._websocket.send_text(await self._waiting.get())

    async def _listen(self, pong: "asyncio.Queue[Reader]") -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if _is_ping(message.get("text")):
                pong.put_nowait(self)

    async def _close(self) -> None:
        try:
            # A peer that reads nothing would hold even the farewell for ever.
            await asyncio.wait_for(self._websocket.close(self._code), 2)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return  # gone already


def _is_ping(text: str | None) -> bool:
    try:
        said = json.loads(text or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("type") == "ping"
