"""TLS of one's own: what is refused, by the real broker and by the real server of the pages."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import tls
from core.embedded.nats import PLATFORM, Nats, hash_secret
from core.embedded.nats_config import Login, Tls
from core.embedded.ports import any_free
from core.tls import client_context
from tests.support.mqtt import Client, wait_for

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC)
NAMES = ["localhost", "127.0.0.1"]
HELLO = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd"  # CONNECT, of a client "abcd" without a login
WATCH, OTHER = Login("w1", "h1", hash_secret("s1"), 2), Login("w2", "h2", hash_secret("s2"))


@pytest.fixture(scope="module")
def data(open_folder: Path) -> Path:
    folder = open_folder / "data"
    assert tls.init(folder, NAMES, NOW)
    for code in ("w1", "w2", PLATFORM):
        tls.issue(folder, "device", [code], NOW)
    return folder


@pytest.fixture(scope="module", params=[False, True], ids=["passwords", "certificates"])
def broker(request: pytest.FixtureRequest, data: Path, open_folder: Path) -> Iterator[Nats]:
    server = Nats(
        open_folder / f"broker-{request.param}", any_free(), tls=Tls(tls.folder(data), request.param)
    )
    server.start()
    server.apply([WATCH, OTHER])
    yield server
    server.stop()


def trusting(data: Path, own: str = "") -> ssl.SSLContext:
    place = tls.folder(data)
    return client_context(place / "ca.crt", place / "devices" / f"{own}.crt" if own else None)


def shakes_hands(broker: Nats, context: ssl.SSLContext) -> bool:
    """Whether the broker and we agree on whom we talk to."""
    port = int(broker.url.rsplit(":", 1)[1])
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
        ):
            # With TLS 1.3 a server's "no" to our certificate comes after our "done": an answer, be it that it
            # does not know whom we say we are, is that there was none.
            secure.settimeout(60)
            secure.sendall(HELLO)
            return secure.recv(1) == b"\x20"
    except (OSError, ssl.SSLError):
        return False


def test_a_connection_without_tls_is_refused(broker: Nats) -> None:
    port = int(broker.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        plain.sendall(HELLO)
        assert plain.recv(4) != b"\x20\x02\x00\x00"


def test_who_trusts_another_authority_does_not_talk_to_us(broker: Nats, tmp_path: Path, data: Path) -> None:
    tls.init(tmp_path, NAMES, NOW)
    assert not shakes_hands(broker, trusting(tmp_path))
    assert not shakes_hands(broker, ssl.create_default_context())
    assert shakes_hands(broker, trusting(data, PLATFORM))


def test_a_certificate_that_another_authority_signed_opens_nothing(
    broker: Nats, tmp_path: Path, data: Path
) -> None:
    tls.init(tmp_path, NAMES, NOW)
    forged = tls.issue(tmp_path, "device", ["w1"], NOW)
    context = client_context(tls.folder(data) / "ca.crt", forged)
    assert not broker._tls or not broker._tls.demand or not shakes_hands(broker, context)


def test_a_certificate_that_has_ended_is_refused(data: Path, tmp_path: Path, open_folder: Path) -> None:
    long_ago = NOW - timedelta(days=tls.SERVER_DAYS + 1)
    tls.init(tmp_path, NAMES, long_ago)
    server = Nats(open_folder / "broker-old", any_free(), tls=Tls(tls.folder(tmp_path)))
    process = server.spawn()
    port = int(server.url.rsplit(":", 1)[1])

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_for(listens, "it listens")
    assert not shakes_hands(server, trusting(tmp_path))
    assert not server.is_ready()
    process.terminate()
    process.wait(60)
    assert [name for name, until in tls.expiries(tmp_path) if until < NOW] == ["server.crt"]


def test_a_device_writes_under_its_own_topics_only_whatever_name_it_gives(broker: Nats, data: Path) -> None:
    demand = broker._tls is not None and broker._tls.demand
    with Client(broker.url, client_id="platform-1", context=trusting(data, PLATFORM)) as platform:
        assert platform.subscribe("nw/v1/+/+/+")
        own = Client(broker.url, "w2", "s2", client_id="w2", context=trusting(data, "w2"))
        with own as other:
            other.publish("nw/v1/h1/w1/vital", b"forged")
            other.publish("nw/v1/h2/w2/vital", b"own")
        # With the certificate of w2, but with the name and even the secret of w1.
        borrowed = Client(broker.url, "w1@2", "s1", client_id="x", context=trusting(data, "w2"))
        with borrowed as both:
            if demand and both.let_in:
                both.publish("nw/v1/h1/w1/event", b"forged")
                both.publish("nw/v1/h2/w2/event", b"own again")
        renamed = Client(broker.url, "w1@2", "s1", client_id="w1", context=trusting(data, "w1"))
        with renamed as watch:
            watch.publish("nw/v1/h1/w1/position", b"last")
        wait_for(lambda: b"last" in platform.payloads("nw/v1/h1/w1/position"), "the last message")
        assert not [heard for heard in platform.heard if heard.payload == b"forged"]
        assert platform.payloads("nw/v1/h2/w2/vital") == [b"own"]


def test_keys_are_for_their_owner_alone(data: Path, broker: Nats) -> None:
    keys = [*tls.folder(data).rglob("*.key"), broker.folder / "server.key"]
    assert len(keys) == 6
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys)
    assert tls.names_of(tls.read(tls.folder(data) / "server.crt")) == NAMES
