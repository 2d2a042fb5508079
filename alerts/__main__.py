"""`python -m alerts`: the alert engine."""

import signal

from alerts.console import ACT_TOPIC
from alerts.engine import Engine
from alerts.mqtt import Line
from core import database, logs, ready
from core.clock import parse
from core.settings import load


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = load()
    logs.setup("alerts", settings.log_level, settings.log_format)
    line = Line(settings.broker_url.get_secret_value(), "nowalls-alerts", ACT_TOPIC)
    engine = Engine(lambda: database.connect(settings, "nowalls alerts"), line, parse(settings.clock))
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: engine.stop())
    line.start()
    ready.tell()
    engine.run()
    line.stop()


if __name__ == "__main__":
    main()
