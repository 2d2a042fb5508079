"""A station's visits: who is due today, what was found, and the names of those who were missed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from care.store import visits
from care.store.errors import CareError, Unknown
from care.visits.rhythm import DEFAULTS, Result, Way, Why
from core.instant import from_datetime
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
DAY = timedelta(days=1)


@pytest.fixture
def conn(dsn):
    settle(dsn, NOON, homes=4)  # 1 and 3 in east, 2 and 4 in west; in our care for 30 days
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def met(
    conn, resident: int, days_ago: float, result: Result = Result.WELL, way: Way = Way.HOME, **more
) -> int:
    return visits.record(conn, resident, NOON - days_ago * DAY, way, result, NOON, **more)


def station(conn, code: str) -> tuple[int, str]:
    return conn.execute("SELECT id, path::text FROM station WHERE code = %s", (code,)).fetchone()


def called(conn, **more) -> dict[int, tuple[float, Why]]:
    found = visits.calls(conn, [""], NOON, **more)
    return {c.resident: (round((c.due.by - from_datetime(NOON)) / 86.4e9, 2), c.due.why) for c in found}


def categorise(conn, category: str, *residents: int) -> None:
    conn.execute("UPDATE resident SET category = %s WHERE id = ANY (%s)", (category, list(residents)))


def test_the_most_urgent_is_called_first_with_the_reason(conn) -> None:
    categorise(conn, "high_risk", 1)
    categorise(conn, "key", 2, 3)
    met(conn, 1, 3)
    met(conn, 2, 10)
    met(conn, 2, 1, Result.NOT_MET)
    visits.note_change(conn, 3, NOON - DAY, "out of hospital", NOON, None)
    assert called(conn) == {
        3: (0.0, Why.NEVER),
        1: (4.0, Why.RHYTHM),
        2: (20.0, Why.RHYTHM),
        4: (60.0, Why.NEVER),
    }
    assert called(conn, worth={4: from_datetime(NOON)})[4] == (7.0, Why.TREND)
    assert [c.resident for c in visits.calls(conn, [station(conn, "east")[1]], NOON)] == [3, 1]


def test_a_district_may_ask_for_more_than_the_city_and_a_heat_wave_for_more_still(conn) -> None:
    met(conn, 1, 1)
    met(conn, 2, 1)
    rule = DEFAULTS["ordinary"]
    visits.set_rule(conn, None, replace(rule, every_days=60), NOON, None)
    visits.set_rule(conn, station(conn, "street")[0], replace(rule, every_days=50), NOON, None)
    visits.set_rule(conn, station(conn, "east")[0], replace(rule, every_days=40), NOON, None)
    assert (called(conn)[1][0], called(conn)[2][0]) == (39, 49)
    visits.declare_season(conn, station(conn, "street")[0], "heat", NOON - DAY, NOON + DAY, NOON, None)
    assert called(conn)[1] == (29, Why.SEASON)
    assert {c.due.why for c in visits.calls(conn, [""], NOON + 2 * DAY)} == {Why.RHYTHM, Why.NEVER}


def test_coverage_counts_people_met_and_names_the_missing(conn) -> None:
    categorise(conn, "key", 1, 2, 3)
    conn.execute("UPDATE resident SET created_at = %s", (MARCH[0] - DAY,))
    met(conn, 1, 2)
    met(conn, 1, 1)  # met twice is one person covered
    met(conn, 2, 2, Result.NOT_MET)
    met(conn, 3, 2, way=Way.REMOTE)
    east, west = station(conn, "east")[0], station(conn, "west")[0]
    assert visits.coverage(conn, [""], *MARCH) == [
        (east, "key", 2, 1),
        (west, "key", 1, 0),
        (west, "ordinary", 1, 0),
    ]
    assert [m[0] for m in visits.missing(conn, [""], ["key"], *MARCH)] == [3, 2]

    conn.execute("UPDATE resident SET left_on = '2026-03-15' WHERE id = 3")
    conn.execute("UPDATE resident SET created_at = '2026-03-10' WHERE id = 2")
    assert [m[0] for m in visits.missing(conn, [""], ["key"], *MARCH)] == []


def test_a_mistake_is_put_right_by_another_row_and_once_only(conn) -> None:
    categorise(conn, "key", 1)
    conn.execute("UPDATE resident SET created_at = %s", (MARCH[0] - DAY,))
    wrong = met(conn, 1, 2)
    met(conn, 1, 2, Result.NOT_MET, replaces=wrong, note="it was the neighbour")
    assert [m[0] for m in visits.missing(conn, [""], ["key"], *MARCH)] == [1]
    with pytest.raises(CareError):
        met(conn, 1, 2, replaces=wrong)
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        conn.execute("DELETE FROM visit")


def test_what_cannot_be_is_refused(conn) -> None:
    with pytest.raises(CareError):
        met(conn, 1, -1)
    with pytest.raises(Unknown):
        met(conn, 999, 1)
    with pytest.raises(Unknown):
        visits.note_change(conn, 999, NOON, "moved", NOON, None)
    with pytest.raises(CareError):
        visits.declare_season(conn, station(conn, "east")[0], "cold", NOON, NOON, NOON, None)
