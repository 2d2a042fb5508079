"""`python -m alerts.delivery`: tells people and stations what the alert engine wants them told."""

from datetime import time

from alerts.asks import Asks
from alerts.console import ACT_TOPIC
from alerts.delivery import faults
from alerts.delivery import settings as own_settings
from alerts.delivery.bells import Bells, caller
from alerts.delivery.channels import channels
from alerts.delivery.consoles import Consoles
from alerts.delivery.homes import Homes
from alerts.delivery.keys import Keys
from alerts.delivery.post import Post
from alerts.delivery.watch import Watch, calls, pages_answer
from alerts.loops import Loops
from alerts.mqtt import Line
from core import database, logs, metrics_server, ready, stopping, tls, whole
from core.clock import SystemClock, parse
from core.instant import to_datetime
from core.session_name import session_name
from core.settings import load


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings, own = load(), own_settings.load()
    logs.setup("deliver", settings.log_level, settings.log_format)
    whole.or_not_at_all()
    metrics_server.serve("deliver", settings)
    clock = parse(settings.clock)
    line = Line(settings.broker_url.get_secret_value(), session_name(settings.data_dir, "alerts"), ACT_TOPIC)
    loops = Loops(lambda: database.connect(settings, "nowalls deliver"))
    stopping.when_asked(loops.stopping.set)
    post = Post(
        channels(own, Keys(settings.data_dir)), settings.board_url, clock, loops.stopping, faults.watch
    )
    authority = tls.folder(settings.data_dir) / "ca.crt" if settings.tls else None
    watch = Watch(
        clock,
        loops.stopping,
        pages_answer(settings.http_host, settings.http_port, authority),
        calls(own.deadman_url.get_secret_value()),
        time.fromisoformat(own.self_test_at) if own.self_test_at else None,
        # For the world's clock, never for a virtual one.
        lambda: settings.tls and tls.ends_soon(settings.data_dir, to_datetime(SystemClock().now())),
    )
    ring = caller(Keys(settings.data_dir).subscription, allow_private=own.allow_private_targets)
    bells, homes = Bells(ring, clock, loops.stopping), Homes(line, clock, loops.stopping)
    ready.tell()
    consoles, asks = Consoles(line, clock, loops.stopping), Asks(line, clock, loops.stopping)
    loops.run([post.work, *consoles.loops, *asks.loops, watch.work, bells.work, homes.work])


if __name__ == "__main__":
    main()
