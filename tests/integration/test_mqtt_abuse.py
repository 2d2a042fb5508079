"""What somebody does who took the login of a device: to the real broker, with the real ingest behind it."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import pytest

from core.clock import SystemClock
from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free
from core.instant import to_datetime
from core.session_name import session_name
from ingest.mqtt import MqttSource
from ingest.worker import Worker
from ingest.writer import Writer
from tests.conftest import Server
from tests.support.mqtt import Client, wait_for
from tests.support.village import settle

pytestmark = pytest.mark.integration


class Town(NamedTuple):
    """A broker with the real ingest behind it; w1 is the attacker's, w2 is somebody else's."""

    broker: Nats
    conn: psycopg.Connection[Any]
    session: str

    def arrives(self, weight: float) -> None:
        """What w2 says is a row: ingest lives, and nothing stands in its way."""
        body = {"t": int(time.time() * 1000), "seq": 1, "weight": weight}
        with Client(self.broker.url, "w2", "s2", client_id=f"w2-{uuid4()}") as watch:
            watch.publish("nw/v1/h2/w2/vital", json.dumps(body).encode())
        wait_for(lambda: self.rows("reading WHERE value = %s", weight) == 1, "the reading of w2")

    def rows(self, of: str, *values: object) -> int:
        row = self.conn.execute(f"SELECT count(*) FROM {of}".encode(), values).fetchone()
        assert row
        return int(row[0])

    def attacker(self, **more: Any) -> Client:
        return Client(self.broker.url, "w1", "s1", **more)


@pytest.fixture(scope="module")
def town(server: Server, template: str, open_folder: Path) -> Iterator[Town]:
    clock = SystemClock()
    broker = Nats(open_folder / "broker-data", port=any_free())
    broker.start()
    broker.apply([Login("w1", "h1", hash_secret("s1")), Login("w2", "h2", hash_secret("s2"))])
    dsn = server.create(f"mqtt_abuse_{uuid4().hex}", template)
    settle(dsn, to_datetime(clock.now()))
    session = session_name(open_folder, "ingest")
    source = MqttSource(broker.url, session, clock)
    writer = Writer(lambda: psycopg.connect(dsn))
    source.start()
    assert source.wait_until_connected(60)
    worker = Worker(source, writer, [], clock)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    with psycopg.connect(dsn, autocommit=True) as conn:
        yield Town(broker, conn, session)
        worker.stopping = True
        thread.join(20)
        source.stop()
        writer.close()
    broker.stop()


def test_topics_and_filters_of_others_are_closed(town: Town) -> None:
    with town.attacker() as attacker:
        for topic in (
            "#", "+/+/+/+/+", "nw/v1/+/w1/cmd", "nw/v1/h2/w2/cmd", "$SYS/#", "$SYS/ACCOUNT/+", "$MQTT/#",
            "$JS/API/#", "_INBOX/#", "nw/claim/+/answer", "nw/v1/station/#", "$share/x/nw/v1/+/+/+",
            "nw/v1/h1/w1/#",
        ):  # fmt: skip
            assert not attacker.subscribe(topic), topic
        for topic in (
            "nw/v1/h2/w2/vital", "nw/v1/h1/w1/cmd", "nw/v1/h1/w1/vital/x",
            "nw/claim/AAAAAAAA/answer", "$SYS/REQ/USER", "$MQTT/sub/x",
            "$JS/API/STREAM/DELETE/$MQTT_msgs", "$JS/API/STREAM/PURGE/$MQTT_msgs",
        ):  # fmt: skip
            attacker.publish(topic, b"{}")
    town.arrives(51.1)
    assert town.rows("quarantine WHERE topic NOT LIKE 'nw/v1/h1/w1/%%'") == 0


def test_nobody_takes_over_the_session_of_ingest(town: Town) -> None:
    """A broker hands a session to whoever says its client id; that of the platform is nobody else's."""
    assert len(town.session) > len("nowalls-ingest-") + 12
    for name in (town.session, "nowalls-ingest", "nowalls-alerts", "nowalls-claims", "platform", "ingest"):
        for clean in (True, False):
            with town.attacker(client_id=name, clean=clean) as attacker:
                assert attacker.let_in != name.startswith("nowalls-")
                assert attacker.heard == []
    town.arrives(52.1)


@pytest.mark.parametrize("named", ["w2", "w2-0123456789ab"])
def test_nobody_ends_the_connection_of_another_device_by_its_client_id(town: Town, named: str) -> None:
    with Client(town.broker.url, "w2", "s2", client_id=named) as victim:
        assert victim.subscribe("nw/v1/h2/w2/cmd")
        for clean in (True, False):
            with town.attacker(client_id=named, clean=clean) as attacker:
                assert not attacker.let_in
        with Client(town.broker.url, client_id=f"desk-{uuid4()}") as desk:
            desk.publish("nw/v1/h2/w2/cmd", b"locate")
        wait_for(lambda: victim.payloads("nw/v1/h2/w2/cmd") == [b"locate"], "the command")
        assert victim.losses == 0


