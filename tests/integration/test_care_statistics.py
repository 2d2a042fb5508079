"""The figures on the page are those of the rows, whatever happened and in whatever order."""

import contextlib
import random
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from care.ledger.entry import hours_given
from care.orders.lifecycle import ACTIONS
from care.store import ledger, orders, statistics, visits
from care.store.errors import CareError
from care.visits.rhythm import Result, Way
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 4, 1))


@pytest.fixture
def conn(dsn):
    settle(dsn, NOON, homes=6)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE resident SET created_at = %s", (NOON - timedelta(days=100),))
        yield connection


def paths(conn, code: str) -> list[str]:
    return [conn.execute("SELECT path::text FROM station WHERE code = %s", (code,)).fetchone()[0]]


def key(conn, code: str) -> int:
    return conn.execute("SELECT id FROM station WHERE code = %s", (code,)).fetchone()[0]


def met(conn, resident: int, at: datetime, **more) -> int:
    return visits.record(conn, resident, at, Way.HOME, Result.WELL, NOON, **more)


class Life:
    """Things that happen at random, some of which cannot be and are refused."""

    def __init__(self, conn, seed: int) -> None:
        self._conn, self._rng = conn, random.Random(seed)
        self._stations = {code: key(conn, code) for code in ("east", "west")}
        self._orders: list[int] = []
        self._visits: list[int] = []

    def goes_on(self, steps: int) -> None:
        for _ in range(steps):
            what = self._rng.choice(
                [self.visit, self.correct, self.order, self.act, self.give, self.change, self.move]
            )
            with contextlib.suppress(CareError, IndexError):  # nothing to put right or to act on as yet
                what(self._rng.randint(1, 6), NOON - timedelta(hours=self._rng.randint(0, 900)))

    def visit(self, resident: int, when: datetime, **more) -> None:
        how = (self._rng.choice([*Way]), self._rng.choice([*Result]))
        minutes = self._rng.randint(0, 60)
        self._visits.append(visits.record(self._conn, resident, when, *how, NOON, minutes=minutes, **more))

    def correct(self, resident: int, when: datetime) -> None:
        self.visit(resident, when, replaces=self._rng.choice(self._visits))

    def order(self, resident: int, when: datetime) -> None:
        self._orders.append(orders.request(self._conn, resident, 1, "phone", when, NOON))

    def act(self, resident: int, when: datetime) -> None:
        order, action = self._rng.choice(self._orders), self._rng.choice(sorted(ACTIONS))
        orders.act(self._conn, order, action, when, note="why", rating=self._rng.randint(1, 5))

    def give(self, resident: int, when: datetime) -> None:
        minutes = self._rng.randint(1, 90)
        given = hours_given(self._rng.randrange(10**6), resident, self._stations["east"], minutes)
        ledger.post(self._conn, given, when)

    def change(self, resident: int, when: datetime) -> None:
        category, grade = self._rng.choice(["ordinary", "key", "high_risk"]), self._rng.choice([None, 0, 3])
        changed = "UPDATE resident SET category = %s, ability_grade = %s, living = %s WHERE id = %s"
        self._conn.execute(changed, (category, grade, self._rng.choice(["", "alone"]), resident))

    def move(self, resident: int, when: datetime) -> None:
        gone = self._rng.choice([None, date(2026, 3, 10), date(2026, 2, 10)])
        where = self._rng.choice(list(self._stations.values()))
        moved = "UPDATE resident SET left_on = %s, station_id = %s WHERE id = %s"
        self._conn.execute(moved, (gone, where, resident))


def covered(conn, code: str, start: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """A month's coverage from the rows, by the statement of the visits."""
    found: dict[str, tuple[int, int]] = {}
    for _, category, people, seen in visits.coverage(conn, paths(conn, code), start, end):
        before = found.get(category, (0, 0))
        found[category] = (before[0] + people, before[1] + seen)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_counters_say_what_the_rows_say(conn, seed: int) -> None:
    street = key(conn, "street")
    provider = orders.add_provider(conn, street, "Canteen")
    lunch = orders.Service(street, provider, "meal", "午餐", 1500, (0, 1, 2, 3, 4))
    orders.add_service(conn, lunch, NOON - timedelta(days=60))
    Life(conn, seed).goes_on(250)
    for code in ("city", "street", "east", "west"):
        for period in (MARCH, (date(2026, 2, 1), date(2026, 3, 1)), (date(2026, 3, 7), date(2026, 3, 8))):
            quick = statistics.figures(conn, paths(conn, code), *period)
            assert quick == statistics.figures(conn, paths(conn, code), *period, from_rows=True)
        for month in (2, 3):
            # The month begins in Shanghai.
            ends = [datetime(2026, n, 1, tzinfo=UTC) - timedelta(hours=8) for n in (month, month + 1)]
            found = statistics.coverage(conn, paths(conn, code), date(2026, month, 1))
            assert (found.categories, found.stale) == (covered(conn, code, *ends), 0)


def test_a_visit_counts_on_the_day_of_its_station(conn) -> None:
    met(conn, 1, datetime(2026, 2, 28, 17, tzinfo=UTC), minutes=30)  # the first of March in Shanghai
    figures = statistics.figures(conn, [""], *MARCH)
    assert figures.flows == {"visit/home/well": (1, 30)}
    assert statistics.coverage(conn, [""], MARCH[0]).categories == {"ordinary": (6, 1)}
    assert statistics.coverage(conn, [""], date(2026, 2, 14)).categories == {"ordinary": (6, 0)}


def test_the_least_covered_station_comes_first(conn) -> None:
    for resident in (1, 3):
        met(conn, resident, NOON)
    met(conn, 2, NOON)
    statistics.coverage(conn, [""], MARCH[0])
    rows = statistics.coverage_by_station(conn, [""], MARCH[0], "ordinary")
    assert [(row[1], row[3:]) for row in rows] == [("西社区", (3, 1)), ("东社区", (3, 2))]


def test_a_page_that_asks_says_how_much_is_still_being_counted(conn, monkeypatch) -> None:
    monkeypatch.setattr(statistics, "_AT_ONCE", 1)
    assert statistics.coverage(conn, [""], MARCH[0]).stale == 1
    assert statistics.refresh(conn) == 1
    assert statistics.coverage(conn, [""], MARCH[0]).stale == 0
