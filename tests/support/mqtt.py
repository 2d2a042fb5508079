"""A plain MQTT client for tests: everything it heard, and waiting for what should come."""

import ssl
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE_S = 120.0


class Heard(NamedTuple):
    topic: str
    payload: bytes
    retain: bool


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait until `condition` holds; fails the test, naming `what`, when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {timeout_s:g} s"
        time.sleep(0.01)


class Client:
    """Connects on entering, says goodbye on leaving."""

    def __init__(
        self,
        url: str,
        user: str = "",
        password: str = "",
        *,
        client_id: str = "",
        clean: bool = True,
        will: tuple[str, bytes] | None = None,
        manual_ack: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 1883
        user, password = user or unquote(address.username or ""), password or unquote(address.password or "")
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or user,
            clean_session=clean,
            manual_ack=manual_ack,
        )
        self._client.username_pw_set(user, password)
        if context:
            self._client.tls_set_context(context)
        if will:
            self._client.will_set(*will, qos=1, retain=True)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self.heard: list[Heard] = []
        self.connections: list[bool] = []  # True: let in, False: refused
        self.losses = 0
        self._granted: dict[int | None, bool] = {}

    def __enter__(self) -> "Client":
        self.open()
        wait_for(lambda: bool(self.connections), "an answer to the log-in")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        self._client.connect_async(self._host, self._port, keepalive=20)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def vanish(self) -> None:
        """End without a goodbye, as in a power cut."""
        self._client.loop_stop()
        sock = self._client.socket()
        assert sock is not None
        sock.close()

    @property
    def let_in(self) -> bool:
        return self.connections[-1]

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def subscribe(self, topic: str) -> bool:
        """Whether the broker granted it."""
        _, mid = self._client.subscribe(topic, qos=1)
        wait_for(lambda: mid in self._granted, f"an answer to the subscription of {topic}")
        return self._granted[mid]

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the acknowledgement."""
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        wait_for(sent.is_published, f"an acknowledgement on {topic}")

    def offer(self, topic: str, payload: bytes) -> Callable[[], bool]:
        """Publish at QoS 1; the answer says whether it has been acknowledged by then."""
        return self._client.publish(topic, payload, qos=1).is_published

    def payloads(self, topic: str) -> list[bytes]:
        return [heard.payload for heard in self.heard if heard.topic == topic]

    def _on_connect(self, _c: Any, _u: Any, _flags: Any, reason: Any, _p: Any) -> None:
        self.connections.append(not reason.is_failure)

    def _on_disconnect(self, _c: Any, _u: Any, _flags: Any, _reason: Any, _p: Any) -> None:
        self.losses += 1

    def _on_subscribe(self, _c: Any, _u: Any, mid: int, reasons: list[Any], _p: Any) -> None:
        self._granted[mid] = not any(reason.is_failure for reason in reasons)

    def _on_message(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        self.heard.append(Heard(message.topic, bytes(message.payload), bool(message.retain)))


def lets_in(url: str, user: str, secret: str) -> bool:
    """Whether the broker at `url` knows this device by now, and lets it in."""
    with Client(url, user, secret, client_id=f"probe-{uuid4()}") as probe:
        return probe.let_in
