"""`python -m ingest.foreign`: devices of other systems, from their tongues into ours."""

import ssl
import threading
from contextlib import suppress

from core import database, logs, metrics_server, ready, stopping, tls, whole
from core.clock import parse
from core.session_name import session_name
from core.settings import Settings, load
from ingest.foreign.interpreter import EVERY_TOPIC
from ingest.foreign.scaip_server import Desk, Receiver
from ingest.foreign.service import Service
from ingest.foreign.store import Keeper
from ingest.mqtt import MqttSource

_BROKER_S = 10.0


def main() -> None:
    """Run until SIGTERM or SIGINT; what is not acknowledged by then comes again."""
    settings = load()
    logs.setup("foreign", settings.log_level, settings.log_format)
    whole.or_not_at_all()
    metrics_server.serve("foreign", settings)
    clock = parse(settings.clock)
    url, certificate = settings.speaking
    name = session_name(settings.data_dir, "foreign")
    source = MqttSource(url, name, clock, topics=(EVERY_TOPIC,), certificate=certificate)
    with suppress(InterruptedError):
        over = threading.Event()
        stopping.when_asked(over.set)
        keeper = Keeper(lambda: database.connect(settings, "nowalls ingest"), over.wait)
        service = Service(source, keeper, clock, settings, over)
        source.start()
        source.wait_until_connected(_BROKER_S)
        receiver = _receiver(settings, service)
        ready.tell()
        try:
            service.run()
            service.farewell()
        finally:
            if receiver is not None:
                receiver.stop()
    source.stop()


def _receiver(settings: Settings, service: Service) -> Receiver | None:
    """Where social alarms are received, when that is wanted."""
    if not settings.scaip_port and not settings.scaip_tls_port:
        return None
    context = None
    if settings.scaip_tls_port:
        place = tls.folder(settings.data_dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(place / "server.crt", place / "server.key")
    desk = Desk(service.called, parse(settings.clock).now)
    ports = (settings.scaip_port, settings.scaip_tls_port)
    receiver = Receiver(desk, settings.scaip_host, *ports, context)
    receiver.start()
    return receiver


if __name__ == "__main__":
    main()
