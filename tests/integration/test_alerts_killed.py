"""Engines are killed at any instant; afterwards everything is counted.

NOWALLS_KILLS=1000 makes the long run of it.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alerts.incident import Event, Incident, State, fold
from core.clock import ScaledClock
from core.instant import from_datetime
from ingest.store import Store
from tests.support.mortal import HOMES
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration

KILLS = int(os.environ.get("NOWALLS_KILLS", "25"))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=HOMES)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


@pytest.mark.timeout(60 + KILLS)
def test_no_incident_is_lost_no_step_skipped_and_nothing_said_twice(night: Night, dsn: str) -> None:
    for name, station in (("mei", "east"), ("bo", "west"), ("an", "street"), ("chief", "city")):
        night.hires(name, "operator", station)
    clock = ScaledClock(time.time_ns() // 1000, from_datetime(START), 60.0)  # a minute in a second
    command = [sys.executable, "-m", "tests.support.mortal", dsn, str(KILLS), "7", clock.spec]
    subprocess.run(command, cwd=ROOT, check=True, timeout=50 + KILLS)

    findings = night.conn.execute("SELECT id, kind FROM finding").fetchall()
    verdicts: dict[Any, str] = dict(night.conn.execute("SELECT finding_id, verdict FROM triage").fetchall())
    assert len(findings) > KILLS / 3
    assert {key for key, _ in findings} == set(verdicts), "every finding was ruled on"
    incidents = night.incidents()
    opened = Counter(verdicts.values())
    many = [incident for incident in incidents if incident.severity == "many"]  # one a station at most
    assert (len(incidents) - len(many), len(many) <= 2) == (opened["opened"], True)
    assert sum(incident.reason_params["count"] for incident in many) == opened["grouped"]

    asked = night.conn.execute("SELECT incident_id, n, count(*) FROM notification GROUP BY incident_id, n")
    told = {(incident, n): count for incident, n, count in asked}
    sizes: dict[tuple[str, bool, int], set[int]] = {}
    for incident in incidents:
        events = events_of(night, incident)
        assert fold(before_all(incident, events[0].at), events) == incident, (
            "the row is the fold of its events"
        )
        steps = [event.data["step"] for event in events if event.kind == "escalated"]
        assert steps == list(range(1, len(steps) + 1)), "no step is skipped or taken twice"
        for n, event in enumerate(events, 1):
            if event.kind in ("opened", "escalated"):
                key = (incident.priority, event.kind == "opened", event.data.get("level", 0))
                sizes.setdefault(key, set()).add(told.get((incident.id, n), 0))
    # The same step of any two incidents is for the same number of people, and for some.
    assert all(len(counts) == 1 and 0 not in counts for counts in sizes.values()), sizes


def events_of(night: Night, incident: Incident) -> list[Event]:
    rows = night.conn.execute(
        "SELECT n, kind, at, actor_id, data FROM incident_event WHERE incident_id = %s ORDER BY n",
        (incident.id,),
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1, incident.version + 1))
    return [Event(kind, from_datetime(at), actor, data) for _, kind, at, actor, data in rows]


def before_all(incident: Incident, since: int) -> Incident:
    """The incident before its first event."""
    return replace(
        incident, version=0, state=State.DETECTED, state_since=since, opened_at=None, next_step_at=None,
        level=0, step=0, closed_at=None, outcome=None, cleared=False, acknowledged_by=None,
        reason_params={"count": 1} if incident.severity == "many" else incident.reason_params,
    )  # fmt: skip
