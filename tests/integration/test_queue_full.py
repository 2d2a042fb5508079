"""More comes than ingest can take: what it holds is bounded and shown, the rest waits at the broker, and a
broker that is full promises nothing. What is said here of Mosquitto is what it is warned of in the docs."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.embedded.nats import Nats
from core.embedded.nats_config import Tls
from ingest.lean import LeanSource
from ingest.measures import Measures
from ingest.message import Message
from ingest.mqtt import MqttSource
from tests.support.mqtt import Client, wait_for
from tests.support.sources import SECRET, TOPIC, Kind, mosquitto, nats, reading

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

IN_HAND = 100
MANY = 600


class SmallNats(Nats):
    """The embedded broker with little room."""

    max_bytes = 64 * 1024 * 1024

    def _settings(self, tls: Tls | None) -> dict[str, Any]:
        found = super()._settings(tls)
        # What is in hand does not come again while it is: each is counted.
        found["mqtt"] |= {"max_ack_pending": IN_HAND, "ack_wait": "60s"}
        found["jetstream"]["max_file"] = self.max_bytes
        return found


class TinyNats(SmallNats):
    max_bytes = 4 * 1024 * 1024


def small_mosquitto(shelf: Path, queued: int) -> AbstractContextManager[str]:
    return mosquitto(shelf, {"max_inflight_messages": IN_HAND, "max_queued_messages": queued})


def hold(source: MqttSource | LeanSource, taken: list[Message], number: int) -> None:
    """Take until so many are in hand, none of them acknowledged."""

    def enough() -> bool:
        taken.extend(source.take(MANY, 0.05))
        return len({m.payload for m in taken}) >= number

    wait_for(enough, f"{number} messages in hand")


def drained(source: MqttSource | LeanSource, wanted: set[bytes]) -> list[bytes]:
    """Everything that comes until all of `wanted` have, acknowledged as it comes."""
    got: list[bytes] = []

    def all_of_it() -> bool:
        messages = source.take(MANY, 0.05)
        source.acknowledge(messages)
        got.extend(message.payload for message in messages)
        return wanted <= set(got)

    wait_for(all_of_it, "everything that was acknowledged to the device")
    return got


@pytest.mark.parametrize("broker", ["nats", "mosquitto"])
@pytest.mark.parametrize("kind", [MqttSource, LeanSource])
def test_ingest_holds_what_it_is_allowed_and_the_rest_comes_later(
    kind: Kind, broker: str, shelf: Path
) -> None:
    running = nats(shelf, SmallNats) if broker == "nats" else small_mosquitto(shelf, 10_000)
    with running as url, reading(kind, url) as source, Client(url, "w1", SECRET) as watch:
        measures, held = Measures(source, SystemClock()), list[Message]()
        said = [str(number).encode() for number in range(MANY)]
        answers = [watch.offer(TOPIC, payload) for payload in said]
        wait_for(lambda: all(answer() for answer in answers), "the broker's word for all of it")
        if kind is MqttSource:  # it reads along, whether anybody takes
            wait_for(lambda: measures.waiting() == IN_HAND, "as many in hand as the broker lets us")
            assert measures.age_s() > 0
        hold(source, held, IN_HAND)
        assert {m.payload for m in held} == set(said[:IN_HAND])
        held += source.take(MANY, 0.3)
        assert {m.payload for m in held} == set(said[:IN_HAND]), "no more until some are safe"
        source.acknowledge(held)
        rest = drained(source, set(said[IN_HAND:]))
        assert sorted(rest, key=int) == said[IN_HAND:], "each once"


def test_a_full_nats_promises_nothing_and_takes_again_once_there_is_room(shelf: Path) -> None:
    with nats(shelf, TinyNats) as url, reading(LeanSource, url) as source, Client(url, "w1", SECRET) as watch:
        promised, size = list[bytes](), 20_000
        while len(promised) * size < 3 * TinyNats.max_bytes:
            payload = b"%06d" % len(promised) + bytes(size)
            answer = watch.offer(TOPIC, payload)
            try:
                wait_for(answer, "the broker's word", timeout_s=5)
            except (AssertionError, RuntimeError):
                break  # it said nothing, or ended the connection: the device keeps it
            promised.append(payload)
        assert 0 < len(promised) * size <= TinyNats.max_bytes
        drained(source, set(promised))

        answers = list[Callable[[], bool]]()

        def takes() -> bool:
            source.acknowledge(source.take(MANY, 0.2))
            if watch.connected:
                answers.append(watch.offer(TOPIC, b"room again"))
            with suppress(RuntimeError):  # the line broke as it was said
                return any(answer() for answer in answers)
            return False

        wait_for(takes, "the broker's word once there is room")


def test_a_full_mosquitto_acknowledges_and_throws_away(shelf: Path) -> None:
    """Which is why its limit is a million, and why its counters have to be watched (docs/benchmarks.md)."""
    with (
        small_mosquitto(shelf, 50) as url,
        reading(LeanSource, url) as source,
        Client(url, "w1", SECRET) as watch,
    ):
        answers = [watch.offer(TOPIC, str(number).encode()) for number in range(MANY)]
        wait_for(lambda: all(answer() for answer in answers), "the broker's word for all of it")
        held: list[Message] = []
        hold(source, held, IN_HAND)
        source.acknowledge(held)
        watch.publish(TOPIC, b"the last")
        assert len(drained(source, {b"the last"})) < MANY - IN_HAND
