"""`python -m alerts.delivery`: tells people and stations what the alert engine wants them told."""

import signal

from alerts.console import ACT_TOPIC
from alerts.delivery.consoles import Consoles
from alerts.loops import Loops
from alerts.mqtt import Line
from core import database, logs, ready
from core.clock import parse
from core.settings import load


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = load()
    logs.setup("deliver", settings.log_level, settings.log_format)
    clock = parse(settings.clock)
    line = Line(settings.broker_url.get_secret_value(), "nowalls-alerts", ACT_TOPIC)
    loops = Loops(lambda: database.connect(settings, "nowalls deliver"))
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: loops.stopping.set())
    line.start()
    ready.tell()
    loops.run(Consoles(line, clock, loops.stopping).loops)
    line.stop()


if __name__ == "__main__":
    main()
