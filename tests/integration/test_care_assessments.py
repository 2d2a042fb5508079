"""Assessments are written once; two confirmed falls in a month propose a new one, with the evidence."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from care.assessment.grading import Health
from care.assessment.scale import current
from care.store import assessments
from care.store.errors import Unknown
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEST = {key: item.most for key, item in current().items().items()}


@pytest.fixture
def conn(dsn):
    settle(dsn, NOON)
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def grade_of(conn, resident: int) -> int | None:
    return conn.execute("SELECT ability_grade FROM resident WHERE id = %s", (resident,)).fetchone()[0]


def incident(
    conn, resident: int, at: datetime, outcome: str | None, kind: str = "fall", drill: bool = False
) -> None:
    conn.execute(
        "INSERT INTO incident (id, version, kind, severity, priority, state, drill, station_id, resident_id,"
        " finding_id, onset, detected_at, state_since, outcome, reason_key, reason_params)"
        " SELECT %s, 1, %s, '', 'high', 'resolved', %s, station_id, id, %s, %s, %s, %s, %s, '', '{}'"
        " FROM resident WHERE id = %s",
        (uuid4(), kind, drill, uuid4(), at, at, at, outcome, resident),
    )


def test_the_latest_assessment_is_in_force_also_when_an_older_one_is_written_late(conn) -> None:
    worse = {
        **BEST,
        "eating": 0,
        "walking": 0,
        "memory": 0,
        "stairs": 0,
        "bathing": 0,
        "transport": 0,
        "hearing": 0,
    }
    _, first = assessments.record(conn, 1, worse, Health(), NOON, NOON, assessors="two of us")
    assert grade_of(conn, 1) == first.grade == 1
    assessments.record(conn, 1, BEST, Health(), NOON - timedelta(days=400), NOON)
    assert grade_of(conn, 1) == 1
    assessments.record(conn, 1, BEST, Health(dementia=True), NOON + timedelta(days=1), NOON)
    assert [(a["grade"], a["changes"]) for a in assessments.of_resident(conn, 1)] == [
        (1, ["dementia"]),
        (1, []),
        (0, []),
    ]
    assert grade_of(conn, 2) is None


def test_an_assessment_cannot_be_changed(conn) -> None:
    assessments.record(conn, 1, BEST, Health(), NOON, NOON)
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        conn.execute("UPDATE assessment SET grade = 4")


def test_nobody_who_is_not_there_is_assessed(conn) -> None:
    with pytest.raises(Unknown):
        assessments.record(conn, 999, BEST, Health(), NOON, NOON)


def test_two_confirmed_falls_in_a_month_propose_a_new_assessment(conn) -> None:
    for days, outcome in ((3, "help_given"), (20, "hospital"), (40, "ambulance")):
        incident(conn, 1, NOON - timedelta(days=days), outcome)
    # Resident 2 fell once; the rest were no falls, or not in earnest.
    incident(conn, 2, NOON - timedelta(days=1), "help_given")
    incident(conn, 2, NOON - timedelta(days=2), "false_alarm")
    incident(conn, 2, NOON - timedelta(days=3), "help_given", drill=True)
    incident(conn, 2, NOON - timedelta(days=4), "help_given", kind="sos")
    proposed = assessments.due(conn, [""], NOON)
    assert set(proposed) == {1}
    assert len(proposed[1]) == 2
    west = conn.execute("SELECT path::text FROM station WHERE code = 'west'").fetchone()[0]
    assert assessments.due(conn, [west], NOON) == {}

    assessments.record(conn, 1, BEST, Health(risk_events=proposed[1]), NOON, NOON)
    assert grade_of(conn, 1) == 1
    assert assessments.due(conn, [""], NOON) == {}
