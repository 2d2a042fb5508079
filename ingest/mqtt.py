"""The MQTT source: QoS 1, a persistent session, and nothing acknowledged before it is stored."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from core import tls
from core.clock import Clock
from core.settings import load
from ingest import packets
from ingest.message import Message
from ingest.topic import EVERY_STREAM

log = logging.getLogger(__name__)

_KEEPALIVE_S = 15
_PORTS = {"mqtt": 1883, "mqtts": 8883, "": 1883}


class MqttSource:
    """Messages of all devices, in order of arrival, from any broker that speaks MQTT 3.1.1.

    The network runs in paho's thread; `take` and `acknowledge` belong to the worker's thread. What is
    waiting here is bounded by the broker's own in-flight limit: nothing is acknowledged early, and what the
    broker repeats because we are slow (NATS does, on the same connection) is already in our hands.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        clock: Clock,
        topics: Sequence[str] = (EVERY_STREAM,),
        first_connection: int = 0,
        certificate: Path | None = None,
    ) -> None:
        """Nothing is connected yet. Connections count from `first_connection`: of two sources each knows its
        own messages by it. `certificate` is shown instead of the platform's."""
        self._clock = clock
        self._topics = [(topic, 1) for topic in topics]
        self._waiting: deque[Message] = deque()
        self._arrived = threading.Condition()
        # Message ids begin anew with every connection: an acknowledgement must not cross over.
        self._connection = first_connection
        self._held: set[int] = set()  # message ids given to us and not acknowledged
        self.connected = False
        self.resumed = False  # whether the broker had kept a session for us
        self._proven: set[int] = set()  # numbers of ours that the broker acknowledged
        self._client = _client(url, client_id, certificate=certificate)
        self._client.on_publish = self._on_publish
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        address = urlsplit(url)
        self._address = (address.hostname or "127.0.0.1", address.port or _PORTS[address.scheme])

    def start(self) -> None:
        """Connect in the background and stay connected; a broker that is away is tried again."""
        self._client.connect_async(*self._address, keepalive=_KEEPALIVE_S)
        self._client.loop_start()

    def wait_until_connected(self, wait_s: float) -> bool:
        """Whether the subscription stands within `wait_s` seconds."""
        with self._arrived:
            return self._arrived.wait_for(lambda: self.connected, wait_s)

    def stop(self) -> None:
        """Disconnect; what was not acknowledged comes again."""
        self._client.disconnect()
        self._client.loop_stop()

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """Up to `limit` messages, waiting up to `wait_s` seconds for the first."""
        with self._arrived:
            if not self._waiting:
                self._arrived.wait(wait_s)
            return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def waiting(self) -> int:
        """How many messages have arrived and are not taken."""
        return len(self._waiting)

    def oldest(self) -> int | None:
        """Instant of arrival of the first message not taken yet."""
        with self._arrived:
            return self._waiting[0].received if self._waiting else None

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are safe; silent about those of an earlier connection."""
        ours = self._connection
        mids = [m.token & 0xFFFF for m in messages if m.token >> 16 & 3 and m.token >> 18 == ours]
        if not mids:
            return
        self._held.difference_update(mids)
        # All of them at once: the library's own way wakes its thread and writes once for each of a thousand.
        self._client._packet_queue(packets.PUBACK, packets.acknowledgements(mids), 0, 1)

    def publish(self, topic: str, payload: bytes) -> None:
        """Say something on a topic of the platform's own; sent when there is a connection."""
        self._client.publish(topic, payload, qos=1)

    def deliver(self, messages: Sequence[tuple[str, bytes]], stopping: threading.Event) -> bool:
        """Publish (topic, payload) at QoS 1; True when the broker acknowledged all, False when we stop first.

        What is under way when the connection breaks goes out again with the next one.
        """
        # By number: what `publish` gives is no help for a message that was sent while there was no line.
        sent = {self._client.publish(topic, payload, qos=1).mid for topic, payload in messages}
        while not sent <= self._proven:
            if stopping.wait(0.002):
                return False
        self._proven -= sent
        return True

    def _on_connect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.error("broker refused the connection", extra={"reason": str(reason)})
            return
        self.resumed = bool(flags.session_present)
        client.subscribe(self._topics)
        log.info("broker connected", extra={"session_present": flags.session_present})

    def _on_subscribe(self, client: paho.Client, data: Any, mid: int, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            # Connected and deaf would look like a town in which everybody is silent.
            log.error("broker refused the subscription")
            return
        with self._arrived:
            self.connected = True
            self._arrived.notify_all()

    def _on_disconnect(
        self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any
    ) -> None:
        self.connected = False
        self._connection += 1
        with self._arrived:
            # The broker sends all of these again, and only then can they be acknowledged.
            self._waiting.clear()
            self._held.clear()
        log.warning("broker disconnected", extra={"reason": str(reason)})

    def _on_publish(self, client: paho.Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        self._proven.add(mid)

    def _on_message(self, client: paho.Client, data: Any, incoming: paho.MQTTMessage) -> None:
        if incoming.qos:
            if incoming.dup and incoming.mid in self._held:
                return
            self._held.add(incoming.mid)
        token = self._connection << 18 | incoming.qos << 16 | incoming.mid
        message = Message(
            topic=_topic(incoming),
            payload=bytes(incoming.payload),
            received=self._clock.now(),
            retained=incoming.retain,
            token=token,
        )
        with self._arrived:
            self._waiting.append(message)
            self._arrived.notify()


def _client(url: str, client_id: str, *, keep: bool = True, certificate: Path | None = None) -> paho.Client:
    client = paho.Client(
        CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=not keep, manual_ack=True
    )
    client.reconnect_delay_set(min_delay=1, max_delay=5)
    address = urlsplit(url)
    if address.username:
        client.username_pw_set(unquote(address.username), unquote(address.password or ""))
    if address.scheme == "mqtts":
        client.tls_set_context(tls.client_context(load().tls_ca, certificate or load().tls_cert))
    return client


def forget_session(url: str, client_id: str, wait_s: float = 5.0) -> bool:
    """Have the broker drop the session of `client_id` and what waits in it; whether it did in time."""
    done = threading.Event()
    client = _client(url, client_id, keep=False)
    client.on_connect = lambda *_: done.set()
    address = urlsplit(url)
    try:
        client.connect(address.hostname or "127.0.0.1", address.port or _PORTS[address.scheme])
    except OSError:
        return False
    client.loop_start()
    answered = done.wait(wait_s)
    client.disconnect()
    client.loop_stop()
    return answered


def _topic(incoming: paho.MQTTMessage) -> str:
    """The topic as text; bytes that are not UTF-8 are shown as such instead of stopping the stream."""
    try:
        return incoming.topic
    except UnicodeDecodeError:
        return bytes(incoming._topic).decode(errors="replace")
