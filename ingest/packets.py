"""MQTT 3.1.1 on the wire, as much of it as a reader needs. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 0x20, 0x30, 0x40, 0x90, 0xD0
PING, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
REFUSED = 0x80  # in a SUBACK
_LONGEST_LENGTH = 4  # bytes of a packet's length


class NotMqtt(Exception):
    """What came is no packet."""


class Packet(NamedTuple):
    """One packet: the first byte (kind and flags), and where its body lies in the bytes read."""

    first: int
    begin: int
    end: int


class Publish(NamedTuple):
    """A message as the broker hands it over; `mid` is 0 at QoS 0."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    dup: bool
    retained: bool


def packets(data: bytes) -> Iterator[Packet]:
    """The whole packets at the beginning of `data`; raises NotMqtt."""
    at, have = 0, len(data)
    while have - at >= 2:
        length, begin = data[at + 1], at + 2
        if length & 0x80:
            length, begin = _length(data, at + 1)
            if not begin:
                return
        end = begin + length
        if end > have:
            return
        yield Packet(data[at], begin, end)
        at = end


def _length(data: bytes, at: int) -> tuple[int, int]:
    """(length, where the body begins) of a packet whose length begins at `at`; zeros: not all is there."""
    length = 0
    for index in range(_LONGEST_LENGTH):
        if at + index >= len(data):
            return 0, 0
        byte = data[at + index]
        length |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return length, at + index + 1
    raise NotMqtt("a length of five bytes")


def publish_of(data: bytes, packet: Packet) -> Publish:
    """Read a PUBLISH; a topic that is not UTF-8 is shown as such. Raises NotMqtt."""
    first, begin, end = packet
    topic_end = begin + 2 + (data[begin] << 8 | data[begin + 1]) if end - begin >= 2 else end + 1
    qos = first >> 1 & 3
    body = topic_end + 2 if qos else topic_end
    if body > end or qos > 1:
        raise NotMqtt("a message that ends before it begins, or of QoS 2")
    topic = data[begin + 2 : topic_end].decode(errors="replace")
    mid = data[topic_end] << 8 | data[topic_end + 1] if qos else 0
    return Publish(topic, data[body:end], mid, qos, bool(first & 8), bool(first & 1))


def connect(client_id: str, user: str, password: str, keepalive_s: int) -> bytes:
    """CONNECT that keeps its session."""
    flags = (0x80 if user else 0) | (0x40 if password else 0)
    body = _text("MQTT") + bytes([4, flags]) + keepalive_s.to_bytes(2, "big") + _text(client_id)
    return _packet(0x10, body + (_text(user) if user else b"") + (_text(password) if password else b""))


def subscribe(mid: int, topics: Sequence[str]) -> bytes:
    """SUBSCRIBE to all of `topics` at QoS 1."""
    return _packet(0x82, mid.to_bytes(2, "big") + b"".join(_text(topic) + b"\x01" for topic in topics))


def publish(mid: int, topic: str, payload: bytes) -> bytes:
    """PUBLISH at QoS 1."""
    return _packet(0x32, _text(topic) + mid.to_bytes(2, "big") + payload)


def acknowledgements(mids: Sequence[int]) -> bytes:
    """A PUBACK for each."""
    return b"".join(b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids)


def _packet(first: int, body: bytes) -> bytes:
    head, length = bytearray([first]), len(body)
    while True:
        length, digit = length >> 7, length & 0x7F
        head.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(head) + body


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw
