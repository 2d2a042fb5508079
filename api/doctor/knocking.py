"""Knocking at the broker: whether it lets the platform in, and what a Mosquitto says of its own queues.

A few packets of MQTT 3.1.1 by hand: a client library would bring threads along and connect again by itself.
"""

import secrets
import socket
import time
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from core import tls
from core.embedded.mosquitto import DROPPED, STORED
from core.embedded.nats import connect_packet
from core.settings import Settings

_LET_IN, _PATIENCE_S = b"\x20\x02", 5.0
_COUNTS_S = 2.0  # they are retained, and come at once or not at all
_PUBLISH = 0x30


class Heard(NamedTuple):
    """What came of it.

    Attributes:
        refusal: "" when let in, else "none", "unreachable" or "refused".
        stored: messages that the broker keeps; None: it does not say.
        dropped: those it threw away since it was started; None: it does not say.
    """

    refusal: str
    stored: int | None = None
    dropped: int | None = None


def knock(settings: Settings, counts: bool = True) -> Heard:
    """Log in as the platform, and ask for the `counts`."""
    url = settings.broker_url.get_secret_value()
    if not url:
        return Heard("none")
    address = urlsplit(url)
    host, secure = address.hostname or "", address.scheme == "mqtts"
    login = unquote(address.username or ""), unquote(address.password or "")
    try:
        at = (host, address.port or (8883 if secure else 1883))
        with socket.create_connection(at, _PATIENCE_S) as plain:
            line = plain
            if secure:
                context = tls.client_context(settings.tls_ca, settings.tls_cert)
                line = context.wrap_socket(plain, server_hostname=host)
            # A name of its own: two who knock at once under one would put each other off the line.
            line.sendall(connect_packet(f"nowalls-doctor-{secrets.token_hex(4)}", *login))
            answer = line.recv(4)
            if not (answer.startswith(_LET_IN) and answer.endswith(b"\0")):
                return Heard("refused")
            said = _asked(line) if counts else {}
    except (OSError, tls.TlsError):
        return Heard("unreachable")
    return Heard("", said.get(STORED), said.get(DROPPED))


def _asked(line: socket.socket) -> dict[str, int]:
    """What the broker says of itself, by topic; nothing where it says nothing."""
    wanted = b"".join(len(topic).to_bytes(2, "big") + topic.encode() + b"\0" for topic in (STORED, DROPPED))
    until, found, heard = time.monotonic() + _COUNTS_S, dict[str, int](), b""
    try:
        line.sendall(bytes([0x82, 2 + len(wanted), 0, 1]) + wanted)
        while len(found) < 2 and (left := until - time.monotonic()) > 0:
            line.settimeout(left)
            some = line.recv(4096)
            if not some:
                break
            heard += some
            found = read(heard)
    except OSError:
        pass  # who let us in and then says nothing is no worse a broker
    return found


def read(heard: bytes) -> dict[str, int]:
    """The whole numbers published in the packets that begin `heard`, by topic. Packets are short here."""
    found = {}
    while len(heard) >= 2 and heard[1] < 0x80 and len(heard) >= 2 + heard[1]:
        kind, body, heard = heard[0] & 0xF0, heard[2 : 2 + heard[1]], heard[2 + heard[1] :]
        if kind == _PUBLISH and len(body) >= 2:
            size = int.from_bytes(body[:2], "big")
            topic, value = body[2 : 2 + size].decode(errors="replace"), body[2 + size :]
            if value.isdigit():
                found[topic] = int(value)
    return found
