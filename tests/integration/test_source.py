"""Each MQTT source against every broker there is: what is not acknowledged comes again."""

import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free, is_free
from ingest.lean import LeanSource
from ingest.message import Message
from ingest.mqtt import MqttSource
from tests.support.house import ROOT
from tests.support.mqtt import Client, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

# NATS hands out again what was not acknowledged within ack_wait, Mosquitto when the client is back.
AGAIN_WITHIN_S = 30.0
SECRET = "a device secret for this test"
TOPIC = "nw/v1/h1/w1/vital"


@pytest.fixture(params=["nats", "mosquitto"])
def url(request: pytest.FixtureRequest, shelf: Path) -> Iterator[str]:
    if request.param == "nats":
        server = Nats(shelf / "data", port=any_free())
        server.start()
        server.apply([Login("w1", "h1", hash_secret(SECRET))])
        yield server.url
        server.stop()
        return
    if not (program := shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")):
        pytest.skip("no mosquitto here: its half of the broker tests is not run")
    with mosquitto(program, shelf) as address:
        yield address


@contextmanager
def mosquitto(program: str, folder: Path, limits: Mapping[str, int] | None = None) -> Iterator[str]:
    """As docs/examples/mosquitto.conf sets it up, but for the port, the logins and other `limits`."""
    port = any_free()
    folder.chmod(0o777)
    config = (ROOT / "docs/examples/mosquitto.conf").read_text().replace("1883", str(port))
    config = config.replace("allow_anonymous false", "allow_anonymous true")
    config = "\n".join(line for line in config.splitlines() if "_file" not in line)
    for name, value in (limits or {}).items():
        config = re.sub(rf"(?m)^{name} .*$", f"{name} {value}", config)
    (folder / "mosquitto.conf").write_text(config)
    process = subprocess.Popen([program, "-c", "mosquitto.conf"], cwd=folder)
    try:
        wait_for(lambda: not is_free("127.0.0.1", port), "mosquitto listens")
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


Kind = type[MqttSource] | type[LeanSource]


@pytest.fixture(params=[MqttSource, LeanSource])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@contextmanager
def ingest(kind: Kind, url: str) -> Iterator[MqttSource | LeanSource]:
    source = kind(url, f"ingest-under-test-{kind.__name__}", SystemClock())
    source.start()
    assert source.wait_until_connected(60)
    try:
        yield source
    finally:
        source.stop()


def cable(source: MqttSource | LeanSource) -> socket.socket:
    found = source._socket if isinstance(source, LeanSource) else source._client.socket()
    assert isinstance(found, socket.socket)
    return found


def take(source: MqttSource | LeanSource, done: Callable[[list[Message]], bool]) -> list[Message]:
    taken: list[Message] = []

    def more() -> bool:
        taken.extend(source.take(1000, 0.05))
        return done(taken)

    wait_for(more, "the messages", AGAIN_WITHIN_S)
    return taken


def numbers(messages: list[Message]) -> list[int]:
    return [int(message.payload) for message in messages]


def test_what_is_not_acknowledged_comes_again(kind: Kind, url: str) -> None:
    with ingest(kind, url) as source, Client(url, "w1", SECRET) as watch:
        for n in range(20):
            watch.publish(TOPIC, str(n).encode())
        first = take(source, lambda taken: len(taken) >= 20)
        assert numbers(first) == list(range(20)), "in order"
        source.acknowledge(first[:10])
        watch.publish(TOPIC, b"20")  # behind the acknowledgements on the same wire
        take(source, lambda taken: 20 in numbers(taken))
    with ingest(kind, url) as source:
        again = take(source, lambda taken: set(numbers(taken)) >= set(range(10, 21)))
        assert set(numbers(again)) == set(range(10, 21))
        source.acknowledge(again)


def test_what_comes_while_ingest_is_away_is_kept(kind: Kind, url: str) -> None:
    with ingest(kind, url):
        pass
    with Client(url, "w1", SECRET) as watch:
        for n in range(500):
            watch.offer(TOPIC, str(n).encode())
        watch.publish(TOPIC, b"500")
    with ingest(kind, url) as source:
        kept = take(source, lambda taken: len(set(numbers(taken))) == 501)
        assert sorted(set(numbers(kept))) == list(range(501))


def test_an_acknowledgement_of_an_earlier_connection_is_not_sent(kind: Kind, url: str) -> None:
    with ingest(kind, url) as source, Client(url, "w1", SECRET) as watch:
        watch.publish(TOPIC, b"1")
        (old,) = take(source, lambda taken: len(taken) == 1)
        cable(source).shutdown(socket.SHUT_RDWR)
        source.take(0, 0.5)  # whoever reads in our thread notices it here
        wait_for(lambda: source._connection > 0 and source.wait_until_connected(0.1), "connected again")
        source.acknowledge([old])
        again = take(source, lambda taken: len(taken) >= 1)
        assert numbers(again) == [1], "it is still owed to us"
