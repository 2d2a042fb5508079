"""Ingest over a NATS cluster: this process and others share the town (docs/scale.md)."""

import os
import socket

from core import ready, stopping
from core.clock import SystemClock, parse
from core.settings import Settings, WrongSettingError
from ingest.jetstream import Carrier
from ingest.partitions.host import Host
from ingest.partitions.store import connect
from ingest.partitions.tenant import Tenant


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; what is not acknowledged by then comes to whoever takes over.

    Raises WrongSettingError without the address of a cluster, CarrierError when none of its nodes answers.
    """
    clock, url = parse(settings.clock), settings.carrier_url.get_secret_value()
    if not url:
        raise WrongSettingError("NOWALLS_CARRIER_URL is needed where NOWALLS_CARRIER is jetstream")
    carrier = Carrier(url, clock, settings.partitions)
    host = Host(
        lambda: connect(settings),
        lambda number, epoch: Tenant(settings, carrier, clock, number, epoch),
        settings.partitions,
        f"{socket.gethostname()}/{os.getpid()}",
        SystemClock(),
    )
    stopping.when_asked(host.stop)
    carrier.start()
    host.run(ready.tell)
    carrier.stop()
