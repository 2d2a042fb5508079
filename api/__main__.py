"""`python -m api`: serve the API and the pages until told to stop."""

import logging
import signal
import socket
import sys
import threading

import uvicorn

from api import settings as own_settings
from api.app import create_app
from api.certificates import Renewed
from api.doctor.levels import Levels
from api.doctor.looking import look
from api.live.wire import Wire
from api.measures import StoreCollector
from api.patience import PatientHttp
from api.routes import pages
from core import logs, metrics, metrics_server, ready, tls, whole
from core import settings as core_settings
from core.clock import parse


class _Server(uvicorn.Server):
    """Tells the supervisor as soon as connections are taken."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            ready.tell()


def main() -> None:
    """Read the settings and serve."""
    settings, own = core_settings.load(), own_settings.load()
    logs.setup("api", settings.log_level, settings.log_format)
    whole.or_not_at_all()
    if metrics_server.serve("api", settings) is not None:
        metrics.REGISTRY.register(StoreCollector(settings, parse(settings.clock)))
        levels = Levels(lambda: look(settings))
        metrics.REGISTRY.register(levels)
        levels.start()
    logging.getLogger("uvicorn").setLevel("WARNING")
    logging.getLogger("psycopg.pool").setLevel("ERROR")  # says once a second that the database is away
    config = uvicorn.Config(
        create_app(settings, own),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,  # ours: one JSON object a line
        access_log=False,  # addresses of people
        server_header=False,
        proxy_headers=bool(own.trusted_proxies),
        forwarded_allow_ips=own.trusted_proxies or None,
        ssl_certfile=tls.folder(settings.data_dir) / "server.crt" if settings.tls else None,
        ssl_keyfile=str(tls.folder(settings.data_dir) / "server.key") if settings.tls else None,
        http=PatientHttp,
        ws=Wire,
        ws_max_size=4096,  # a client has little to say
        ws_max_queue=8,
        ws_per_message_deflate=False,  # one message goes to hundreds of sockets: deflating each costs more
        timeout_graceful_shutdown=5,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # Until the server has its own; and it raises again what ended it. Either is an orderly end.
        signal.signal(number, lambda *_: sys.exit(0))
    threading.Thread(target=pages.prepare, daemon=True).start()  # linking them takes most of a second
    config.load()
    if config.ssl is not None:
        place = tls.folder(settings.data_dir)
        Renewed(config.ssl, place / "server.crt", place / "server.key").start()
    _Server(config).run(shared(settings.http_host, settings.http_port) if own.share_port else None)


def shared(host: str, port: int) -> list[socket.socket]:
    """A listening socket beside those of other processes: the kernel gives each of them its part of the
    connections, and those of one that died to the others. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    listener.listen(2048)
    listener.setblocking(False)
    return [listener]


if __name__ == "__main__":
    main()
