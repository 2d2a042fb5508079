"""Thousands of devices in one process: each with its own connection, credentials and last will.

A link speaks MQTT 3.1.1 at QoS 1 straight on an asyncio transport; nothing is counted as sent before the
broker acknowledged it, and what was not acknowledged is sent again after a reconnect.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from simulators.packets import (
    DISCONNECT,
    PINGREQ,
    Malformed,
    Packet,
    Will,
    connect,
    puback,
    publish,
    received,
    split,
    subscribe,
)

log = logging.getLogger(__name__)

Acknowledged = Callable[[], None]
Message = Callable[[str, bytes], None]


class Refused(ConnectionError):
    """The broker does not let this device in."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker listens; `tls` None is plain text, for loopback only."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class _Sent:
    topic: str
    payload: bytes
    retain: bool
    done: Acknowledged | None


@dataclass(eq=False)
class Link(asyncio.Protocol):
    """One device's connection.

    Attributes:
        code: MQTT user name and client id.
        secret: its password.
        will: said by the broker when this device vanishes.
        limit: messages in flight before `publish` waits.
        on_message: called with topic and payload of what the platform sends.
    """

    code: str
    secret: str
    will: Will | None = None
    keep_alive_s: int = 60
    limit: int = 32
    on_message: Message | None = None
    _transport: asyncio.Transport | None = None
    _buffer: bytearray = field(default_factory=bytearray)
    _waiting: dict[int, _Sent] = field(default_factory=dict)
    _packet: int = 0
    _ready: asyncio.Future[None] | None = None
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _pinger: asyncio.TimerHandle | None = None
    _topics: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Connected and let in."""
        return self._ready is not None and self._ready.done() and not self._gone.is_set()

    @property
    def unacknowledged(self) -> int:
        """How many messages the broker has not confirmed."""
        return len(self._waiting)

    async def connect(self, broker: Broker, timeout_s: float = 10) -> None:
        """Log in; raises Refused, or another ConnectionError, OSError or TimeoutError."""
        loop = asyncio.get_running_loop()
        self._ready = loop.create_future()
        self._gone = asyncio.Event()
        self._buffer.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await loop.create_connection(lambda: self, broker.host, broker.port, ssl=broker.tls)
                await self._ready
        except BaseException:
            self.cut()
            raise
        self._ping_later()
        for topic in self._topics:
            self._write(subscribe(topic, self._next_packet()))
        for packet, sent in self._waiting.items():
            self._write(publish(sent.topic, sent.payload, packet, sent.retain, again=True))

    async def keep(self, broker: Broker, patience_s: float = 30) -> None:
        """Stay connected for ever: on loss, or before the device is known, try again with growing pauses."""
        pause = 0.5
        while True:
            try:
                await self.connect(broker)
                pause = 0.5
                await self._gone.wait()
            except (OSError, TimeoutError) as error:
                log.debug("device could not connect", extra={"device": self.code, "error": repr(error)})
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))
            pause = min(pause * 1.7, patience_s)

    def send(
        self, topic: str, payload: bytes, retain: bool = False, done: Acknowledged | None = None
    ) -> None:
        """Queue a message; `done` is called when the broker has acknowledged it."""
        packet = self._next_packet()
        self._waiting[packet] = _Sent(topic, payload, retain, done)
        if self.open:
            self._write(publish(topic, payload, packet, retain))

    async def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Send and wait for the acknowledgement; waits first while `limit` messages are in flight."""
        while len(self._waiting) >= self.limit:
            self._room.clear()
            await self._room.wait()
        acknowledged = asyncio.Event()
        self.send(topic, payload, retain, acknowledged.set)
        await acknowledged.wait()

    def subscribe(self, topic: str) -> None:
        """Hear `topic`, now and after every reconnect."""
        self._topics.append(topic)
        if self.open:
            self._write(subscribe(topic, self._next_packet()))

    def close(self) -> None:
        """Leave politely: no last will."""
        if self._transport is not None:
            self._write(DISCONNECT)
            self._transport.close()

    async def leave(self) -> None:
        """As `close`, and wait until the connection is gone; a broker that does not read is left standing."""
        if self._transport is None:
            return
        self.close()
        try:
            async with asyncio.timeout(5):
                await self._gone.wait()
        except TimeoutError:
            self.cut()

    def cut(self) -> None:
        """Vanish, as in a power cut: the broker will say the last will."""
        if self._transport is not None:
            self._transport.abort()

    def forget(self) -> None:
        """Lose what the broker has not confirmed."""
        self._waiting.clear()
        self._room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio: introduce the device."""
        # uvloop's transports are none by inheritance.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(connect(self.code, self.code, self.secret, self.keep_alive_s, self.will))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio: the link is gone, whoever ended it."""
        if self._pinger is not None:
            self._pinger.cancel()
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(exc or Refused(f"the broker hung up on {self.code}"))
        self._transport = None
        self._gone.set()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio with the next bytes from the broker."""
        self._buffer += data
        try:
            for first, body in split(self._buffer):
                self._take(first, body)
        except Malformed as error:
            log.warning("broker speaks no MQTT", extra={"device": self.code, "error": str(error)})
            self.cut()

    def _take(self, first: int, body: bytes) -> None:
        kind = first >> 4
        if kind == Packet.PUBACK:
            sent = self._waiting.pop(int.from_bytes(body[:2], "big"), None)
            if len(self._waiting) < self.limit:
                self._room.set()
            if sent is not None and sent.done is not None:
                sent.done()
        elif kind == Packet.CONNACK and self._ready is not None and not self._ready.done():
            if body[1]:
                self._ready.set_exception(Refused(f"{self.code} was refused with return code {body[1]}"))
            else:
                self._ready.set_result(None)
        elif kind == Packet.PUBLISH:
            topic, payload, packet = received(first, body)
            if packet:
                self._write(puback(packet))
            if self.on_message is not None:
                self.on_message(topic, payload)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _ping_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._pinger = loop.call_later(self.keep_alive_s * random.uniform(0.4, 0.6), self._ping)

    def _ping(self) -> None:
        self._write(PINGREQ)
        self._ping_later()

    def _next_packet(self) -> int:
        while True:
            self._packet = self._packet % 65535 + 1
            if self._packet not in self._waiting:
                return self._packet
