"""A real HTTP server that keeps what it is sent, and answers as a test wants."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import NamedTuple


class Got(NamedTuple):
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class Sink:
    """`status` by path (default 200); a path in `slow` is answered only after `release`."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.status: dict[str, int] = {}
        self.slow: set[str] = set()
        self.release = Event()
        self._lock = Lock()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # the sender was killed in the middle of it
                with sink._lock:
                    sink.got.append(Got(self.path, dict(self.headers.items()), body, time.time()))
                if self.path in sink.slow:
                    sink.release.wait(20)
                status = sink.status.get(self.path, 200)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{sink.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 200

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a sender that was killed

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def paths(self) -> list[str]:
        return [got.path for got in self.got]

    @contextmanager
    def serves(self) -> Iterator["Sink"]:
        self._thread.start()
        try:
            yield self
        finally:
            self.release.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
