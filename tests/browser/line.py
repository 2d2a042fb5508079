"""A telephone line between a browser and the server, which a test can cut, hold and mend."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Line:
    """Carries TCP from `url` to the server that stands behind it."""

    def __init__(self, server_url: str) -> None:
        self._server = urlsplit(server_url).port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._up = True
        self._carries = threading.Event()
        self._carries.set()
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> None:
        """Every call ends, and no new one gets through."""
        self._up = False
        for end in list(self._ends):
            _hang_up(end)

    def hold(self) -> None:
        """Nothing is said any more, but nobody hangs up: the way a mobile network dies."""
        self._carries.clear()

    def mend(self) -> None:
        """As before."""
        self._up = True
        self._carries.set()

    def close(self) -> None:
        """Take the line down."""
        self.cut()
        self._carries.set()
        self._listener.close()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:  # taken down
                return
            if not self._up:
                _hang_up(caller)
                continue
            server = socket.create_connection(("127.0.0.1", self._server or 0))
            for source, target in ((caller, server), (server, caller)):
                self._ends.add(source)
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()
            if not self._up:  # cut while this call was being put through
                _hang_up(caller)
                _hang_up(server)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the other thread hung up
            while piece := source.recv(65536):
                self._carries.wait()
                target.sendall(piece)
        _hang_up(target)
        _hang_up(source)
        self._ends.discard(source)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def line_to(server_url: str) -> Iterator[Line]:
    """A line that is taken down at the end."""
    line = Line(server_url)
    try:
        yield line
    finally:
        line.close()
