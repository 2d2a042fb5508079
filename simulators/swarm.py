"""A swarm: ten thousand connections in one process, each message due at an instant of its own.

Messages are due when the plan says, not when the last one came back (open loop), and latencies count from
there: a broker that stalls shows as latency of all that was due meanwhile (no coordinated omission).

One asyncio loop (uvloop where it is installed); each message is sent when it is due, and where many are, what
is due within a tick of a few milliseconds is written in one go. An acknowledgement costs one dictionary
entry, and no task or timer belongs to a single connection.
"""

import asyncio
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.device import Identity
from simulators.fleet import Broker, Link
from simulators.wire import topic

_SPARE_FILES = 200
TICK_S = 0.005
_MANY = 3000  # messages a second: from here they go by ticks, which adds half of one to every latency
_AT_ONCE = 100
"""Connections being made at one time: brokers check passwords slowly on purpose."""


class TooFewFiles(OSError):
    """The system allows fewer open files than connections are wanted; the message says how many."""


def allow_files(connections: int) -> int:
    """Raise this process's limit of open files far enough and return it; raises TooFewFiles."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE_FILES
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft < wanted:
        raise TooFewFiles(
            f"{connections} connections need {wanted} open files and the hard limit is {hard}: ulimit -Hn"
        )
    return soft


@dataclass(frozen=True, slots=True)
class Pace:
    """What a swarm does: `rate` messages a second over all connections for `seconds`, of `size` readings."""

    rate: float
    seconds: float
    stream: str = "vital"
    size: int = 1


@dataclass(slots=True)
class Measured:
    """What came of it.

    Attributes:
        connections: how many stood; connect_s: how long that took.
        due, sent, acked: real instants (seconds, time.time) of each message, shape (n,); acked is NaN where
            the broker had not acknowledged ten seconds after the last message.
        cpu_s: CPU time of this process while it sent.
    """

    connections: int
    connect_s: float
    due: NDArray[np.float64]
    sent: NDArray[np.float64]
    acked: NDArray[np.float64]
    cpu_s: float

    @property
    def acknowledged(self) -> int:
        """How many messages the broker confirmed."""
        return int(np.isfinite(self.acked).sum())

    @property
    def rate(self) -> float:
        """Messages a second from the first due to the last acknowledged."""
        done = self.acked[np.isfinite(self.acked)]
        return float(len(done) / (done.max() - self.due.min())) if len(done) else 0.0

    @property
    def per_core(self) -> float:
        """Messages a second of CPU time of this process: what one core could drive."""
        return self.acknowledged / self.cpu_s if self.cpu_s else 0.0

    def figures(self) -> dict[str, float]:
        """As one JSON-able object; milliseconds count from the instant at which a message was due."""
        wait = (self.acked - self.due)[np.isfinite(self.acked)] * 1000
        late = (self.sent - self.due) * 1000
        p50, p99 = np.percentile(wait, [50, 99]) if len(wait) else (np.nan, np.nan)
        return {
            "connections": self.connections,
            "connect_s": round(self.connect_s, 1),
            "messages": len(self.due),
            "lost": len(self.due) - self.acknowledged,
            "messages_per_s": round(self.rate),
            "messages_per_cpu_s": round(self.per_core),
            "due_to_puback_p50_ms": round(float(p50), 2),
            "due_to_puback_p99_ms": round(float(p99), 2),
            "sent_late_p99_ms": round(float(np.percentile(late, 99)), 2),
        }


@dataclass(eq=False)
class Swarm:
    """Connections that stay open; use `connected`, then `drive` as often as wanted, then `leave`."""

    identities: Sequence[Identity]
    broker: Broker
    links: list[Link] = field(default_factory=list)
    connect_s: float = 0.0

    async def connect(self, timeout_s: float = 300) -> None:
        """Every device on line; raises TooFewFiles, or what the broker says."""
        allow_files(len(self.identities))
        begun = time.monotonic()
        room = asyncio.Semaphore(_AT_ONCE)
        self.links = [Link(one.code, one.secret, keep_alive_s=600) for one in self.identities]

        async def join(link: Link) -> None:
            async with room:
                await link.connect(self.broker, timeout_s=60)

        async with asyncio.timeout(timeout_s):
            await asyncio.gather(*(join(link) for link in self.links))
        self.connect_s = time.monotonic() - begun

    async def drive(self, pace: Pace, settle_s: float = 10) -> Measured:
        """Send at the pace, the connections taking turns, and wait for the acknowledgements."""
        total = int(pace.rate * pace.seconds)
        sent, acked = np.zeros(total), np.full(total, np.nan)
        begun = time.time() + 0.1
        due = begun + np.arange(total) / pace.rate
        topics = [topic(one.home, one.code, pace.stream) for one in self.identities]
        cpu = time.process_time()
        number = 0
        while number < total:
            now = time.time()
            ready = min(total, int((now - begun) * pace.rate) + 1) if now >= begun else 0
            # Not more than a few ticks' worth in one go: acknowledgements must be read in between.
            last = max(number, min(ready, number + round(pace.rate * TICK_S * 4) + 1))
            for n in range(number, last):
                self._send(n, pace.size, topics, due[n], acked)
            sent[number:last] = now
            number = last
            if number < total:
                pause = TICK_S if pace.rate >= _MANY else max(0.0, due[number] - time.time())
                await asyncio.sleep(0 if ready > number else pause)
        deadline = time.time() + settle_s
        while time.time() < deadline and np.isnan(acked).any():
            await asyncio.sleep(TICK_S)
        spent = time.process_time() - cpu
        return Measured(sum(link.open for link in self.links), self.connect_s, due, sent, acked, spent)

    def _send(self, n: int, size: int, topics: list[str], due: float, acked: NDArray[np.float64]) -> None:
        which = n % len(self.links)
        payload = _one(due, n) if size == 1 else _several(due, n, size)

        def acknowledged() -> None:
            acked[n] = time.time()

        self.links[which].send(topics[which], payload, done=acknowledged)

    async def leave(self) -> None:
        """Everybody goes politely."""
        await asyncio.gather(*(link.leave() for link in self.links))


def _one(due: float, n: int) -> bytes:
    return b'{"t":%d,"seq":%d,"heart_rate":%d}' % (due * 1000, n, 60 + n % 30)


def _several(due: float, n: int, size: int) -> bytes:
    """What a device measured every millisecond before `due`, so that all are rows of their own."""
    return b"[%b]" % b",".join(_one(due - (size - k) / 1000, n * size + k) for k in range(size))


def run(identities: Sequence[Identity], broker: Broker, pace: Pace) -> Measured:
    """Connect, drive, leave, on a loop of its own."""

    async def all_of_it() -> Measured:
        swarm = Swarm(identities, broker)
        await swarm.connect()
        try:
            return await swarm.drive(pace)
        finally:
            await swarm.leave()

    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return asyncio.run(all_of_it())
    return uvloop.run(all_of_it())
