"""Ingest over a NATS cluster: this process and others share the town (docs/scale.md)."""

import os
import signal
import socket

from core import ready
from core.clock import SystemClock, parse
from core.settings import Settings
from ingest.jetstream import Carrier
from ingest.partitions.host import Host
from ingest.partitions.store import connect
from ingest.partitions.tenant import Tenant


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; what is not acknowledged by then comes to whoever takes over."""
    clock = parse(settings.clock)
    carrier = Carrier(settings.carrier_url.get_secret_value(), clock, settings.partitions)
    host = Host(
        lambda: connect(settings),
        lambda number, epoch: Tenant(settings, carrier, clock, number, epoch),
        settings.partitions,
        f"{socket.gethostname()}/{os.getpid()}",
        SystemClock(),
    )
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: host.stop())
    carrier.start()
    host.run(ready.tell)
    carrier.stop()
