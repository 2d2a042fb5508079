"""Ten thousand connections to a broker of their own: what one process drives, what the broker makes of it.

The two share the machine. What each could do with a core of its own is messages a second of its own CPU
time; the smaller of the two is the limit.
"""

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.usage import cpu_s_of
from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free
from simulators import swarm
from simulators.device import Identity, broker
from simulators.fleet import Broker

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
            pace = swarm.Pace(rate, seconds)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                asked = (identities, broker(nats.url), pace, ("nats-server", name))
                measured, broker_cpu_s = pool.apply(_drive, asked)
        finally:
            nats.stop()
    figures: dict[str, Any] = measured.figures()
    done = measured.acknowledged
    figures["broker_messages_per_cpu_s"] = round(done / broker_cpu_s) if broker_cpu_s else None
    return figures


def _drive(
    identities: Sequence[Identity], where: Broker, pace: swarm.Pace, words: Sequence[str]
) -> tuple[swarm.Measured, float]:
    """What came of it, and the CPU seconds that the processes with these `words` spent while it sent."""

    async def all_of_it() -> tuple[swarm.Measured, float]:
        crowd = swarm.Swarm(identities, where)
        await crowd.connect()
        try:
            before = cpu_s_of(words)
            measured = await crowd.drive(pace)
            return measured, cpu_s_of(words) - before
        finally:
            await crowd.leave()

    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return asyncio.run(all_of_it())
    return uvloop.run(all_of_it())
