"""Who writes second is told so, and leaves nothing behind."""

from collections.abc import Iterator

import psycopg
import pytest

from alerts import store
from alerts.incident import Event
from alerts.store import Change
from core.instant import to_datetime
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=2)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


@pytest.mark.parametrize("events", [1, 2], ids=["after one step", "after another number of steps"])
def test_a_change_of_an_incident_that_has_moved_on_is_refused_whole(night: Night, events: int) -> None:
    night.finds("sos")
    night.finds("smoke", resident=None, home=2)
    night.works()
    sos, smoke = sorted(night.incidents(), key=lambda i: i.kind, reverse=True)
    now = to_datetime(night.clock.now())
    noted = [Event("noted", night.clock.now())] * events

    def save(*changes: Change) -> None:
        with night.conn.transaction():
            store.save(night.conn, changes, [], now)

    save(Change(smoke, [Event("noted", night.clock.now())]))
    with pytest.raises(store.LostRace):
        save(Change(sos, noted), Change(smoke, noted))
    assert night.events(sos.id) == ["detected", "opened"]
    assert night.events(smoke.id) == ["detected", "opened", "noted"]
