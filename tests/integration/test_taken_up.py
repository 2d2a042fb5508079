"""What has stood open for more than forty days is still known after a restart.

A battery that reads 14 % stays so for months, a house is offline all summer. Were that forgotten at a
restart, the same battery would be a new incident, and the old one would never end.
"""

from datetime import UTC, datetime

import psycopg
import pytest

from analytics.supervision import SupervisionDetector
from core.clock import ManualClock
from core.instant import from_datetime
from ingest.store import Q
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle

pytestmark = pytest.mark.integration
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def worker(dsn):
    writers = []

    def start(clock):
        writers.append(Writer(lambda: psycopg.connect(dsn)))
        return Worker(Feed(), writers[-1], [SupervisionDetector()], clock)

    yield start
    for writer in writers:
        writer.close()


def test_a_battery_that_was_weak_fifty_days_ago_is_the_same_weak_battery(dsn, worker):
    settle(dsn, START)
    clock = ManualClock(from_datetime(START))
    one = worker(clock)
    assert one.handle([said("h1/w1/status", clock.now(), 1, battery=0.14)])
    clock.advance(days=50)
    again = worker(clock)
    assert again.handle([said("h1/w1/status", clock.now(), 2, battery=0.13)])
    clock.advance(days=1)
    assert again.handle([said("h1/w1/status", clock.now(), 3, battery=0.95)])
    with psycopg.connect(dsn) as conn:
        query = "SELECT id, revision, cleared FROM finding WHERE kind = 'low_battery' ORDER BY serial"
        rows = conn.execute(query).fetchall()
    assert len({row[0] for row in rows}) == 1, "one battery, one finding"
    assert [row[1:] for row in rows] == [(0, False), (1, True)]


def test_taking_up_does_not_read_the_findings_of_all_years(dsn):
    """A town's five years: the statement of every start must find the last weeks by an index."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO finding (id, revision, kind, severity, onset, detected_at, written_at, reason_key,"
            " reason_params, evidence, cleared)"
            " SELECT gen_random_uuid(), 0, 'sos', '', t, t, t, 'sos.raised', '{}', '{}', false"
            " FROM generate_series('2021-01-01'::timestamptz, '2026-03-01', '20 minutes') t"
        )
        conn.execute("ANALYZE finding")
        since, long = (datetime(year, 1, 20, tzinfo=UTC) for year in (2026, 2025))
        asked = {"since": since, "homes": None, "long": long}
        plan = "\n".join(row[0] for row in conn.execute("EXPLAIN " + Q["open_findings"], asked))
        assert "Seq Scan on finding" not in plan, plan
