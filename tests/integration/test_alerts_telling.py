"""Whom the steps of an incident are for: rows of the outbox, written together with the step."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from alerts import texts
from alerts.actions import act, report
from alerts.lifecycle import Action
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=4)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


def test_an_alarm_is_for_the_console_and_the_operators_of_its_station(night: Night) -> None:
    mei, lin = night.hires("mei", "operator", "east"), night.hires("lin", "operator", "street")
    night.hires("bo", "operator", "west")
    night.finds("sos")
    night.works()
    assert night.told() == [("alarm", "account", mei, "all"), ("alarm", "station", night.east, "nothing")]
    night.clock.advance(seconds=60)
    night.works()
    assert ("escalation", "account", lin, "all") in night.told(2)


def test_the_family_hears_how_it_went_on(night: Night) -> None:
    daughter = night.has_contact(resident=1, rank=1)
    night.finds("sos")
    night.works()
    night.clock.advance(seconds=60)
    night.works()
    (incident,) = night.incidents()
    act(night.conn, incident.id, Action("respond", None), night.clock.now())
    act(night.conn, incident.id, Action("resolve", None, "help_given"), night.clock.now())
    purposes = [p for p, kind, key, _ in night.told() if (kind, key) == ("contact", daughter)]
    assert purposes == ["escalation", "update", "closed"]


def test_a_call_taken_by_telephone_is_an_open_incident(night: Night) -> None:
    mei = night.hires("mei", "operator", "east")
    made = report(
        night.conn, kind="fall", station=night.east, home=1, resident=1, actor=mei,
        note="her neighbour rang", now=night.clock.now(),
    )  # fmt: skip
    assert (made.state, made.priority, made.reported_by) == ("open", "high", mei)
    assert night.incidents() == [made]
    assert night.events(made.id) == ["detected", "opened"]
    assert ("alarm", "account", mei, "all") in night.told()


def test_a_fault_said_twice_is_one_incident(night: Night) -> None:
    fault: dict[str, Any] = {"kind": "channel_fault", "station": night.east, "reason_key": "fault.x"}
    first = report(night.conn, **fault, now=night.clock.now())
    again = report(night.conn, **fault, now=night.clock.now() + 1)
    assert first.id == again.id
    assert night.events(first.id) == ["detected", "opened", "repeated"]
    rehearsal = report(night.conn, **fault, drill_id=4, now=night.clock.now() + 2)
    assert (rehearsal.drill, rehearsal.drill_id, rehearsal.id != first.id) == (True, 4, True)


def test_when_nobody_of_a_step_can_be_reached_the_next_one_comes_at_once(night: Night) -> None:
    night.hires("mei", "operator", "east")
    night.finds("sos")
    night.works()
    night.conn.execute("UPDATE notification SET state = 'failed', due_at = NULL")
    night.clock.advance(seconds=2)
    night.works()
    (incident,) = night.incidents()
    assert (incident.level, incident.step) == (1, 1)


def test_what_to_say_is_ready_to_be_read(night: Night) -> None:
    night.conn.execute("UPDATE station SET phone = '0371-1', name_en = 'East Station' WHERE code = 'east'")
    night.conn.execute(
        "UPDATE resident SET born = '1940-03-02', sex = 'female', risks = 'diabetes' WHERE id = 1"
    )
    night.finds("sos")
    night.works()
    night.clock.advance(minutes=3)
    said = texts.drafts(night.conn, night.incident().id, night.clock.now())
    assert said is not None
    assert said["emergency"]["en"] == (
        "This is East Station, on watch for old people who live at home. Call for help at 11:00, 3 min ago;"
        " nobody has answered there yet. The person is a woman, 85 years old. The address: 1 Lane. Known:"
        " diabetes."
        f" Please call back on 0371-1. Incident number {said['emergency']['en'].split()[-1]}"
    )
    assert "1 Lane" in said["emergency"]["zh"]
    assert "diabetes" not in said["family"]["en"] + said["call"]["en"]
    assert texts.drafts(night.conn, uuid4(), night.clock.now()) is None
