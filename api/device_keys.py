"""Handing a device its key: the same answer over HTTP and over MQTT."""

import json
import logging
import secrets
import threading
from urllib.parse import urlsplit

import psycopg

from alerts.mqtt import Line
from api.models.device_keys import KeyOut
from api.parts import Parts
from api.turn import Turn
from care import claim as claims
from care.store import keys
from care.store.errors import CareError
from care.store.keys import Key
from core import logs, tls

log = logging.getLogger(__name__)

ASK = "nw/claim/+/ask"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_WAIT_S = 1.0


def described(parts: Parts, key: Key, reached_at: str = "") -> KeyOut:
    """A key as its device is told of it; `reached_at` is the host under which the device found us."""
    return KeyOut(
        user=key.user,
        secret=key.secret,
        client_id=f"{key.place.code}-{secrets.token_hex(6)}",
        home=key.place.home,
        device=key.place.code,
        topics=f"nw/v1/{key.place.home}/{key.place.code}/",
        broker=broker_address(parts, reached_at),
        ca=tls.authority(parts.settings.data_dir),
    )


def broker_address(parts: Parts, reached_at: str = "") -> str:
    """The broker's address without a login; who reached us by a name reaches a broker beside us by it too."""
    url = urlsplit(parts.settings.broker_url.get_secret_value())
    if not url.hostname:
        return ""
    host = reached_at if url.hostname in _LOOPBACK and reached_at else url.hostname
    named = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{named}:{url.port or (8883 if url.scheme == 'mqtts' else 1883)}"


class ClaimDesk:
    """A thread that answers devices who ask over MQTT: each has logged in with the code it asks for.

    Of several processes one does: a code is good once, and a broker knows one client by a name.
    """

    def __init__(self, parts: Parts, client_id: str) -> None:
        self._parts = parts
        self._turn = Turn(parts.settings.database_url.get_secret_value(), "claims")
        self._connected = False
        self._line = Line(parts.settings.broker_url.get_secret_value(), client_id, ASK)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="claims", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was not answered is asked again."""
        self._over.set()
        self._thread.join(5)
        self._connect(wanted=False)
        self._turn.give_up()

    def _connect(self, *, wanted: bool) -> None:
        if wanted and not self._connected:
            self._line.start()
        elif self._connected and not wanted:
            self._line.stop()
        self._connected = wanted

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                ours = self._turn.is_ours()
                self._connect(wanted=ours)
                if not ours:
                    self._over.wait(_WAIT_S)
                    continue
                for topic, payload in self._line.hear(_WAIT_S):
                    self._answer(topic, payload)
            except Exception as error:  # logged, and asked again: a device must not wait for the next start
                log.error("a claim was not answered", extra=logs.trace(error))
                self._over.wait(_WAIT_S)

    def _answer(self, topic: str, payload: bytes) -> None:
        own = topic.split("/")[2]
        told = json.dumps(self._exchanged(own, payload)).encode()
        self._line.publish(f"nw/claim/{own}/answer", told, retain=False)

    def _exchanged(self, own: str, payload: bytes) -> dict[str, object]:
        try:
            code = claims.parse(payload[:200].decode("ascii"))
        except ValueError:
            return {"error": "bad-claim"}
        if code.id != own:
            return {"error": "bad-claim"}
        try:
            with self._parts.acting.connection() as conn:
                key = keys.exchange(conn, code, self._parts.now)
        except CareError:
            return {"error": "not-installed"}
        except psycopg.Error as error:
            log.warning("the database is away", extra={"error": type(error).__name__})
            return {"error": "try-again"}
        return described(self._parts, key).model_dump() if key else {"error": "bad-claim"}
