"""Orders and the ledger: whoever acts, in whatever order, the settlement equals the books."""

import random
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from care.ledger.entry import Book, Entry, LedgerError, hours_given
from care.orders.lifecycle import ACTIONS, Order, Refusal, State, fold
from care.store import ledger, orders, record
from care.store.errors import CareError, Unknown
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
MONTH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def conn(dsn):
    settle(dsn, NOON)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE resident SET ability_grade = id - 1")
        yield connection


def station(conn, code: str) -> int:
    return conn.execute("SELECT id FROM station WHERE code = %s", (code,)).fetchone()[0]


def lunch(conn, at: str = "street", price: int = 1500, subsidy=(0, 500, 800, 1000, 1500)) -> int:
    provider = orders.add_provider(conn, station(conn, at), f"Canteen {at}")
    service = orders.Service(station(conn, at), provider, "meal", "午餐", price, subsidy, "Lunch")
    return orders.add_service(conn, service, NOON - timedelta(days=1))


def ordered(conn, resident: int, service: int) -> int:
    return orders.request(conn, resident, service, "phone", NOON, NOON)


def done(conn, order: int, *actions: str) -> Order | Refusal:
    result: Order | Refusal = Refusal.UNKNOWN_ACTION
    for action in actions:
        result = orders.act(conn, order, action, NOON, note="why", rating=4)
    return result


def test_the_price_is_what_the_grade_leaves_and_stays_what_it_was(conn) -> None:
    service = lunch(conn)
    assert [(m["name_en"], m["price_fen"], m["subsidy_fen"]) for m in orders.menu(conn, 2, NOON)] == [
        ("Lunch", 1500, 500)
    ]
    order = ordered(conn, 2, service)
    conn.execute("UPDATE resident SET ability_grade = 4 WHERE id = 2")
    assert done(conn, order, "accept", "carry_out", "confirm").state is State.CONFIRMED
    assert ledger.balance(conn, Book("resident", 2, "fen")) == -1000
    assert ledger.balance(conn, Book("provider", 1, "fen")) == 1500
    assert orders.menu(conn, 2, NOON)[0]["subsidy_fen"] == 1500


def test_a_service_of_another_station_or_off_the_menu_cannot_be_ordered(conn) -> None:
    east = lunch(conn, "east")
    with pytest.raises(Unknown):
        ordered(conn, 2, east)  # lives in west
    assert orders.end_service(conn, east, NOON)
    with pytest.raises(Unknown):
        ordered(conn, 1, east)
    with pytest.raises(CareError):
        lunch(conn, "west", price=100)


def test_who_leaves_is_brought_nothing_more_and_what_was_due_before_stays(conn) -> None:
    service = lunch(conn)
    later = NOON + timedelta(days=1)
    today, tomorrow, others = (
        orders.request(conn, resident, service, "phone", wanted, NOON)
        for resident, wanted in ((2, NOON), (2, later), (1, later))
    )
    done(conn, tomorrow, "accept")
    record.leave(conn, 2, NOON.date(), "moved away", NOON, None)
    assert orders.events(conn, tomorrow)[-1].kind == "cancelled"
    assert orders.events(conn, tomorrow)[-1].data == {"note": "moved away"}
    assert [orders.events(conn, one)[-1].kind for one in (today, others)] == ["requested", "requested"]


def test_the_settlement_equals_the_ledger_whatever_happened(conn) -> None:
    menu = [lunch(conn), lunch(conn, "east", 2050, (0, 0, 7, 9, 2050))]
    rng = random.Random(4)
    made = [ordered(conn, 1, rng.choice(menu)) for _ in range(40)]
    for _ in range(600):
        orders.act(conn, rng.choice(made), rng.choice(sorted(ACTIONS)), NOON, note="why", rating=3)
    for order in made:
        row = conn.execute("SELECT state, version FROM service_order WHERE id = %s", (order,)).fetchone()
        folded = fold(orders.events(conn, order))
        assert (folded.state, folded.version) == row
    settled = orders.settlement(conn, [""], *MONTH)
    assert len(settled) == 2
    for row in settled:
        assert row["owed_fen"] == ledger.balance(conn, Book("provider", row["id"], "fen"))
        assert row["owed_fen"] == row["subsidy_fen"] + row["residents_fen"]
    kept = "state NOT IN ('refunded') AND confirmed_at IS NOT NULL"
    asked = (
        f"SELECT coalesce(sum(price_fen), 0), coalesce(sum(subsidy_fen), 0) FROM service_order WHERE {kept}"
    )
    assert conn.execute(asked).fetchone() == (
        sum(row["owed_fen"] for row in settled),
        sum(row["subsidy_fen"] for row in settled),
    )
    assert sum(row["taken_back"] for row in settled) > 0
    assert ledger.total(conn, "fen") == 0


def test_two_who_confirm_at_once_book_once(conn, dsn) -> None:
    order = ordered(conn, 2, lunch(conn))
    done(conn, order, "accept", "carry_out")
    results, both = [], threading.Barrier(2)

    def confirm() -> None:
        with psycopg.connect(dsn, autocommit=True) as own:
            both.wait()
            results.append(orders.act(own, order, "confirm", NOON))

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["Order", "Refusal"]
    assert ledger.balance(conn, Book("provider", 1, "fen")) == 1500


def test_time_is_saved_by_visits_and_passed_on_once(conn, dsn) -> None:
    visit = hours_given(7, volunteer=1, station=station(conn, "east"), minutes=90)
    assert ledger.post(conn, visit, NOON)
    assert not ledger.post(conn, visit, NOON)
    to = Book("resident", 2, "minute")
    assert ledger.pass_on(conn, "a", 1, to, 60, NOON, None)
    assert not ledger.pass_on(conn, "a", 1, to, 60, NOON, None)  # asked twice, moved once
    with pytest.raises(LedgerError):
        ledger.pass_on(conn, "b", 1, to, 31, NOON, None)
    assert [line[3:] for line in ledger.statement(conn, Book("volunteer", 1, "minute"))] == [
        (90, 90),
        (-60, 30),
    ]
    assert ledger.reverse(conn, "visit:7", NOON)
    assert not ledger.reverse(conn, "visit:7", NOON)
    assert ledger.balance(conn, Book("volunteer", 1, "minute")) == -60  # passed on before it was taken back
    assert ledger.total(conn, "minute") == 0


def test_the_database_itself_refuses_books_that_do_not_balance_or_change(conn) -> None:
    entry = Entry("gift", "gift", {Book("resident", 1, "fen"): 5, Book("subsidy", 1, "fen"): -5})
    ledger.post(conn, entry, NOON)
    conn.execute("INSERT INTO ledger_book (owner_kind, owner_id, unit) VALUES ('provider', 9, 'fen')")
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        conn.execute("UPDATE ledger_line SET amount = 6 WHERE amount = 5")
    with pytest.raises(psycopg.errors.RaiseException, match="does not sum to zero"):
        conn.execute("INSERT INTO ledger_line SELECT max(id), 3, 5 FROM ledger_entry")
    assert ledger.total(conn, "fen") == 0
