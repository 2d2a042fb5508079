"""What gets worse while somebody has it in hand, or after it was closed, is heard by those it is for."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from alerts import store
from alerts.actions import act
from alerts.incident import Incident
from alerts.lifecycle import Action
from core.finding import Reason
from core.instant import SECOND
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


class Watch(Night):
    """A night at one station whose people take things in hand."""

    def does(self, name: str, actor: int | None = None, **more: object) -> Incident:
        action = Action(name, actor, **more)  # type: ignore[arg-type]  # the fields of an action
        after, refusal = act(self.conn, self.incidents()[0].id, action, self.clock.now())
        assert refusal is None, refusal
        assert after is not None
        return after

    def heard(self, since: int) -> list[tuple[str, str, int]]:
        """(purpose, recipient) of the messages since event `since` of the only incident."""
        return self.conn.execute(
            "SELECT purpose, recipient_kind, recipient_id FROM notification WHERE n > %s ORDER BY 1, 2, 3",
            (since,),
        ).fetchall()


@pytest.fixture
def night(dsn: str) -> Iterator[Watch]:
    settle(dsn, START, homes=12)
    with (
        psycopg.connect(dsn, autocommit=True, options="-c TimeZone=UTC") as conn,
        psycopg.connect(dsn) as other,
    ):
        yield Watch(conn, Store(other))


@pytest.mark.parametrize("first", ["inactivity", "sos"])
def test_a_call_for_help_rings_over_an_acknowledgement(night: Watch, first: str) -> None:
    operator = night.hires("mei", "operator", "east")
    night.finds(first)
    night.works()
    taken = night.does("acknowledge", operator)
    night.clock.advance(seconds=60)
    night.finds("sos")
    night.works()
    incident = night.incident()
    assert (incident.state, incident.reason_key) == ("open", "sos.x")
    assert night.heard(taken.version) == [("alarm", "account", operator), ("alarm", "station", night.east)]


def test_a_call_for_help_while_somebody_is_on_the_way_is_heard_by_them_too(night: Watch) -> None:
    operator, responder = night.hires("mei", "operator", "east"), night.hires("bo", "responder", "east")
    night.finds("inactivity")
    night.works()
    taken = night.does("respond", responder)
    timer = night.incident().next_step_at
    night.clock.advance(minutes=5)
    night.finds("sos")
    night.works()
    incident = night.incident()
    assert (incident.state, incident.next_step_at) == ("responding", timer)
    expected = [
        ("alarm", "account", operator),
        ("alarm", "account", responder),
        ("alarm", "station", night.east),
    ]
    assert night.heard(taken.version) == expected
    night.does("arrive", responder)
    night.clock.advance(minutes=1)
    night.finds("sos")
    night.works()
    assert night.incident().state == "on_site"
    assert night.heard(incident.version) == expected


def test_what_rings_already_and_becomes_life_threatening_is_told_anew_at_its_own_pace(night: Watch) -> None:
    operator = night.hires("mei", "operator", "east")
    first = night.finds("vitals", severity="spo2_low")
    night.works()
    version = night.incident().version
    night.clock.advance(seconds=5)
    night.finds("vitals", severity="spo2_low_critical", revision=1, onset=first.onset)
    night.works()
    incident = night.incident()
    assert (incident.state, incident.priority) == ("open", "high")
    assert incident.next_step_at == night.clock.now() + 60 * SECOND
    assert night.heard(version) == [("alarm", "account", operator), ("alarm", "station", night.east)]


def test_the_grave_is_ruled_on_before_what_came_earlier(night: Watch) -> None:
    night.finds("water", home=3, resident=None)
    night.finds("vitals", severity="spo2_low_critical")
    night.finds("low_battery", home=5, resident=None, device=1)
    asked = {"limit": 10, "floor": 0, "only": None, "aside": []}
    rows = night.conn.execute(store.Q["untriaged"], asked).fetchall()
    assert [row[2] for row in rows] == ["vitals", "water", "low_battery"]


def test_an_outage_of_one_station_explains_nothing_elsewhere(night: Watch) -> None:
    why = Reason("platform_outage.silent_station", {"station": night.west})
    outage = night.finds("platform_outage", home=0, resident=None, severity="region", reason=why)
    night.works()
    night.clock.advance(minutes=5)
    night.finds("home_offline", home=1, resident=None, onset=outage.onset)
    night.works()
    night.clock.advance(seconds=1)
    night.finds("home_offline", home=2, resident=None, onset=outage.onset)
    night.works()
    assert night.verdicts() == ["opened", "opened", "inhibited"]


def test_what_an_outage_explained_and_what_still_stands_after_it_is_told(night: Watch) -> None:
    night.hires("mei", "operator", "east")
    outage = night.finds("platform_outage", home=0, resident=None)
    night.works()
    dark = [night.finds("home_offline", home=home, resident=None) for home in (1, 3, 5)]
    night.works()
    assert len(night.incidents()) == 1
    night.clock.advance(hours=9)
    night.write(replace(outage, revision=1, cleared=True), replace(dark[0], revision=1, cleared=True))
    night.works()
    night.clock.advance(minutes=1)
    night.write(replace(dark[1], revision=1, cleared=True))
    night.works()
    assert night.incident().closed, "what comes back with the rest is given a while to say so"
    night.clock.advance(minutes=1)
    night.works()
    night.works()
    left = [i for i in night.incidents() if not i.closed]
    assert [(i.kind, i.home, i.state) for i in left] == [("home_offline", 5, "open")]
    assert "opened" in night.events(left[0].id)


@pytest.mark.parametrize("back", ["undo", "reopen"])
def test_who_was_told_that_it_is_over_is_told_that_it_is_not(night: Watch, back: str) -> None:
    operator = night.hires("mei", "operator", "east")
    contact = night.has_contact(resident=1, rank=1)
    night.finds("sos")
    night.passes(61)
    closed = night.does("resolve", operator, outcome="no_help_needed")
    assert ("closed", "contact", contact) in night.heard(closed.version - 1)
    night.clock.advance(seconds=10)
    night.does(back, operator)
    assert ("reopened", "contact", contact) in night.heard(closed.version)


def test_taking_an_acknowledgement_back_tells_nobody_that_it_is_open_again(night: Watch) -> None:
    operator = night.hires("mei", "operator", "east")
    night.finds("sos")
    night.works()
    taken = night.does("acknowledge", operator)
    night.does("undo", operator)
    assert night.heard(taken.version) == []
