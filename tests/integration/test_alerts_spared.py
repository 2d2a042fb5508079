"""One bad row, and everything else goes on; what fails altogether is not called healthy."""

from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest

from alerts import engine
from alerts.engine import Engine
from core import heartbeat
from core.clock import SystemClock
from ingest.store import Store
from tests.support.api import until
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=4)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


def test_a_step_that_cannot_be_written_holds_up_no_other(night: Night) -> None:
    night.finds("sos", home=1)
    night.finds("sos", home=2)
    night.works()
    bad, good = (i.id for i in night.incidents())
    taken = "INSERT INTO incident_event (incident_id, n, at, kind, data) VALUES (%s, 3, now(), 'noted', '{}')"
    night.conn.execute(taken, (bad,))  # the number of its next event
    night.clock.advance(seconds=61)
    night.works()
    assert night.events(good)[-1] == "escalated"


def test_a_finding_that_cannot_be_ruled_on_holds_up_no_other(night: Night) -> None:
    bad = night.finds("sos", home=1)
    night.finds("smoke", home=1, resident=None)
    night.finds("sos", home=2)
    night.conn.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.finding_id::text = TG_ARGV[0] THEN RAISE EXCEPTION 'no' USING ERRCODE = '22000'; END IF;"
        " RETURN NEW; END $$"
    )
    night.conn.execute(
        f"CREATE TRIGGER refuse BEFORE INSERT ON triage FOR EACH ROW EXECUTE FUNCTION refuse('{bad.id}')"
    )
    night.works()
    assert sorted((i.kind, i.home) for i in night.incidents()) == [("smoke", 1), ("sos", 2)]
    night.conn.execute("DROP TRIGGER refuse ON triage")
    night.clock.advance(minutes=2)
    night.works()
    assert len(night.incidents()) == 3


def test_an_engine_whose_cycles_fail_gives_no_sign_of_life(
    night: Night, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def fails(conn: object, book: object, now: int, aside: object = None) -> int:
        tried.append(now)
        raise ValueError("no")

    monkeypatch.setattr(engine, "TIMERS", (fails, *engine.TIMERS))
    running = Engine(lambda: psycopg.connect(dsn), SystemClock())
    thread = Thread(target=running.run)
    thread.start()
    try:
        until(lambda: len(tried) > 3 and "triage" in heartbeat.beats(night.conn))
        assert "steps" not in heartbeat.beats(night.conn)
    finally:
        running.stop()
        thread.join(20)
