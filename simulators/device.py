"""A simulated device: one MQTT connection of its own, and sequence numbers that rise in every stream."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.instant import SECOND
from core.settings import Settings, load
from core.tls import client_context
from simulators import wire
from simulators.fleet import Broker, Link
from simulators.packets import Will
from simulators.wire import Payload


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a device is: its code (also its MQTT user name), the code of its home, and its secret."""

    code: str
    home: str
    secret: str


def broker_of(settings: Settings) -> Broker:
    """Where the broker of the system that `settings` point to listens, and whom to trust there."""
    return broker(settings.broker_url.get_secret_value(), settings.tls_ca, settings.tls_cert)


def broker(url: str, ca: Path | None = None, cert: Path | None = None) -> Broker:
    """Host and port of an mqtt:// or mqtts:// URL; the credentials in it are not ours to use.

    `ca`: the authority that is trusted, `cert`: what is shown; those of this process's settings without.
    """
    address = urlsplit(url)
    tls = None
    if address.scheme == "mqtts":
        tls = client_context(ca or load().tls_ca, cert or load().tls_cert)
    return Broker(address.hostname or "127.0.0.1", address.port or (8883 if tls else 1883), tls)


@dataclass(eq=False)
class Device:
    """A connected device.

    Sequence numbers begin at the second of the day the device was switched on, so that they go on rising
    when the simulation is started again.
    """

    identity: Identity
    switched_on: int
    powered: bool = True
    link: Link = field(init=False)
    _next: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        will = Will(self.topic("status"), wire.LAST_WILL)
        self.link = Link(self.identity.code, self.identity.secret, will)
        first = self.switched_on // SECOND
        self._next = defaultdict(lambda: first)

    def topic(self, stream: str) -> str:
        """Where this device writes `stream`."""
        return wire.topic(self.identity.home, self.identity.code, stream)

    def sequence(self, stream: str) -> int:
        """The next sequence number of `stream`."""
        self._next[stream] += 1
        return self._next[stream]

    def say(self, stream: str, payload: Payload | Sequence[Payload], retain: bool = False) -> None:
        """Send without waiting; the link keeps it until the broker has it. Without power nothing is said."""
        if self.powered:
            self.link.send(self.topic(stream), wire.encode(payload), retain)

    def lose_power(self) -> None:
        """Go out: what was not sent is lost with the memory, and nothing is said until `powered` again."""
        self.powered = False
        self.link.forget()
        self.link.cut()

    async def deliver(self, stream: str, payload: Payload | Sequence[Payload]) -> None:
        """Send and wait until the broker has it."""
        await self.link.publish(self.topic(stream), wire.encode(payload))


@asynccontextmanager
async def joined(devices: list[Device], where: Broker) -> AsyncIterator[list[Device]]:
    """All devices on line and staying there; they leave politely afterwards."""
    links = [asyncio.create_task(device.link.keep(where, patience_s=2)) for device in devices]
    try:
        while not all(device.link.open for device in devices):
            await asyncio.sleep(0.05)
        yield devices
    finally:
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)
        await asyncio.gather(*(device.link.leave() for device in devices))
