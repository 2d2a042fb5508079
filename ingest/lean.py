"""A lean MQTT source: no thread and no callbacks, many packets a read, many acknowledgements a write.

It reads when the worker asks and in the worker's own thread, so nothing waits for the interpreter's lock, and
costs a fifth of paho's time (docs/benchmarks.md). What it does not do: MQTT 5, QoS 2, reading while the
worker waits for a database that is away; the broker may then end the connection, and sends again.
"""

import logging
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from core import tls
from core.clock import Clock
from core.settings import load
from ingest import packets
from ingest.message import Message
from ingest.topic import EVERY_STREAM

log = logging.getLogger(__name__)

_KEEPALIVE_S = 60
_PORTS = {"mqtt": 1883, "mqtts": 8883, "": 1883}
_PATIENCE_S = 5.0  # for a connection to stand
_AGAIN_S = 1.0
_CHUNK = 262_144
_MESSAGE_IDS = 65_535


class LeanSource:
    """Messages of all devices, in order of arrival (see ingest.source); everything in the caller's thread."""

    def __init__(
        self, url: str, client_id: str, clock: Clock, topics: Sequence[str] = (EVERY_STREAM,)
    ) -> None:
        """Nothing is connected yet."""
        self._url, self._client_id, self._clock, self._topics = urlsplit(url), client_id, clock, topics
        self._socket: socket.socket | None = None
        self._rest = b""  # the beginning of a packet
        self._waiting: deque[Message] = deque()
        self._held: set[int] = set()  # message ids given to us and not acknowledged
        self._connection = 0  # message ids begin anew with every connection
        self._heard = self._spoke = self._asked = 0.0  # monotonic
        self._again_at = 0.0
        self._said = 0
        self.connected = False
        self.resumed = False  # whether the broker had kept a session for us

    def start(self) -> None:
        """Connect; a broker that is away is tried again whenever somebody asks for messages."""
        self._serve(0.0)

    def wait_until_connected(self, wait_s: float) -> bool:
        """Whether the subscription stands within `wait_s` seconds."""
        end = time.monotonic() + wait_s
        while not self.connected and (left := end - time.monotonic()) > 0:
            self._serve(left)
        return self.connected

    def stop(self) -> None:
        """Disconnect; what was not acknowledged comes again."""
        if self._socket is not None:
            self._send(packets.DISCONNECT)
        self._close()

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """Up to `limit` messages, waiting up to `wait_s` seconds for the first."""
        waiting, end = self._waiting, time.monotonic() + wait_s
        while not waiting and (left := end - time.monotonic()) > 0:
            self._serve(left)
        while len(waiting) < limit and self._serve(0.0):
            continue
        return [waiting.popleft() for _ in range(min(limit, len(waiting)))]

    def waiting(self) -> int:
        """How many messages have arrived and are not taken."""
        return len(self._waiting)

    def oldest(self) -> int | None:
        """Instant of arrival of the first message not taken yet."""
        return self._waiting[0].received if self._waiting else None

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are safe; silent about those of an earlier connection."""
        ours = self._connection
        mids = [m.token & 0xFFFF for m in messages if m.token & 0xFFFF and m.token >> 16 == ours]
        if mids:
            self._held.difference_update(mids)
            self._send(packets.acknowledgements(mids))

    def publish(self, topic: str, payload: bytes) -> None:
        """Say something on a topic of the platform's own, if there is a connection."""
        self._said = self._said % _MESSAGE_IDS + 1
        self._send(packets.publish(self._said, topic, payload))

    def _serve(self, wait_s: float) -> bool:
        """Read what there is, waiting up to `wait_s` seconds for it; whether something was read."""
        now = time.monotonic()
        if self._socket is None:
            if now < self._again_at:
                time.sleep(min(wait_s, self._again_at - now))
                return False
            if not self._open():
                return False
        self._keep_alive(now)
        connection = self._socket
        if connection is None:
            return False
        try:
            held = isinstance(connection, ssl.SSLSocket) and connection.pending() > 0
            if not held and not select.select([connection], [], [], min(wait_s, _AGAIN_S))[0]:
                self._miss(time.monotonic())
                return False
            data = connection.recv(_CHUNK)
            if not data:
                raise ConnectionError("the broker closed the connection")
            self._heard = time.monotonic()
            self._read(self._rest + data)
        except ssl.SSLWantReadError:
            return False
        except (OSError, packets.NotMqtt) as error:
            self._lost(error)
            return False
        return True

    def _open(self) -> bool:
        host, port = self._url.hostname or "127.0.0.1", self._url.port or _PORTS[self._url.scheme]
        try:
            plain = socket.create_connection((host, port), _PATIENCE_S)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = plain
            if self._url.scheme == "mqtts":
                settings = load()
                context = tls.client_context(settings.tls_ca, settings.tls_cert)
                self._socket = context.wrap_socket(plain, server_hostname=host)
        except (OSError, tls.TlsError) as error:
            self._lost(error)
            return False
        user, password = unquote(self._url.username or ""), unquote(self._url.password or "")
        self._heard = time.monotonic()
        self._send(packets.connect(self._client_id, user, password, _KEEPALIVE_S))
        return self._socket is not None

    def _read(self, data: bytes) -> None:
        received, end, connection = self._clock.now(), 0, self._connection
        for packet in packets.packets(data):
            kind, end = packet.first & 0xF0, packet.end
            if kind == packets.PUBLISH:
                self._arrived(packets.publish_of(data, packet), received)
            elif kind == packets.CONNACK:
                self._greeted(data[packet.begin : packet.end])
                if self._connection != connection:
                    return  # it broke as we answered: the rest comes again, under other numbers
            elif kind == packets.SUBACK:
                self._subscribed(data[packet.begin + 2 : packet.end])
        self._rest = data[end:]

    def _arrived(self, said: packets.Publish, received: int) -> None:
        if said.qos:
            if said.dup and said.mid in self._held:
                return  # repeated because we are slow; it is in our hands
            self._held.add(said.mid)
        token = self._connection << 16 | said.mid
        self._waiting.append(Message(said.topic, said.payload, received, said.retained, token=token))

    def _greeted(self, body: bytes) -> None:
        if len(body) != 2 or body[1]:
            raise packets.NotMqtt(f"the broker refused the connection, reason {body[-1:].hex()}")
        self.resumed = bool(body[0] & 1)
        log.info("broker connected", extra={"session_present": self.resumed})
        self._send(packets.subscribe(1, self._topics))

    def _subscribed(self, codes: bytes) -> None:
        if any(code >= packets.REFUSED for code in codes):
            # Connected and deaf would look like a town in which everybody is silent.
            log.error("broker refused the subscription")
            return
        self.connected = True

    def _keep_alive(self, now: float) -> None:
        if not self.connected and now - self._heard > _PATIENCE_S:
            self._lost(TimeoutError("no answer"))
        elif now - self._heard > 1.5 * _KEEPALIVE_S:
            self._lost(TimeoutError("no sign of life"))
        elif now - min(self._spoke, self._heard) > _KEEPALIVE_S / 3 and self._asked <= self._heard:
            self._asked = now
            self._send(packets.PING)

    def _miss(self, now: float) -> None:
        """Nothing lies there to be read: whoever does not answer does not hear the devices for us either."""
        if self._asked > self._heard and now - self._asked > 2 * _PATIENCE_S:
            self._lost(TimeoutError("a ping was not answered"))

    def _send(self, data: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendall(data)
            self._spoke = time.monotonic()
        except OSError as error:
            self._lost(error)

    def _lost(self, error: Exception) -> None:
        log.warning("broker disconnected", extra={"reason": f"{type(error).__name__}: {error}"})
        self._close()
        self._again_at = time.monotonic() + _AGAIN_S

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest, self.connected = None, b"", False
        self._connection += 1
        # The broker sends all of these again, and only then can they be acknowledged.
        self._waiting.clear()
        self._held.clear()
