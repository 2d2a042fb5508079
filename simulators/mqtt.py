"""One steady publisher on paho: a gateway or the platform user, for whoever is not an asyncio program."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from simulators.packets import Will


class PublishFailed(ConnectionError):
    """The broker refused the client or did not acknowledge in time."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who publishes where; `client` is the MQTT client id, `user` by default; `tls` None is plain text."""

    host: str
    port: int
    user: str
    password: str
    client: str = ""
    tls: ssl.SSLContext | None = None


class Publisher:
    """MQTT 3.1.1 at QoS 1 with a bounded number of messages in flight.

    `publish` blocks while `limit` messages are unacknowledged, so a slow broker slows the caller down
    instead of filling the memory. Use as a context manager: leaving waits for every acknowledgement.
    """

    def __init__(self, login: Login, will: Will | None = None, limit: int = 200) -> None:
        self._login = login
        self._room = threading.BoundedSemaphore(limit)
        self._limit = limit
        self._connected = threading.Event()
        self._refusal: str | None = None
        self._done: dict[int, Callable[[], None] | None] = {}
        self._early: set[int] = set()
        self._lock = threading.Lock()
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=login.client or login.user, protocol=paho.MQTTv311
        )
        client.username_pw_set(login.user, login.password)
        client.max_inflight_messages_set(limit)
        if login.tls:
            client.tls_set_context(login.tls)
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        self._client = client

    def connect(self, timeout_s: float = 10) -> None:
        """Log in and keep connected; raises PublishFailed when refused or too slow."""
        self._client.connect(self._login.host, self._login.port, keepalive=60)
        self._client.loop_start()
        if not self._connected.wait(timeout_s) or self._refusal:
            self._client.loop_stop()
            raise PublishFailed(self._refusal or "the broker did not answer")

    def publish(
        self, topic: str, payload: bytes, retain: bool = False, done: Callable[[], None] | None = None
    ) -> None:
        """Send at QoS 1; `done` is called on paho's thread when the broker has acknowledged."""
        self._room.acquire()
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN):
            self._room.release()
            raise PublishFailed(paho.error_string(info.rc))
        with self._lock:
            # The acknowledgement may be in before publish() has told us the number of the message.
            early = info.mid in self._early
            self._early.discard(info.mid)
            if not early:
                self._done[info.mid] = done
        if early and done is not None:
            done()

    def drain(self, timeout_s: float = 60) -> None:
        """Wait until every message is acknowledged; raises PublishFailed after `timeout_s`."""
        taken = 0
        try:
            for _ in range(self._limit):
                if not self._room.acquire(timeout=timeout_s):
                    raise PublishFailed("messages were not acknowledged in time")
                taken += 1
        finally:
            for _ in range(taken):
                self._room.release()

    def close(self) -> None:
        """Leave politely."""
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.drain()
        finally:
            self.close()

    def _on_connect(
        self, client: paho.Client, data: object, flags: object, reason: ReasonCode, properties: object
    ) -> None:
        self._refusal = f"the broker refused: {reason}" if reason.is_failure else None
        self._connected.set()

    def _on_disconnect(
        self, client: paho.Client, data: object, flags: object, reason: ReasonCode, properties: object
    ) -> None:
        self._connected.clear()

    def _on_publish(
        self, client: paho.Client, data: object, mid: int, reason: ReasonCode, properties: object
    ) -> None:
        with self._lock:
            if mid not in self._done:
                self._early.add(mid)
            done = self._done.pop(mid, None)
        self._room.release()
        if done is not None:
            done()


class Message(NamedTuple):
    """A message as the broker hands it over."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


class Subscriber:
    """Hears what is published, on paho's thread. Use as a context manager."""

    def __init__(self, login: Login, on_message: Callable[[Message], None]) -> None:
        self._login = login
        self._granted = threading.Event()
        self._connected = threading.Event()
        self._refusal: str | None = None
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=login.client, protocol=paho.MQTTv311)
        client.username_pw_set(login.user, login.password)
        if login.tls:
            client.tls_set_context(login.tls)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = lambda client, data, message: on_message(
            Message(message.topic, bytes(message.payload), message.qos, bool(message.retain))
        )
        self._client = client

    def subscribe(self, topic: str, timeout_s: float = 10) -> None:
        """Hear `topic`, a filter, and again what is kept of it; raises PublishFailed when that is refused."""
        self._granted.clear()
        self._client.subscribe(topic, qos=1)
        if not self._granted.wait(timeout_s) or self._refusal:
            raise PublishFailed(self._refusal or "the broker did not answer the subscription")

    def say(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 0, as the platform does its commands."""
        self._client.publish(topic, payload, qos=0)

    def __enter__(self) -> Self:
        self._client.connect(self._login.host, self._login.port, keepalive=30)
        self._client.loop_start()
        if not self._connected.wait(10) or self._refusal:
            self._client.loop_stop()
            raise PublishFailed(self._refusal or "the broker did not answer")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, client: paho.Client, data: object, flags: object, reason: ReasonCode, properties: object
    ) -> None:
        self._refusal = f"the broker refused: {reason}" if reason.is_failure else None
        self._connected.set()

    def _on_subscribe(
        self, client: paho.Client, data: object, mid: int, reasons: list[ReasonCode], properties: object
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._refusal = "the broker refused the subscription"
        self._granted.set()
