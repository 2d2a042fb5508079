"""MQTT as bytes: cut anywhere, put together again, and nothing that is no packet gets through."""

import pytest

from ingest import packets


def published(topic: bytes, payload: bytes, *, first: int = 0x32, mid: bytes = b"\x01\x02") -> bytes:
    body = len(topic).to_bytes(2, "big") + topic + mid + payload
    length, size = b"", len(body)
    while True:
        size, digit = size >> 7, size & 0x7F
        length += bytes([digit | (0x80 if size else 0)])
        if not size:
            return bytes([first]) + length + body


def read(data: bytes) -> list[packets.Publish]:
    return [packets.publish_of(data, packet) for packet in packets.packets(data)]


def test_messages_of_any_size_come_out_as_they_went_in() -> None:
    sizes = [0, 1, 127, 128, 16_383, 16_384, 300_000]
    data = b"".join(published(b"nw/v1/h1/w1/vital", b"x" * size) for size in sizes)
    assert [len(said.payload) for said in read(data)] == sizes
    assert {(said.topic, said.mid, said.qos) for said in read(data)} == {("nw/v1/h1/w1/vital", 258, 1)}


def test_a_stream_cut_anywhere_gives_the_same_messages() -> None:
    data = published(b"a/b", b"one" * 60) + published(b"a/c", b"two") + packets.PING
    for cut in range(len(data) + 1):
        seen, rest = [], b""
        for piece in (data[:cut], data[cut:]):
            held, end = rest + piece, 0
            for packet in packets.packets(held):
                end = packet.end
                if packet.first & 0xF0 == packets.PUBLISH:
                    seen.append(packets.publish_of(held, packet).payload)
            rest = held[end:]
        assert (seen, rest) == ([b"one" * 60, b"two"], b"")


def test_flags_say_whether_it_was_sent_before_or_kept_and_qos_0_has_no_number() -> None:
    (again,) = read(published(b"t", b"x", first=0x3B))
    assert (again.dup, again.retained, again.qos) == (True, True, 1)
    (plain,) = read(published(b"t", b"x", first=0x30, mid=b""))
    assert (plain.mid, plain.payload) == (0, b"x")


@pytest.mark.parametrize(
    "data",
    [b"\x32\xff\xff\xff\xff\x01", b"\x32\x01\x00", b"\x32\x04\x00\x09ab", b"\x36\x06\x00\x01a\x00\x01x"],
    ids=["a length of five bytes", "no topic", "a topic longer than the packet", "QoS 2"],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(packets.NotMqtt):
        read(data)


def test_a_topic_that_is_no_text_is_shown_as_such() -> None:
    (said,) = read(published(b"nw/\xff", b"x"))
    assert said.topic == "nw/\N{REPLACEMENT CHARACTER}"


def test_what_we_say_is_what_the_standard_shows() -> None:
    """Bytes by hand from MQTT 3.1.1, sections 3.1, 3.3, 3.4 and 3.8."""
    assert (
        packets.connect("c", "u", "p", 60)
        == b"\x10\x13\x00\x04MQTT\x04\xc0\x00\x3c\x00\x01c\x00\x01u\x00\x01p"
    )
    assert packets.connect("c", "", "", 60) == b"\x10\x0d\x00\x04MQTT\x04\x00\x00\x3c\x00\x01c"
    assert packets.subscribe(7, ["a/+", "b"]) == b"\x82\x0c\x00\x07\x00\x03a/+\x01\x00\x01b\x01"
    assert packets.publish(5, "t", b"xy") == b"\x32\x07\x00\x01t\x00\x05xy"
    assert packets.acknowledgements([1, 258]) == b"\x40\x02\x00\x01\x40\x02\x01\x02"
