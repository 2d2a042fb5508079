"""MQTT 3.1.1 packets as bytes: what a light client must write and read (OASIS standard, 2014)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Packet(IntEnum):
    """Control packet types, the upper half of the first byte."""

    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBACK = 9
    PINGRESP = 13


PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"


class Malformed(ValueError):
    """The other side does not speak MQTT 3.1.1."""


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for a client that vanished."""

    topic: str
    payload: bytes
    retain: bool = True


def _text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return len(raw).to_bytes(2, "big") + raw


def _length(n: int) -> bytes:
    out = bytearray()
    while True:
        n, low = divmod(n, 128)
        out.append(low | (0x80 if n else 0))
        if not n:
            return bytes(out)


def connect(
    client: str, user: str, password: str, keep_alive_s: int, will: Will | None, clean: bool = True
) -> bytes:
    """CONNECT with credentials; the will is sent at QoS 1."""
    flags = 0xC0 | (0x02 if clean else 0)
    body = _text(client)
    if will is not None:
        flags |= 0x04 | 0x08 | (0x20 if will.retain else 0)
        body += _text(will.topic) + _text(will.payload)
    body += _text(user) + _text(password)
    head = _text("MQTT") + bytes((4, flags)) + keep_alive_s.to_bytes(2, "big")
    return b"\x10" + _length(len(head) + len(body)) + head + body


def publish(topic: str, payload: bytes, packet: int, retain: bool = False, again: bool = False) -> bytes:
    """PUBLISH at QoS 1 as `packet` (1 to 65535); `again` sets the DUP flag."""
    first = 0x32 | (0x01 if retain else 0) | (0x08 if again else 0)
    name = topic.encode()
    size = _length(4 + len(name) + len(payload))
    return b"".join(
        (bytes((first,)), size, len(name).to_bytes(2, "big"), name, packet.to_bytes(2, "big"), payload)
    )


def subscribe(topic: str, packet: int) -> bytes:
    """SUBSCRIBE to one filter at QoS 1."""
    body = packet.to_bytes(2, "big") + _text(topic) + b"\x01"
    return b"\x82" + _length(len(body)) + body


def puback(packet: int) -> bytes:
    """PUBACK of a received message."""
    return b"\x40\x02" + packet.to_bytes(2, "big")


def split(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Cut whole packets off the front of `buffer`: (first byte, body). Raises Malformed."""
    while len(buffer) >= 2:
        size, shift, at = 0, 0, 1
        while True:
            if at >= len(buffer):
                return
            byte = buffer[at]
            size |= (byte & 0x7F) << shift
            shift += 7
            at += 1
            if not byte & 0x80:
                break
            if at > 4:
                raise Malformed("remaining length of more than four bytes")
        if len(buffer) < at + size:
            return
        first, body = buffer[0], bytes(buffer[at : at + size])
        del buffer[: at + size]
        yield first, body


def received(first: int, body: bytes) -> tuple[str, bytes, int]:
    """Topic, payload and packet id (0 at QoS 0) of a PUBLISH."""
    end = 2 + int.from_bytes(body[:2], "big")
    topic = body[2:end].decode()
    if not first & 0x06:
        return topic, body[end:], 0
    return topic, body[end + 2 :], int.from_bytes(body[end : end + 2], "big")
