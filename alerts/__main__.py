"""`python -m alerts`: the alert engine."""

from alerts.engine import Engine
from core import database, logs, metrics_server, ready, stopping, whole
from core.clock import parse
from core.settings import load


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = load()
    logs.setup("alerts", settings.log_level, settings.log_format)
    whole.or_not_at_all()
    metrics_server.serve("alerts", settings)
    engine = Engine(lambda: database.connect(settings, "nowalls alerts"), parse(settings.clock))
    stopping.when_asked(engine.stop)
    ready.tell()
    engine.run()


if __name__ == "__main__":
    main()
