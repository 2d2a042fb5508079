"""Whatever happens and in whatever order: the books sum to zero, the settlement is the ledger's, and
volunteers have what stands confirmed, less what they gave away."""

import contextlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from care.ledger.entry import Book
from care.orders.lifecycle import ACTIONS
from care.store import ledger, ordering, orders, visiting, volunteers
from care.store.errors import CareError
from care.store.visiting import Found
from care.visits.rhythm import Result, Way
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
EVERYTHING = {"paths": [""], "residents": []}
HELPER, FRIEND, DESK = 1, 2, 3


@pytest.fixture
def conn(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    settle(dsn, NOON, homes=4)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for key in (HELPER, FRIEND, DESK):
            connection.execute(
                "INSERT INTO account (id, login, name, password_hash, created_at)"
                " VALUES (%(key)s, %(key)s::text, 'x', 'x', %(now)s)",
                {"key": key, "now": NOON},
            )
            connection.execute(
                "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
                " VALUES (%s, 'responder', 2, %s)",
                (key, NOON),
            )
        for key in (HELPER, FRIEND):
            volunteers.add(connection, key, 2, NOON - timedelta(days=90))
        yield connection


class Life:
    """Visits, orders and gifts at random; much of what is tried cannot be, and is refused."""

    def __init__(self, conn: psycopg.Connection[Any], seed: int) -> None:
        self._conn, self._rng = conn, random.Random(seed)
        provider = orders.add_provider(conn, 2, "Canteen")
        line = orders.Service(2, provider, "meal", "午餐", 1500, (0, 100, 200, 300, 400))
        self._service = orders.add_service(conn, line, NOON - timedelta(days=60))
        self._visits: list[int] = []
        self._orders: list[int] = []

    def goes_on(self, steps: int) -> None:
        doings = [self.visit, self.correct, self.confirm, self.order, self.give, *[self.act] * 9]
        for _ in range(steps):
            with contextlib.suppress(CareError, IndexError):
                self._rng.choice(doings)()

    def visit(self) -> None:
        found = Found(
            self._rng.randint(1, 4), NOON - timedelta(hours=self._rng.randint(0, 400)), Way.HOME,
            self._rng.choice([*Result]), minutes=self._rng.randint(0, 60), again=True,
        )  # fmt: skip
        self._visits.append(visiting.record(self._conn, found, NOON, HELPER)[0])

    def correct(self) -> None:
        before = visiting.one(self._conn, EVERYTHING, self._rng.choice(self._visits))
        fields = {"minutes": self._rng.randint(0, 60)}
        self._visits.append(visiting.correct(self._conn, before, fields, "typed", NOON, HELPER))

    def confirm(self) -> None:
        visit = visiting.one(self._conn, EVERYTHING, self._rng.choice(self._visits))
        visiting.confirm(self._conn, visit, NOON, self._rng.choice([DESK, DESK, HELPER]))

    def order(self) -> None:
        who = self._rng.randint(1, 4)
        wanted = NOON + timedelta(hours=self._rng.randint(-400, 400))
        self._orders.append(ordering.request(self._conn, who, self._service, "phone", wanted, NOON, DESK))

    def act(self) -> None:
        often = ["accept", "carry_out", "confirm"] * 4
        action = self._rng.choice([*often, *sorted(ACTIONS)])
        ordering.act(
            self._conn, self._rng.choice(self._orders[-6:]), action, NOON, self._rng.choice([HELPER, DESK]),
            note="why", rating=self._rng.randint(1, 5), minutes=self._rng.randint(0, 90),
        )  # fmt: skip

    def give(self) -> None:
        minutes = self._rng.randint(1, 40)
        volunteers.pass_on(self._conn, uuid4(), HELPER, "volunteer", FRIEND, minutes, [""], NOON)


CREDITED = """
SELECT coalesce(sum(minutes), 0)::int FROM (
    SELECT v.minutes FROM visit_standing v JOIN visit_confirmation c ON c.visit_id = v.id
    UNION ALL
    SELECT o.minutes FROM service_order o
    WHERE o.confirmed_at IS NOT NULL AND o.state <> 'refunded'
      AND %s = (SELECT e.account_id FROM order_event e WHERE e.order_id = o.id AND e.kind = 'carried_out')
) AS given
"""


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_books_balance_whatever_happened(conn: psycopg.Connection[Any], seed: int) -> None:
    Life(conn, seed).goes_on(400)
    assert [ledger.total(conn, unit) for unit in ("fen", "minute")] == [0, 0]
    start, end = NOON - timedelta(days=40), NOON + timedelta(days=1)
    settled = orders.settlement(conn, [""], start, end)
    owed = sum(row["owed_fen"] for row in settled)
    assert owed == sum(row["subsidy_fen"] + row["residents_fen"] for row in settled)
    assert owed == ordering.received(conn, [""], start, end)
    standing = conn.execute(
        "SELECT coalesce(sum(price_fen), 0) FROM service_order"
        " WHERE confirmed_at IS NOT NULL AND state <> 'refunded'"
    ).fetchone()
    assert standing == (owed,)
    gifts = ledger.balance(conn, Book("volunteer", FRIEND, "minute"))
    saved = ledger.balance(conn, Book("volunteer", HELPER, "minute"))
    assert conn.execute(CREDITED, (HELPER,)).fetchone() == (saved + gifts,)
    assert sum(row["done"] for row in settled) > 0
    assert saved + gifts > 0
