"""The menu and its orders in the database; a confirmed order and its booking stand or fall together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from care.ledger.entry import service_done
from care.orders.lifecycle import Event, Order, Refusal, State, apply, books, decide
from care.store import ledger
from care.store.errors import CareError, Unknown
from core import queries
from core.instant import from_datetime, to_datetime

Q = queries.load(Path(__file__).with_suffix(".sql"))

_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A line of the menu; `subsidy_fen` by grade 0 to 4."""

    station: int
    provider: int
    kind: str
    name: str
    price_fen: int
    subsidy_fen: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    name_en: str = ""


def add_provider(conn: _Connection, station: int, name: str, phone: str = "") -> int:
    """A provider of this station, known by name; returns the key."""
    return _key(conn, "add_provider", {"station": station, "name": name, "phone": phone})


def add_service(conn: _Connection, service: Service, now: datetime) -> int:
    """Put a service on the menu from `now` on; returns its key. Raises CareError on prices that cannot be."""
    values = {name: getattr(service, name) for name in Service.__slots__}
    try:
        with conn.transaction():
            return _key(conn, "add_service", {**values, "subsidy_fen": list(service.subsidy_fen), "now": now})
    except psycopg.errors.CheckViolation as error:
        raise CareError("a subsidy is at most the price, and neither is below zero") from error


def end_service(conn: _Connection, service: int, now: datetime) -> bool:
    """Take a service off the menu; False when it was not on it."""
    return conn.execute(Q["end_service"], {"service": service, "now": now}).rowcount > 0


def menu(conn: _Connection, resident: int, now: datetime) -> list[dict[str, Any]]:
    """What a resident may order: id, kind, name, name_en, provider, price_fen, subsidy_fen."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(Q["menu"], {"resident": resident, "now": now}).fetchall()


def request(
    conn: _Connection,
    resident: int,
    service: int,
    via: str,
    wanted_at: datetime,
    now: datetime,
    account: int | None = None,
) -> int:
    """Order a service; returns the order's key. Raises Unknown when it is not on the resident's menu."""
    values = {"resident": resident, "service": service, "via": via, "wanted_at": wanted_at, "now": now}
    with conn.transaction():
        row = conn.execute(Q["request"], values).fetchone()
        if row is None:
            raise Unknown("this service is not on this resident's menu")
        _write(conn, row[0], 1, Event("requested", from_datetime(now), account, {"via": via}))
    return int(row[0])


def act(
    conn: _Connection,
    order: int,
    action: str,
    now: datetime,
    account: int | None = None,
    note: str = "",
    rating: int | None = None,
) -> Order | Refusal:
    """Carry out `action` on an order; returns it afterwards, or why not. Raises Unknown."""
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(Q["held"], {"order": order}).fetchone()
        if row is None:
            raise Unknown(f"there is no order {order}")
        before = _order(row)
        event = decide(before, action, from_datetime(now), account, note, rating)
        if isinstance(event, Refusal):
            return event
        after = apply(before, event)
        _write(conn, order, after.version, event)
        conn.execute(Q["update"], _columns(order, after))
        _book(conn, order, row, books(before, after), now, account)
        return after


def cancel_ahead(conn: _Connection, resident: int, now: datetime, account: int | None, note: str) -> int:
    """Cancel what a resident who goes has ordered for later; returns how many.

    What was wanted before `now` stays: whoever brought it still has to say so.
    """
    ahead = conn.execute(Q["ahead"], {"resident": resident, "now": now}).fetchall()
    return sum(isinstance(act(conn, order, "cancel", now, account, note), Order) for (order,) in ahead)


def events(conn: _Connection, order: int) -> list[Event]:
    """Every step of an order, the first first."""
    return [Event(*row) for row in conn.execute(Q["events"], {"order": order})]


def settlement(
    conn: _Connection, paths: Sequence[str], start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """What each provider is owed for a period, from the ledger.

    Keys: id, name, station, done, taken_back, owed_fen, subsidy_fen, residents_fen.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        values = {"paths": list(paths), "start": start, "end": end}
        return cursor.execute(Q["settlement"], values).fetchall()


def _book(
    conn: _Connection, order: int, row: dict[str, Any], step: int, now: datetime, account: int | None
) -> None:
    if step > 0 and row["price_fen"]:
        people = (row["resident_id"], row["provider_id"], row["station_id"])
        ledger.post(conn, service_done(order, *people, row["price_fen"], row["subsidy_fen"]), now, account)
    elif step < 0 and row["price_fen"]:
        ledger.reverse(conn, f"order:{order}", now, account)


def _order(row: dict[str, Any]) -> Order:
    return Order(
        State(row["state"]),
        row["version"],
        row["since"],
        row["rating"],
        row["complaint"],
        row["confirmed_at"],
    )


def _columns(order: int, after: Order) -> dict[str, Any]:
    return {
        "order": order,
        "version": after.version,
        "state": str(after.state),
        "since": to_datetime(after.since),
        "rating": after.rating,
        "complaint": after.complaint,
        "confirmed_at": None if after.confirmed_at is None else to_datetime(after.confirmed_at),
    }


def _write(conn: _Connection, order: int, n: int, event: Event) -> None:
    values = {"at": to_datetime(event.at), "kind": event.kind, "account": event.account}
    conn.execute(Q["add_event"], {**values, "order": order, "n": n, "data": Jsonb(dict(event.data))})


def _key(conn: _Connection, query: str, values: dict[str, Any]) -> int:
    row = conn.execute(Q[query], values).fetchone()
    if row is None:
        raise CareError("a statement that always answers gave no row")
    return int(row[0])
