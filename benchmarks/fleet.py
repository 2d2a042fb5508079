"""Ten thousand connections to a broker of their own: what one process drives, what the broker makes of it.

On most machines the broker limits the rate; what the driving process could do is messages a second of its
own CPU time.
"""

import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any

from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free
from simulators import swarm
from simulators.device import Identity, broker

_SECRET = "only for this minute"  # noqa: S105 - of devices that live as long as the measurement


def fleet(connections: int, rate: float, seconds: float) -> dict[str, Any]:
    """Figures of `connections` devices that send `rate` messages a second together, for `seconds`."""
    swarm.allow_files(connections)  # the broker's limit, too: it inherits ours
    with tempfile.TemporaryDirectory(prefix="nowalls-fleet-") as name:
        Path(name).chmod(0o711)
        nats = Nats(Path(name) / "broker", port=any_free())
        nats.start()
        try:
            hashed = hash_secret(_SECRET)
            nats.apply([Login(f"d{n}", f"h{n}", hashed) for n in range(connections)])
            time.sleep(1)
            identities = [Identity(f"d{n}", f"h{n}", _SECRET) for n in range(connections)]
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                pace = swarm.Pace(rate, seconds)
                measured = pool.apply(swarm.run, (identities, broker(nats.url), pace))
        finally:
            nats.stop()
    figures: dict[str, Any] = measured.figures()
    return figures
