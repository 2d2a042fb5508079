"""Forgetting a person: asked for, agreed to, carried out; what is counted stays as it was."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from care.store.errors import CareError, Conflict, Unknown
from care.store.rows import Connection, Row, key, row, rows
from core import queries, sealed

Q = queries.load(Path(__file__).with_suffix(".sql"))

GROUNDS = ("purpose_over", "consent_withdrawn", "asked", "unlawful")  # PIPL art. 47
_REFUSED = "NW001"  # what carry_out_erasure says


def request(
    conn: Connection, resident: int, ground: str, wait: timedelta, now: datetime, account: int
) -> int:
    """An order, due after `wait`. Raises Conflict while they are in our care, or when one stands already."""
    values = {"resident": resident, "ground": ground, "now": now, "due": now + wait, "account": account}
    try:
        with conn.transaction():
            made = key(conn, Q["request"], values)
    except psycopg.errors.UniqueViolation as error:
        raise Conflict("this was asked for before") from error
    if made is None:
        raise Conflict("the person is in our care: they leave first")
    return made


def of_resident(conn: Connection, resident: int) -> Row:
    """The order that stands, with the names of who asked, agreed and did it; raises Unknown."""
    found = row(conn, Q["of_resident"], {"resident": resident})
    if found is None:
        raise Unknown(f"no erasure of {resident} was asked for")
    return found


def agree(conn: Connection, resident: int, now: datetime, account: int) -> None:
    """By another than who asked; raises Conflict."""
    values = {"resident": resident, "now": now, "account": account}
    if conn.execute(Q["agree"], values).rowcount != 1:
        raise Conflict("somebody else than who asked agrees, once, before it is done")


def drop(conn: Connection, resident: int, now: datetime, account: int) -> None:
    """It is not to be; raises Conflict when it is done."""
    values = {"resident": resident, "now": now, "account": account}
    if conn.execute(Q["drop"], values).rowcount != 1:
        raise Conflict("there is nothing that could be dropped")


def carry_out(conn: Connection, resident: int, now: datetime, account: int) -> Row:
    """Forget the person, in one transaction; returns the order with its certificate.

    Raises Unknown without an order, Conflict when it is neither due nor agreed to. `destroy_keys` comes after
    this is committed: a key that went first could not be brought back with the rest.
    """
    order = of_resident(conn, resident)
    try:
        with conn.transaction():
            conn.execute(Q["carry_out"], {"erasure": order["id"], "now": now, "account": account})
    except psycopg.Error as error:
        if error.sqlstate != _REFUSED:
            raise
        raise Conflict(error.diag.message_primary or "") from error
    return of_resident(conn, resident)


def destroy_keys(conn: Connection, now: datetime, *, again: bool = False) -> int:
    """Destroy the keys of whoever was forgotten; returns of how many. `again`: of all, also of long ago.

    Keys come back with a book that is put back from a backup: hence `again`, after that.
    """
    with conn.transaction():
        found = rows(conn, Q["keys_left"], {"again": again})
        places = [place for one in found for place in one["seal_keys"]]
        if places:
            sealed.belongs(conn)
            sealed.book().destroy(places)
        conn.execute(Q["keys_destroyed"], {"erasures": [one["id"] for one in found], "now": now})
    return len(found)


def certificate(order: Row) -> dict[str, Any]:
    """What was removed and what is kept and why, as it is handed out; raises CareError before it is done."""
    if order["done_at"] is None or order["keys_destroyed_at"] is None:
        raise CareError("it was not carried out yet")
    at = {name: order[name].isoformat() for name in ("requested_at", "done_at")}
    return {
        "erasure": order["id"],
        "resident": f"erased-{order['resident_id']}",
        "ground": order["ground"],
        **at,
        "keys": {"destroyed": order["seal_keys"], "at": order["keys_destroyed_at"].isoformat()},
        "requested_by": order["requested_name"],
        "agreed_by": order["agreed_name"],
        "done_by": order["done_name"],
        "tables": order["certificate"],
    }


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of a certificate, as the audit's chain holds it."""
    plain = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
