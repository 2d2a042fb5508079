"""`python -m ingest.foreign`: devices of other systems, from their tongues into ours."""

import signal
import threading
from contextlib import suppress

from core import database, logs, ready
from core.clock import parse
from core.session_name import session_name
from core.settings import load
from ingest.foreign.interpreter import EVERY_TOPIC
from ingest.foreign.service import Service
from ingest.foreign.store import Keeper
from ingest.mqtt import MqttSource

_BROKER_S = 10.0


def main() -> None:
    """Run until SIGTERM or SIGINT; what is not acknowledged by then comes again."""
    settings = load()
    logs.setup("foreign", settings.log_level, settings.log_format)
    clock = parse(settings.clock)
    url, certificate = settings.speaking
    name = session_name(settings.data_dir, "foreign")
    source = MqttSource(url, name, clock, topics=(EVERY_TOPIC,), certificate=certificate)
    with suppress(InterruptedError):
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: stopping.set())
        keeper = Keeper(lambda: database.connect(settings, "nowalls ingest"), stopping.wait)
        service = Service(source, keeper, clock, settings, stopping)
        source.start()
        source.wait_until_connected(_BROKER_S)
        ready.tell()
        service.run()
        service.farewell()
    source.stop()


if __name__ == "__main__":
    main()
