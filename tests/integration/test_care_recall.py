"""The demo's stations have a past: told once, graded as promised, some people due, books that sum to zero."""

import json
from typing import Any

import psycopg
import pytest

from care import admission, recall
from care.community import parse
from care.past import parse as parse_past
from care.store import ledger, statistics, visits
from core.instant import DAY, HOUR, from_datetime, to_datetime
from simulators import station_life, village
from tests.support.api import START

pytestmark = pytest.mark.integration

NOW = from_datetime(START)


def test_the_demo_has_months_of_work_behind_it(dsn: str) -> None:
    houses = village.households()
    homes = [{**house.document, "devices": []} for house in houses]  # of their secrets other tests tell
    community = json.dumps(village.document([], {}) | {"homes": homes}).encode()
    life = station_life.document(houses, village.SEED, NOW)
    assert life == station_life.document(houses, village.SEED, NOW)
    with psycopg.connect(dsn, autocommit=True) as conn:
        admission.admit(conn, parse(community), START, to_datetime(NOW - 22 * DAY))
        grades: dict[int, int] = dict(conn.execute("SELECT id, ability_grade FROM resident").fetchall())
        done = recall.recall(conn, parse_past(json.dumps(life).encode()), START)
        assert done is not None
        assert done.visits > 150
        assert done.orders > 40
        assert done.hazards == 5
        _holds_together(conn, grades)
        assert recall.recall(conn, parse_past(json.dumps(life).encode()), START) is None
        again = admission.admit(conn, parse(community), START)
        assert again.residents == 0
        asleep = conn.execute("SELECT count(*) FROM contact WHERE quiet_from IS NOT NULL").fetchone()
        assert asleep is not None
        assert 20 <= asleep[0] <= 40


def _holds_together(conn: psycopg.Connection[Any], grades: dict[int, int]) -> None:
    # The detectors' profiles are those the community was loaded with.
    assert dict(conn.execute("SELECT id, ability_grade FROM resident").fetchall()) == grades
    calls = visits.calls(conn, [""], START)
    late = [call for call in calls if call.due.by < NOW]
    assert 3 <= len(late) <= 20
    assert any(call.due.why == "change" and call.due.by > NOW - 24 * HOUR for call in calls)
    month = START.date().replace(month=2, day=1)
    for category, (people, met) in statistics.coverage(conn, [""], month).categories.items():
        assert 0 < met <= people, category
    covered = statistics.coverage(conn, [""], month).categories.values()
    assert sum(met for _, met in covered) < sum(people for people, _ in covered) == 60
    assert (ledger.total(conn, "fen"), ledger.total(conn, "minute")) == (0, 0)
    states = {row[0] for row in conn.execute("SELECT state FROM service_order")}
    assert states >= {"requested", "accepted", "confirmed", "carried_out", "refused"}
    assert conn.execute("SELECT count(*) FROM volunteer").fetchone() == (6,)
    # Nobody can come in as one of the helpers.
    assert conn.execute("SELECT count(*) FROM account WHERE disabled_at IS NULL").fetchone() == (0,)
