"""Devices come and go in the database; the broker lets in exactly those."""

import psycopg
import pytest

from core.embedded.doorman import Doorman
from core.embedded.nats import hash_secret
from tests.support.mqtt import Client, wait_for

pytestmark = pytest.mark.integration

PEOPLE = """
INSERT INTO station (id, path, code, level, name) VALUES (1, '1', 'east', 'community', 'East');
INSERT INTO home (id, code, station_id, created_at)
VALUES (1, 'h1', 1, '2026-01-01'), (2, 'h2', 1, '2026-01-01');
"""
DEVICE = """
INSERT INTO device (id, code, kind, created_at) VALUES (%(id)s, %(code)s, 'wearable', '2026-01-01');
INSERT INTO device_secret (device_id, bcrypt, created_at) VALUES (%(id)s, %(bcrypt)s, '2026-01-01');
INSERT INTO installation (device_id, home_id, during) VALUES (%(id)s, %(home)s, '[2026-01-01,)');
"""


@pytest.fixture
def store(dsn):
    with psycopg.connect(dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn:
        conn.execute(PEOPLE)
        yield conn


@pytest.fixture
def doorman(dsn, broker):
    doorman = Doorman(dsn, broker.apply)
    doorman.start()
    yield doorman
    doorman.stop()


def hang(store, number, code, home=1):
    store.execute(DEVICE, {"id": number, "code": code, "home": home, "bcrypt": hash_secret(f"s-{code}")})
    store.execute("SELECT pg_notify('devices', '')")


def let_in(broker, code):
    with Client(broker.url, code, f"s-{code}", client_id=f"probe-{code}") as client:
        return client.let_in


def test_a_new_device_is_let_in_and_one_taken_down_is_not(store, broker, doorman):
    hang(store, 1, "w1")
    wait_for(lambda: let_in(broker, "w1"), "the device is let in")
    store.execute("UPDATE installation SET during = '[2026-01-01,2026-02-01)' WHERE device_id = 1")
    store.execute("SELECT pg_notify('devices', '')")
    wait_for(lambda: not let_in(broker, "w1"), "the device is refused")


def test_a_device_that_moves_speaks_for_its_new_home_only(store, broker, doorman):
    hang(store, 1, "w1")
    wait_for(lambda: let_in(broker, "w1"), "the device is let in")
    store.execute("UPDATE installation SET during = '[2026-01-01,2026-02-01)' WHERE device_id = 1")
    store.execute("INSERT INTO installation (device_id, home_id, during) VALUES (1, 2, '[2026-02-01,)')")
    store.execute("SELECT pg_notify('devices', '')")
    with Client(broker.url, "w1", "s-w1") as watch:
        wait_for(lambda: watch.connected and watch.subscribe("nw/v1/h2/w1/cmd"), "it hears its new home")
        assert not watch.subscribe("nw/v1/h1/w1/cmd")


def test_an_unheard_doorbell_only_delays(store, broker, doorman, monkeypatch):
    monkeypatch.setattr("core.embedded.doorman.POLL_S", 0.5)
    hang(store, 1, "w1")
    wait_for(lambda: let_in(broker, "w1"), "the device is let in")
    # Nobody rings.
    store.execute(DEVICE, {"id": 2, "code": "w2", "home": 1, "bcrypt": hash_secret("s-w2")})
    wait_for(lambda: let_in(broker, "w2"), "the second device is let in")


def test_it_goes_on_when_the_database_was_away(store, broker, doorman):
    hang(store, 1, "w1")
    wait_for(lambda: let_in(broker, "w1"), "the device is let in")
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nowalls doorman'"
    )
    store.execute(others)
    hang(store, 2, "w2")
    wait_for(lambda: let_in(broker, "w2"), "the second device is let in")
