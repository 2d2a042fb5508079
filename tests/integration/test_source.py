"""Each MQTT source against every broker there is: what is not acknowledged comes again."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.lean import LeanSource
from ingest.message import Message
from ingest.mqtt import MqttSource
from tests.support.mqtt import Client, wait_for
from tests.support.sources import SECRET, TOPIC, Kind, mosquitto, nats, reading

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

# NATS hands out again what was not acknowledged within two seconds (ack_wait), on a slow machine before we
# are done: what comes twice is counted once here. Mosquitto does so when the client is back.
AGAIN_WITHIN_S = 60.0


@pytest.fixture(params=["nats", "mosquitto"])
def url(request: pytest.FixtureRequest, shelf: Path) -> Iterator[str]:
    with nats(shelf) if request.param == "nats" else mosquitto(shelf) as address:
        yield address


@pytest.fixture(params=[MqttSource, LeanSource])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


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
    """What was said, in the order in which it came first."""
    return list(dict.fromkeys(int(message.payload) for message in messages))


def test_what_is_not_acknowledged_comes_again(kind: Kind, url: str) -> None:
    with reading(kind, url) as source, Client(url, "w1", SECRET) as watch:
        for n in range(20):
            watch.publish(TOPIC, str(n).encode())
        first = take(source, lambda taken: len(numbers(taken)) >= 20)
        assert numbers(first) == list(range(20)), "in order"
        source.acknowledge([message for message in first if int(message.payload) < 10])
        watch.publish(TOPIC, b"20")  # behind the acknowledgements on the same wire
        take(source, lambda taken: 20 in numbers(taken))
    with reading(kind, url) as source:
        again = take(source, lambda taken: set(numbers(taken)) >= set(range(10, 21)))
        assert set(numbers(again)) == set(range(10, 21))
        source.acknowledge(again)


def test_what_comes_while_ingest_is_away_is_kept(kind: Kind, url: str) -> None:
    with reading(kind, url):
        pass
    with Client(url, "w1", SECRET) as watch:
        for n in range(500):
            watch.offer(TOPIC, str(n).encode())
        watch.publish(TOPIC, b"500")
    with reading(kind, url) as source:
        kept = take(source, lambda taken: len(numbers(taken)) == 501)
        assert sorted(numbers(kept)) == list(range(501))


def test_an_acknowledgement_of_an_earlier_connection_is_not_sent(kind: Kind, url: str) -> None:
    with reading(kind, url) as source, Client(url, "w1", SECRET) as watch:
        watch.publish(TOPIC, b"1")
        old, *_ = take(source, bool)
        cable(source).shutdown(socket.SHUT_RDWR)
        source.take(0, 0.5)  # whoever reads in our thread notices it here
        wait_for(lambda: source._connection > 0 and source.wait_until_connected(0.1), "connected again")
        source.acknowledge([old])
        again = take(source, bool)
        assert numbers(again) == [1], "it is still owed to us"
