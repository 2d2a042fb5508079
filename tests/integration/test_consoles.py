"""The line to station consoles: one worker holds it, and the next takes it over."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from alerts import console
from alerts.console import ACT_TOPIC, siren_topic, topic
from alerts.delivery.consoles import Consoles
from alerts.loops import Loops
from alerts.mqtt import Line
from core.clock import SystemClock
from core.embedded.nats import Nats
from tests.support.mqtt import Client
from tests.support.outbox import EAST, Outbox, outbox, wait

pytestmark = pytest.mark.integration


@pytest.fixture
def box(dsn: str, tmp_path: Path) -> Iterator[Outbox]:
    with outbox(dsn, tmp_path) as one:
        yield one


@contextmanager
def telling(box: Outbox, url: str) -> Iterator[Line]:
    """A worker's line to the broker, as long as it works."""
    line = Line(url, "nowalls-alerts", ACT_TOPIC)
    loops = Loops(lambda: psycopg.connect(box.dsn, options="-c TimeZone=UTC"))
    consoles = Consoles(line, SystemClock(), loops.stopping)
    thread = Thread(target=loops.run, args=(consoles.loops,))
    thread.start()
    try:
        yield line
    finally:
        loops.stopping.set()
        thread.join(20)


def publish(box: Outbox, incident: object) -> None:
    """As the engine asks for it."""
    box.conn.execute(
        "INSERT INTO publication (incident_id, channel, target, wanted, due_at)"
        " VALUES (%s, 'console', 'east', 1, %s)",
        (incident, box.now),
    )
    box.conn.execute("SELECT pg_notify('incident', '')")


def register(box: Outbox) -> None:
    """A console of the station, as `nowalls consoles secret` makes it."""
    box.conn.execute(
        "INSERT INTO console_secret (station_id, bcrypt, created_at) VALUES (%s, 'x', %s)", (EAST, box.now)
    )


def test_a_broker_without_a_console_has_told_nobody(box: Outbox, broker: Nats) -> None:
    with Client(broker.url, client_id="ear") as ear:
        ear.subscribe("nw/v1/station/#")
        with telling(box, broker.url) as line:
            wait(lambda: line.up)
            incident = box.incident(drill=True)
            note = box.notify(incident, EAST, kind="station", sees="nothing")
            publish(box, incident)
            shown = json.loads(wait(lambda: [h for h in ear.heard if "/incident/" in h.topic])[0].payload)
            wait(lambda: [h for h in ear.heard if h.topic.endswith("/siren")])
    assert box.state(note) == "queued"  # so that it fails after its grace, and the next step is taken
    assert shown["drill"] is True
    assert shown["title"]["en"].startswith("[DRILL")


class Broken:
    """A broker that never proves what it was given on one topic."""

    def __init__(self, topic: str) -> None:
        self.proven: list[str] = []
        self._topic = topic

    def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
        if topic == self._topic:
            return False
        self.proven.append(topic)
        return True


def test_the_urgent_is_shown_first_and_what_is_not_proven_holds_up_no_other(box: Outbox) -> None:
    low, stuck, high = (box.incident() for _ in range(3))
    for incident, priority in ((low, "low"), (stuck, "medium")):
        box.conn.execute("UPDATE incident SET priority = %s WHERE id = %s", (priority, incident))
    for incident in (low, stuck, high):
        publish(box, incident)
    line = Broken(topic("east", stuck))
    consoles = Consoles(line, SystemClock(), Event())  # type: ignore[arg-type]
    assert consoles._publish(box.conn) == 1  # then the one that is not proven
    consoles._sound(box.conn)
    assert consoles._publish(box.conn) == 1
    assert line.proven == [topic("east", high), siren_topic("east"), topic("east", low)]
    assert box.one("SELECT due_at > %s FROM publication WHERE incident_id = %s", box.now, stuck)


class Saying:
    """A line on which consoles say these things and no more."""

    def __init__(self, stop: Event, *said: bytes) -> None:
        self._stop, self._said = stop, said

    def hear(self, wait_s: float) -> Iterator[tuple[str, bytes]]:
        self._stop.set()
        yield from ((ACT_TOPIC.replace("+", "east"), one) for one in self._said)


def test_what_one_console_says_silences_no_other(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker gives again what ended the worker: one message would end delivery again and again."""
    taken: list[bytes] = []

    def take(_: object, __: str, payload: bytes, ___: int) -> str:
        taken.append(payload)
        if payload == b"odd":
            raise KeyError("was")
        return "open"

    monkeypatch.setattr(console, "take_action", take)
    stop = Event()
    Consoles(Saying(stop, b"odd", b"plain"), SystemClock(), stop).hear(box.conn)  # type: ignore[arg-type]
    assert taken == [b"odd", b"plain"]


def test_a_clock_that_is_set_back_holds_back_no_console(box: Outbox) -> None:
    incident = box.incident()
    publish(box, incident)
    box.conn.execute("UPDATE publication SET due_at = due_at + interval '1 hour'")
    line = Broken("")
    Consoles(line, SystemClock(), Event())._publish(box.conn)  # type: ignore[arg-type]
    assert line.proven == [topic("east", incident)]


def test_one_worker_holds_the_line_and_the_next_takes_it(box: Outbox, broker: Nats) -> None:
    register(box)
    with Client(broker.url, client_id="ear") as ear:
        ear.subscribe("nw/v1/station/#")
        with telling(box, broker.url) as first:
            wait(lambda: first.up)
            with telling(box, broker.url) as second:
                incident = box.incident()
                note = box.notify(incident, EAST, kind="station", sees="nothing")
                publish(box, incident)
                wait(lambda: box.state(note) == "sent")
                assert not second.up
        with telling(box, broker.url) as third:
            wait(lambda: third.up)
            publish(box, box.incident())
            wait(lambda: len({heard.topic for heard in ear.heard if "/incident/" in heard.topic}) == 2)
    assert next(h.payload for h in ear.heard if h.topic.endswith("/siren")) == (
        b'{"sound": "high", "drill": false, "count": 1}'
    )
    texts = b"".join(heard.payload for heard in ear.heard)
    assert b"Resident 1" not in texts
    assert b"Lane" not in texts
