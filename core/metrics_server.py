"""`/metrics` of one process: on the loopback address by default, and only for who shows the token.

Where it listens is announced in <data>/run/metrics, in the form that Prometheus reads (`file_sd_configs`): a
process gets whatever port is free, and several of a kind need no settings.
"""

import atexit
import contextlib
import hmac
import json
import logging
import os
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from prometheus_client import CollectorRegistry, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from core.embedded.secret import secret, write_private
from core.metrics import REGISTRY
from core.settings import Settings

log = logging.getLogger(__name__)

FOLDER = Path("run") / "metrics"


def token_file(data: Path) -> Path:
    """Where the token lies that Prometheus shows (`authorization: credentials_file`)."""
    return data / "secrets" / "metrics"


class MetricsServer(ThreadingHTTPServer):
    """Answers GET /metrics with what `registry` holds."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], token: str, registry: CollectorRegistry = REGISTRY) -> None:
        """Listens at once; `serve_forever` answers."""
        super().__init__(address, _Handler)
        self.token = token
        self.registry = registry


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer

    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        shown = self.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {self.server.token}".encode()):
            self.send_error(HTTPStatus.UNAUTHORIZED)
            return
        body = generate_latest(self.server.registry)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: a scrape is no event."""


def serve(part: str, settings: Settings) -> MetricsServer | None:
    """Serve this process's metrics from a thread; None when the setting says no or the address is taken.

    A number that cannot be read is no reason to stop what watches over people.
    """
    if not settings.metrics:
        return None
    host, _, port = settings.metrics.rpartition(":")
    try:
        token = settings.metrics_token.get_secret_value() or secret(token_file(settings.data_dir))
        server = MetricsServer((host.strip("[]"), int(port)), token)
        _announce(part, settings.data_dir, server.server_address[1])
    except OSError as error:
        log.error("metrics are not served", extra={"error": type(error).__name__})
        return None
    ProcessCollector(registry=REGISTRY)
    Info("nowalls_process", "Which part this process is.", registry=REGISTRY).info({"part": part})
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _announce(part: str, data: Path, port: int) -> None:
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):  # another user made it
        folder.chmod(0o755)  # whatever our umask: see below
    for path in folder.glob("*.json"):
        _forget(path)
    own = folder / f"{part}-{os.getpid()}.json"
    write_private(own, json.dumps([{"targets": [f"127.0.0.1:{port}"], "labels": {"part": part}}]) + "\n")
    own.chmod(0o644)  # Prometheus is another user; the token is what keeps others out
    atexit.register(lambda: own.unlink(missing_ok=True))


def _forget(path: Path) -> None:
    """Remove the announcement of a process that is no more."""
    number = path.stem.rpartition("-")[2]
    if number.isdigit() and not Path(f"/proc/{number}").exists():
        path.unlink(missing_ok=True)
