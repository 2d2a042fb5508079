"""`python -m ingest`: one worker, from the broker to the store."""

import gc
from contextlib import suppress
from typing import Any

from analytics.detectors import all_detectors
from core import database, logs, metrics_server, ready, stopping, whole
from core.clock import parse
from core.session_name import session_name
from core.settings import Settings, load
from ingest import sharing
from ingest.budget import Limits
from ingest.lean import LeanSource
from ingest.mqtt import MqttSource
from ingest.succession import Succession, taken_over
from ingest.worker import Worker
from ingest.writer import Writer

_BROKER_S = 10.0  # a broker that is away longer is waited for at work

# A batch makes thousands of objects that are gone by themselves; looking through them each 700 costs a tenth
# of what a reading does.
_GARBAGE = 20_000, 20, 20


def main() -> None:
    """Run until SIGTERM or SIGINT; what is not acknowledged by then comes again."""
    settings = load()
    logs.setup("ingest", settings.log_level, settings.log_format)
    whole.or_not_at_all()
    metrics_server.serve("ingest", settings)
    if settings.carrier == "jetstream":
        sharing.serve(settings)
        return
    clock = parse(settings.clock)
    writer = Writer(lambda: _connection(settings))

    stopping.when_asked(writer.stop)
    url, data = settings.broker_url.get_secret_value(), settings.data_dir
    reader = LeanSource if settings.mqtt_reader == "lean" else MqttSource
    source = reader(url, session_name(data, "ingest"), clock)
    # Subscribed first: from then on the broker keeps everything for us, however long it takes to remember.
    source.start()
    source.wait_until_connected(_BROKER_S)
    messages = taken_over(source, url, data, clock)
    ready.tell()
    with suppress(InterruptedError):
        limits = Limits(settings.device_rate, settings.device_burst)
        while not writer.stopping:
            worker = Worker(messages, writer, all_detectors(), clock, limits=limits)
            # A city's directory is millions of objects that stay: the collector need not look through them.
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_GARBAGE)
            worker.run()
    if isinstance(messages, Succession):
        messages.stop()
    source.stop()
    writer.close()


def _connection(settings: Settings) -> Any:
    conn = database.connect(settings, "nowalls ingest")
    conn.autocommit = True  # a small batch is a single statement
    return conn


if __name__ == "__main__":
    main()
