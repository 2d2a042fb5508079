"""The gateway's two lines: devices of the home on one side, the platform on the other.

Not `ingest.mqtt`: this process holds no settings, no makers of certificates, and one home's messages.
"""

import logging
import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from ingest.message import Message

log = logging.getLogger(__name__)

_KEEPALIVE_S = 30
_PORTS = {"mqtt": 1883, "mqtts": 8883, "": 1883}


class Line:
    """A connection that is made again and again, with a session that the broker keeps."""

    def __init__(self, url: str, client_id: str, context: ssl.SSLContext | None = None) -> None:
        """`url` with user and password; nothing is connected yet."""
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True
        )
        self._client.reconnect_delay_set(min_delay=1, max_delay=30)
        address = urlsplit(url)
        self.user = unquote(address.username or "")
        if address.username:
            self._client.username_pw_set(self.user, unquote(address.password or ""))
        if address.scheme == "mqtts":
            self._client.tls_set_context(context or ssl.create_default_context())
        self._address = (address.hostname or "127.0.0.1", address.port or _PORTS[address.scheme])
        self._subscriptions: list[tuple[str, int]] = []
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self.connected = False
        self.connections = 0

    def start(self) -> None:
        """Connect in the background and stay connected."""
        self._client.connect_async(*self._address, keepalive=_KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye; what was not acknowledged comes again."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> int:
        """Say it; the number by which its acknowledgement is known."""
        return self._client.publish(topic, payload, qos=qos, retain=retain).mid

    def _on_connect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.error("broker refused the connection", extra={"user": self.user, "reason": str(reason)})
            return
        if self._subscriptions:
            client.subscribe(self._subscriptions)
        self.connections += 1
        self.connected = True
        log.info("broker connected", extra={"user": self.user})

    def _on_disconnect(
        self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any
    ) -> None:
        self.connected = False
        log.warning("broker disconnected", extra={"user": self.user, "reason": str(reason)})


class Local(Line):
    """Messages of the home's devices; acknowledged when they are stored."""

    def __init__(
        self,
        url: str,
        client_id: str,
        now: Callable[[], int],
        topics: Sequence[str],
        context: ssl.SSLContext | None,
    ) -> None:
        """`now`: the clock by which messages arrive."""
        super().__init__(url, client_id, context)
        self._now = now
        self._subscriptions = [(topic, 1) for topic in topics]
        self._waiting: deque[Message] = deque()
        self._arrived = threading.Condition()
        self._client.on_message = self._on_message

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """Up to `limit` messages, waiting up to `wait_s` seconds for the first."""
        with self._arrived:
            if not self._waiting:
                self._arrived.wait(wait_s)
            return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """These are safe; silent about those of an earlier connection."""
        for message in messages:
            mid, qos, connection = message.token & 0xFFFF, (message.token >> 16) & 3, message.token >> 18
            if qos and connection == self.connections:
                self._client.ack(mid, qos)

    def _on_disconnect(
        self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any
    ) -> None:
        super()._on_disconnect(client, data, flags, reason, properties)
        with self._arrived:
            self._waiting.clear()  # the broker sends all of these again

    def _on_message(self, client: paho.Client, data: Any, incoming: paho.MQTTMessage) -> None:
        token = self.connections << 18 | incoming.qos << 16 | incoming.mid
        topic = bytes(incoming._topic).decode(errors="replace")
        message = Message(topic, bytes(incoming.payload), self._now(), incoming.retain, token=token)
        with self._arrived:
            self._waiting.append(message)
            self._arrived.notify()


class Uplink(Line):
    """The line to the platform. Its last will says that the gateway is gone."""

    def __init__(
        self, url: str, client_id: str, status: str, commands: str, context: ssl.SSLContext | None
    ) -> None:
        """`status`: the topic of the last will; `commands`: what the platform says to the home's devices."""
        super().__init__(url, client_id, context)
        self._client.will_set(status, b'{"online":false}', qos=1, retain=True)
        self._client.max_inflight_messages_set(20)
        self._subscriptions = [(commands, 0)]
        self._confirmed: deque[int] = deque()
        self._commands: deque[tuple[str, bytes]] = deque(maxlen=1000)
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    def confirmed(self) -> list[int]:
        """Numbers of what the platform's broker has taken since the last call."""
        return [self._confirmed.popleft() for _ in range(len(self._confirmed))]

    def commands(self) -> list[tuple[str, bytes]]:
        """(topic, payload) of what the platform said to devices since the last call."""
        return [self._commands.popleft() for _ in range(len(self._commands))]

    def _on_publish(self, client: paho.Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        self._confirmed.append(mid)

    def _on_message(self, client: paho.Client, data: Any, incoming: paho.MQTTMessage) -> None:
        self._commands.append((incoming.topic, bytes(incoming.payload)))
        if incoming.qos:
            client.ack(incoming.mid, incoming.qos)
