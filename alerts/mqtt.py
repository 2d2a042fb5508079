"""The alert engine's line to the broker: publish with proof, and hear what consoles answer."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from core import tls
from core.settings import load

log = logging.getLogger(__name__)

_KEEPALIVE_S = 15
_PORTS = {"mqtt": 1883, "mqtts": 8883, "": 1883}
_PROOF_S = 5.0


class Line:
    """A connection that stays up; `publish` returns only when the broker has the message."""

    def __init__(self, url: str, client_id: str, topic: str, *, certificate: Path | None = None) -> None:
        """Without a `topic` nothing is heard, and the broker keeps nothing for us.

        `certificate` is shown instead of the platform's.
        """
        self._heard: deque[paho.MQTTMessage] = deque()
        self._arrived = threading.Event()
        self._topic = topic
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=not topic, manual_ack=True
        )
        self._client.reconnect_delay_set(min_delay=1, max_delay=5)
        address = urlsplit(url)
        if address.username:
            self._client.username_pw_set(unquote(address.username), unquote(address.password or ""))
        if address.scheme == "mqtts":
            self._client.tls_set_context(tls.client_context(load().tls_ca, certificate or load().tls_cert))
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._address = (address.hostname or "127.0.0.1", address.port or _PORTS[address.scheme])

    def start(self) -> None:
        """Connect in the background and stay connected."""
        self._client.connect_async(*self._address, keepalive=_KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def up(self) -> bool:
        """Whether the broker is there."""
        return self._client.is_connected()

    def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
        """True once the broker has acknowledged it (with `qos` 0: once it is on its way); False when it did
        not in time."""
        if not self._client.is_connected():
            return False
        sent = self._client.publish(topic, payload, qos=qos, retain=retain)
        try:
            sent.wait_for_publish(_PROOF_S)
        except (RuntimeError, ValueError):
            return False
        return sent.is_published()

    def hear(self, wait_s: float) -> Iterator[tuple[str, bytes]]:
        """What was said to us, waiting for the first. Each is acknowledged when the next is asked for; one
        whose handling failed is given again."""
        self._arrived.wait(wait_s)
        self._arrived.clear()
        while self._heard:
            message = self._heard[0]
            if not message.retain:
                yield message.topic, bytes(message.payload)
            if self._heard and self._heard[0] is message:
                self._heard.popleft()
                self._client.ack(message.mid, message.qos)

    def _on_disconnect(
        self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any
    ) -> None:
        # The broker gives these again, under other numbers.
        self._heard.clear()

    def _on_connect(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.error("broker refused the connection", extra={"reason": str(reason)})
            return
        if self._topic:
            client.subscribe(self._topic, qos=1)
        log.info("broker connected")

    def _on_message(self, client: paho.Client, data: Any, incoming: paho.MQTTMessage) -> None:
        self._heard.append(incoming)
        self._arrived.set()
