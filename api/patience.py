"""HTTP for who takes their time: the head of a request is waited for so long, and is so large, and no more.

Without it a stranger holds connections for ever who sends a letter a minute.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0
MOST_BYTES = 65_536


class PatientHttp(HttpToolsProtocol):
    """One connection."""

    head_s = HEAD_S
    _timer: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody comes: the clock runs until they have said what they want."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A piece: of a head, if no request is being read or answered."""
        if self._timer is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        if self._timer is not None:
            # Counted before this piece: with the end of a head there may come much of a body.
            if self._head > MOST_BYTES:
                self.transport.close()
                return
            self._head += len(data)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._stop()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._head = 0
        self._timer = self.loop.call_later(self.head_s, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
