"""Orders as people handle them: lists, wishes that come twice, the button's wishes, hours given with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from care.ledger.entry import Book, Entry
from care.orders.lifecycle import Order, Refusal, State
from care.store import ledger, orders
from care.store.errors import LostRace, Unknown
from care.store.rows import Connection, Row, key, row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

BUTTON = ("", "meal", "cleaning", "bathing", "medical", "escort", "urgent")  # by what the button sends
_FRESH = timedelta(hours=12)  # an older press comes out of a memory: nobody waits for it any more
_SOON = timedelta(hours=1)


def page(
    conn: Connection, scope: Row, limit: int, *, order: int | None = None, resident: int | None = None,
    station: int | None = None, state: str | None = None, before: int | None = None,
) -> list[Row]:  # fmt: skip
    """Orders of the scope, the latest first."""
    values = {"order": order, "resident": resident, "station": station, "state": state, "before": before}
    return rows(conn, Q["page"], {**scope, **values, "limit": limit})


def one(conn: Connection, scope: Row, order: int) -> Row:
    """An order of the scope with its `events`; raises Unknown."""
    found = page(conn, scope, 1, order=order)
    if not found:
        raise Unknown(f"there is no order {order}")
    return found[0] | {"events": rows(conn, Q["events"], {"order": order})}


def request(
    conn: Connection, resident: int, service: int, via: str, wanted_at: datetime, now: datetime,
    account: int | None, note: str = "", request: UUID | None = None,
) -> int:  # fmt: skip
    """Order a service; the same `request` again is the same order. Raises Unknown off the menu."""
    with conn.transaction():
        if request is not None:
            conn.execute(Q["lock"], {"resident": resident})
            before = key(conn, Q["by_request"], {"request": request})
            if before is not None:
                return before
        order = orders.request(conn, resident, service, via, wanted_at, now, account)
        conn.execute(Q["describe"], {"order": order, "note": note, "request": request})
    return order


def act(
    conn: Connection, order: int, action: str, now: datetime, account: int, *, seen: int | None = None,
    note: str = "", rating: int | None = None, minutes: int = 0,
) -> Order | Refusal:  # fmt: skip
    """Carry out `action`; a volunteer's minutes are credited on confirmation, and taken back with a refund.

    Raises Unknown, and LostRace when the order moved on since version `seen`.
    """
    with conn.transaction():
        version = key(conn, Q["version"], {"order": order})
        if seen is not None and version is not None and version != seen:
            raise LostRace("somebody was quicker")
        after = orders.act(conn, order, action, now, account, note, rating)
        if isinstance(after, Refusal):
            return after
        if after.state is State.CARRIED_OUT and minutes:
            conn.execute(Q["timed"], {"order": order, "minutes": minutes})
        if after.state is State.CONFIRMED:
            _credit(conn, order, now, account)
        if after.state is State.REFUNDED and conn.execute(Q["hours_stand"], {"order": order}).fetchone():
            ledger.reverse(conn, f"hours:order:{order}", now, account)
        return after


def services(conn: Connection, station: int, now: datetime) -> list[Row]:
    """A station's own menu."""
    return rows(conn, Q["services"], {"station": station, "now": now})


def service(conn: Connection, paths: Sequence[str], service_key: int) -> None:
    """Raises Unknown unless the line is on the menu of a station below `paths`."""
    if row(conn, Q["service"], {"service": service_key, "paths": list(paths)}) is None:
        raise Unknown("there is no such service")


def providers(conn: Connection, station: int) -> list[Row]:
    """Who serves a station: its own providers and those of the stations above."""
    return rows(conn, Q["providers"], {"station": station})


def received(conn: Connection, paths: Sequence[str], start: datetime, end: datetime) -> int:
    """Fen that the books of providers received in a period: what the settlement adds up to."""
    return key(conn, Q["received"], {"paths": list(paths), "start": start, "end": end}) or 0


def hear_buttons(conn: Connection, now: datetime) -> int:
    """Presses of service buttons become orders; returns how many.

    The button says only the kind: the first such line of the resident's menu is ordered, and a desk calls
    back. A second press while one waits orders nothing, nor does one of a home where several people live and
    nobody wears the button.
    """
    made = 0
    for press in rows(conn, Q["pressed"], {"now": now, "since": now - _FRESH}):
        which = {"device": press["device_id"], "at": press["time"]}
        with conn.transaction():
            if conn.execute(Q["press"], which).rowcount == 0:
                continue  # another process looked at it
            order = _wish(conn, press, now)
            conn.execute(Q["answered"], {**which, "order": order})
            made += order is not None
    return made


def _wish(conn: Connection, press: Row, now: datetime) -> int | None:
    resident, wish = press["resident_id"], press["wish"]
    if resident is None or not 1 <= wish < len(BUTTON):
        return None
    waits = {"resident": resident, "kind": BUTTON[wish]}
    if conn.execute(Q["open_wish"], waits).fetchone():
        return None
    fitting = [line for line in orders.menu(conn, resident, now) if line["kind"] == BUTTON[wish]]
    if not fitting:
        return None
    return orders.request(conn, resident, fitting[0]["id"], "button", now + _SOON, now)


def _credit(conn: Connection, order: int, now: datetime, account: int) -> None:
    giver = row(conn, Q["giver"], {"order": order})
    if giver is None:
        return
    lines = {
        Book("volunteer", giver["account_id"], "minute"): giver["minutes"],
        Book("community", giver["station_id"], "minute"): -giver["minutes"],
    }
    ledger.post(conn, Entry(f"hours:order:{order}", "order", lines, giver["station_id"]), now, account)
