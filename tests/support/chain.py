"""From a foreign device to a stored reading: the real broker and doorman, interpreter, ingest and API."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from analytics.immediate import ImmediateDetector
from core.embedded.doorman import Doorman
from core.embedded.nats import Nats
from core.embedded.ports import any_free
from core.settings import Settings
from ingest.foreign.interpreter import EVERY_TOPIC
from ingest.foreign.service import Service
from ingest.foreign.store import Keeper
from ingest.mqtt import MqttSource
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.api import EAST, ApiHouse, Person, api_house
from tests.support.mqtt import Client, wait_for


class Chain:
    """A village whose home 1 has a gateway `gw1` (device 100) that may speak for others."""

    def __init__(self, house: ApiHouse, broker: Nats) -> None:
        self.house, self.broker = house, broker
        self.operator: Person = house.person("operator", EAST)
        self.key: dict[str, Any] = {}
        self.service: Service

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self.house.conn.execute(statement.encode(), values).fetchall()

    def values(self, device: str, metric: str) -> list[float]:
        """Stored values of a device, the oldest first."""
        found = self.rows(
            "SELECT r.value FROM reading r JOIN device d ON d.id = r.device_id"
            " JOIN metric m ON m.id = r.metric WHERE d.code = %s AND m.name = %s ORDER BY r.time",
            device,
            metric,
        )
        return [row[0] for row in found]

    def gateway(self) -> Client:
        return Client(self.broker.url, self.key["user"], self.key["secret"], client_id=self.key["client_id"])

    def found(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.operator.http.get("/found-devices", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def claimed(self, device: int) -> dict[str, Any]:
        """The login of a device."""
        code = self.operator.post(f"/devices/{device}/keys/claim").json()["claim"]
        return dict(self.house.stranger().post("/device-claims", claim=code).json())


@contextmanager
def chain(dsn: str, shelf: Path, folder: Path) -> Iterator[Chain]:
    """All of it, until the end of the block."""
    with ExitStack() as stack:
        broker = Nats(shelf / "broker-data", port=any_free())
        broker.start()
        stack.callback(broker.stop)
        house = stack.enter_context(api_house(dsn, folder))
        house.conn.execute(
            "INSERT INTO device (id, code, kind, created_at) VALUES (100, 'gw1', 'hub', '2026-01-01');"
            "INSERT INTO installation (device_id, home_id, during) VALUES (100, 1, '[2026-01-01,)')"
        )
        doorman = Doorman(dsn, broker.apply, house.clock)
        doorman.start()
        stack.callback(doorman.stop)
        stack.enter_context(house.serves(broker_url=broker.url, interpreter_url=broker.interpreter_url))
        made = Chain(house, broker)
        stack.enter_context(ingesting(dsn, made))
        made.service = stack.enter_context(interpreting(dsn, made))
        assert made.operator.http.put("/devices/100/foreign", json={"allowed": True}).status_code == 200
        made.key = made.claimed(100)

        def let_in() -> bool:
            with made.gateway() as gateway:
                return gateway.let_in and gateway.subscribe("nw/in/gw1/homeassistant/status")

        wait_for(let_in, "the gateway is let in, and below its own code")
        yield made


@contextmanager
def ingesting(dsn: str, made: Chain) -> Iterator[None]:
    writer = Writer(lambda: psycopg.connect(dsn))
    source = MqttSource(made.broker.url, "ingest", made.house.clock)
    source.start()
    worker = Worker(source, writer, [ImmediateDetector()], made.house.clock)
    with _running(worker.run):
        yield
        worker.stopping = True
    source.stop()
    writer.close()


@contextmanager
def interpreting(dsn: str, made: Chain) -> Iterator[Service]:
    """`python -m ingest.foreign` in a thread; left by `stopping`."""
    stopping = threading.Event()
    source = MqttSource(made.broker.interpreter_url, "foreign", made.house.clock, topics=(EVERY_TOPIC,))
    keeper = Keeper(lambda: psycopg.connect(dsn), stopping.wait)
    settings = Settings()  # type: ignore[call-arg]
    service = Service(source, keeper, made.house.clock, settings, stopping)
    source.start()
    with _running(service.run):
        yield service
        stopping.set()
    source.stop()
    keeper.close()


@contextmanager
def _running(*work: Any) -> Iterator[Sequence[threading.Thread]]:
    def guarded(one: Any) -> None:
        with suppress(InterruptedError):
            one()

    threads = [threading.Thread(target=guarded, args=(one,), daemon=True) for one in work]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