def test_nobody_takes_a_client_id_that_another_device_chose(town: Town) -> None:
    """Also what no secret came with, and also while its owner is away: what waits under it is not theirs."""
    chosen = f"kitchen-{uuid4()}"
    with Client(town.broker.url, "w2", "s2", client_id=chosen, clean=False) as victim:
        assert victim.subscribe("nw/v1/h2/w2/cmd")
        for clean in (True, False):
            with town.attacker(client_id=chosen, clean=clean) as attacker:
                assert not attacker.let_in
        assert victim.losses == 0
    with town.attacker(client_id=chosen, clean=False) as attacker:
        assert not attacker.let_in
    with Client(town.broker.url, "w2", "s2", client_id=chosen, clean=False) as victim:
        assert victim.let_in


def test_a_last_will_and_what_is_retained_speak_for_nobody_else(town: Town) -> None:
    for will in (("nw/v1/h2/w2/status", b'{"online":false}'), ("nw/v1/h2/w2/event", b'{"kind":"button"}')):
        dying = town.attacker(client_id=f"dying-{uuid4()}", will=will)
        dying.open()
        wait_for(lambda: bool(dying.connections), "an answer")  # noqa: B023
        if dying.let_in:
            dying.vanish()
        else:
            dying.close()
    with town.attacker() as attacker:
        attacker.publish("nw/v1/h2/w2/event", b'{"t":1,"kind":"smoke"}', retain=True)
        attacker.publish("nw/v1/h1/w1/status", b"retained junk \xff", retain=True)
    town.arrives(53.1)
    assert town.rows("device_state JOIN device ON id = device_id WHERE code = 'w2' AND online = false") == 0
    assert town.rows("reading WHERE metric IN (37, 38)") == 0


def raw(town: Town, *packets: bytes) -> bytes:
    """What the broker answers to bytes that no client library would send."""
    port = int(town.broker.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.settimeout(1.0)
        said = b""
        try:
            for packet in packets:
                connection.sendall(packet)
            while more := connection.recv(4096):
                said += more
        except (TimeoutError, ConnectionError):
            pass
        return said


def text(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def packet(first: int, body: bytes) -> bytes:
    size, left = b"", len(body)
    while True:
        left, digit = divmod(left, 128)
        size += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([first]) + size + body


HEAD = text(b"MQTT") + b"\x04\xc2\x00\x1e"
CONNECT = packet(0x10, HEAD + text(b"raw") + text(b"w1") + text(b"s1"))
OWN = b"nw/v1/h1/w1/vital"


@pytest.mark.parametrize(
    ("what", "packets"),
    [
        ("a topic that is not UTF-8", (CONNECT, packet(0x32, text(b"nw/v1/h1/w1/\xff\xfe") + b"\x00\x01x"))),
        ("a topic with a NUL", (CONNECT, packet(0x32, text(b"nw/v1/h1/w1/\x00") + b"\x00\x01x"))),
        ("a topic with wildcards", (CONNECT, packet(0x32, text(b"nw/v1/+/+/vital") + b"\x00\x01x"))),
        ("an empty topic", (CONNECT, packet(0x32, text(b"") + b"\x00\x01x"))),
        ("60,000 letters", (CONNECT, packet(0x32, text(b"nw/v1/h1/w1/" + b"a" * 60_000) + b"\x00\x01x"))),
        ("a length that lies", (CONNECT, b"\x32\xff\xff\xff\x7f" + text(OWN))),
        ("a length without an end", (CONNECT, b"\x32\xff\xff\xff\xff\xff")),
        ("four megabytes", (CONNECT, packet(0x32, text(OWN) + b"\x00\x02" + b"x" * 4_000_000))),
        ("QoS 3", (CONNECT, packet(0x36, text(OWN) + b"\x00\x03{}"))),
        ("a second CONNECT", (CONNECT, CONNECT)),
        ("a packet of no kind", (CONNECT, b"\xf0\x00\x00\x00")),
        ("no CONNECT at all", (packet(0x32, text(OWN) + b"\x00\x01{}"),)),
        ("a long login", (packet(0x10, HEAD + text(b"x") + text(b"u" * 60_000) + text(b"p")),)),
        ("an acknowledgement of nothing", (CONNECT, packet(0x40, b"\xff\xff"), packet(0x62, b"\x00\x07"))),
        ("noise", (bytes(range(256)) * 20,)),
    ],
)  # fmt: skip
def test_bytes_no_library_would_send(town: Town, what: str, packets: tuple[bytes, ...]) -> None:
    raw(town, *packets)
    with Client(town.broker.url, "w2", "s2", client_id="still-there") as watch:
        assert watch.let_in, what


def test_after_all_that_the_stream_goes_on(town: Town) -> None:
    town.arrives(54.1)
    assert town.rows("quarantine WHERE reason = 'unreadable'") == 0
