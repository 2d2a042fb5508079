"""One text to hundreds of sockets: framed once, and written without waking a task for each.

A frame from the server is not masked, so the bytes are the same for all. The server's own way is a task, a
queue, an ASGI message and a frame for each socket; `python -m benchmarks.boards` measures what comes of it.
"""

from functools import lru_cache
from typing import Any

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "nowalls.wire"
_TEXT, _FINAL = 0x1, 0x80


@lru_cache(maxsize=64)
def frame(text: str) -> bytes:
    """`text` as one unmasked, uncompressed WebSocket frame (RFC 6455, 5.2)."""
    body = text.encode()
    size = len(body)
    head = bytes([_FINAL | _TEXT])
    if size < 126:
        return head + bytes([size]) + body
    if size < 1 << 16:
        return head + b"\x7e" + size.to_bytes(2, "big") + body
    return head + b"\x7f" + size.to_bytes(8, "big") + body


class Wire(WebSocketsSansIOProtocol):
    """The server's WebSocket, which also takes frames that are ready; the application finds it in the scope.

    Only for a server that compresses nothing (`ws_per_message_deflate=False`).
    """

    def handle_connect(self, event: Request) -> None:
        """As usual, and make oneself known to the application."""
        super().handle_connect(event)
        scope: dict[str, Any] | None = getattr(self, "scope", None)
        if scope is not None and not self.config.ws_per_message_deflate:
            scope["extensions"][EXTENSION] = self

    def write_now(self, text: str) -> bool:
        """Write `text` if the peer takes it at once; False: offer it the usual way, which waits."""
        if not self.handshake_complete or self.close_sent or self.disconnected:
            return False
        if not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame(text))
        return True


def wire_of(websocket: WebSocket) -> Wire | None:
    """The wire below `websocket`; None where another server speaks."""
    wire = websocket.scope.get("extensions", {}).get(EXTENSION)
    return wire if isinstance(wire, Wire) else None
