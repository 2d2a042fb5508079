"""An update gives ingest a broker session of another name: what waits in the old one is not lost."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import any_free
from ingest import succession
from ingest.message import Message
from ingest.mqtt import MqttSource
from ingest.source import Source
from ingest.succession import OLD_NAME, Succession, taken_over
from tests.support.mqtt import Client, wait_for

pytestmark = pytest.mark.integration

TOPIC = "nw/v1/h1/w1/vital"


@pytest.fixture
def broker(open_folder: Path) -> Iterator[Nats]:
    server = Nats(open_folder / f"broker-{time.time_ns()}", port=any_free())
    server.start()
    server.apply([Login("w1", "h1", hash_secret("s1"))])
    yield server
    server.stop()


def listening(broker: Nats, name: str) -> MqttSource:
    source = MqttSource(broker.url, name, SystemClock())
    source.start()
    assert source.wait_until_connected(20)
    return source


def says(broker: Nats, *numbers: int) -> None:
    with Client(broker.url, "w1", "s1") as watch:
        for n in numbers:
            watch.publish(TOPIC, json.dumps(n).encode())


def until(source: Source, last: int) -> list[int]:
    """What comes up to the message `last`, acknowledged as ingest does; without the platform's own mark."""
    heard: list[Message] = []

    def come() -> bool:
        messages = source.take(100, 0.05)
        source.acknowledge(messages)
        heard.extend(message for message in messages if message.topic == TOPIC)
        return str(last).encode() in [message.payload for message in heard]

    wait_for(come, f"message {last}", 40)
    return [int(message.payload) for message in heard]


def test_what_waits_under_the_old_name_comes_first_and_nothing_is_lost(broker: Nats, tmp_path: Path) -> None:
    old = listening(broker, OLD_NAME)
    says(broker, 1, 2, 3)
    wait_for(lambda: old.waiting() == 3, "three have arrived")
    old.acknowledge(old.take(1, 1))
    old.stop()  # with two in hand: an ingest that was killed
    says(broker, *range(4, 30))

    new = listening(broker, "nowalls-ingest-of-now")
    source = taken_over(new, broker.url, tmp_path, SystemClock())
    assert isinstance(source, Succession)
    says(broker, 30)
    heard = until(source, 30) + until_left(source)
    assert set(range(2, 31)) <= set(heard)
    assert heard.index(29) < heard.index(30)
    says(broker, 31)
    assert until(source, 31)[-1] == 31
    new.stop()

    # It was left for good: nothing waits there, nobody looks there again.
    with Client(broker.url, client_id=OLD_NAME, clean=False) as probe:
        assert not probe.subscribe("nothing/of/ours") or probe.heard == []
    again = listening(broker, "nowalls-ingest-of-now")
    assert taken_over(again, broker.url, tmp_path, SystemClock()) is again
    again.stop()


def until_left(source: Succession) -> list[int]:
    """What comes until the old session is left."""
    heard: list[Message] = []

    def empty() -> bool:
        messages = source.take(100, 0.05)
        source.acknowledge(messages)
        heard.extend(message for message in messages if message.topic == TOPIC)
        return not source._before

    wait_for(empty, "the old is left", 40)
    return [int(message.payload) for message in heard]


def test_a_new_house_has_nothing_to_take_over(broker: Nats, tmp_path: Path) -> None:
    new = listening(broker, "nowalls-ingest-of-now")
    assert taken_over(new, broker.url, tmp_path, SystemClock()) is new
    assert (tmp_path / "secrets" / "old-session-left").exists()
    new.stop()


def test_a_stop_in_the_middle_leaves_the_rest_for_the_next_start(
    broker: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succession, "_AGAIN_S", 3.0)
    listening(broker, OLD_NAME).stop()
    says(broker, *range(50))
    new = listening(broker, "nowalls-ingest-of-now")
    source = taken_over(new, broker.url, tmp_path, SystemClock())
    assert isinstance(source, Succession)
    wait_for(lambda: source.waiting() > 0, "the first of it")
    source.take(10, 1)  # never acknowledged
    source.stop()
    new.stop()
    new = listening(broker, "nowalls-ingest-of-now")
    source = taken_over(new, broker.url, tmp_path, SystemClock())
    assert isinstance(source, Succession)
    assert set(until_left(source)) == set(range(50))
    new.stop()
