"""The line to station consoles: one worker holds it, and the next takes it over."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from alerts.console import ACT_TOPIC
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
