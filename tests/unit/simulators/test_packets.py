"""MQTT 3.1.1 as bytes: what the light client writes and reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.packets import Malformed, Packet, Will, connect, publish, received, split


@given(
    payloads=st.lists(st.binary(max_size=400), max_size=5),
    cuts=st.lists(st.integers(1, 50), min_size=1, max_size=200),
)
def test_packets_are_found_again_however_the_stream_was_cut(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(publish("nw/v1/h/d/event", p, n + 1) for n, p in enumerate(payloads))
    buffer, seen, at, turn = bytearray(), [], 0, 0
    while at < len(stream):
        piece = stream[at : at + cuts[turn % len(cuts)]]
        at, turn = at + len(piece), turn + 1
        buffer += piece
        seen += [received(first, body) for first, body in split(buffer)]
    assert seen == [("nw/v1/h/d/event", p, n + 1) for n, p in enumerate(payloads)]
    assert not buffer


def test_a_publish_of_more_than_127_bytes_has_a_length_of_two_bytes() -> None:
    packet = publish("t", b"x" * 200, 7)
    assert packet[0] == 0x32
    assert packet[1:3] == bytes((0x80 | (205 & 0x7F), 205 >> 7))


def test_a_resent_message_says_so() -> None:
    assert publish("t", b"", 1, again=True)[0] & 0x08


def test_the_last_will_is_retained_and_stands_before_the_credentials() -> None:
    packet = connect("d1", "d1", "secret", 60, Will("nw/v1/h/d1/status", b'{"online":false}'))
    flags = packet[9]
    assert flags == 0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02
    assert packet.index(b"status") < packet.index(b"secret")


def test_a_length_that_never_ends_is_malformed() -> None:
    with pytest.raises(Malformed):
        list(split(bytearray(b"\x30\xff\xff\xff\xff\x01")))


def test_a_message_at_qos_0_has_no_packet_id() -> None:
    assert received(Packet.PUBLISH << 4, b"\x00\x01tpayload") == ("t", b"payload", 0)
