"""Receipts: what a person's page or a station's console says of a notification."""

from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection

from core.instant import to_datetime
from core.queries import load

Q = load(Path(__file__).with_name("receipts.sql"))

Word = Literal["delivered", "seen"]


def mark(
    conn: Connection[Any], notification_id: int, word: Word, now: int, account_id: int | None = None
) -> bool:
    """The page of `account_id` got (or its reader saw) a notification, at the instant `now`.

    A notification for an account is marked by that account only, one for a contact by the family of the
    resident; whether somebody may speak for a station is the caller's business. Returns whether there is such
    a notification for them; saying it twice changes nothing.
    """
    params = {"id": notification_id, "word": word, "now": to_datetime(now), "account": account_id}
    with conn.transaction():
        found = conn.execute(Q["mark"], params).fetchone()
        if found and found[0]:
            conn.execute(Q["ring"])
        return found is not None


def shown(conn: Connection[Any], incident_id: UUID, station: str, now: int) -> int:
    """The console or a board of `station` (code) shows the incident: what was sent there has arrived.

    Returns how many notifications it proves.
    """
    params = {"incident": incident_id, "target": station, "now": to_datetime(now)}
    with conn.transaction():
        return conn.execute(Q["shown_at_station"], params).rowcount


def boards_showed(
    conn: Connection[Any], incident_id: UUID, account_id: int, stations: list[int], now: int
) -> int:
    """An open board of `account_id`, on duty at `stations` (keys), was pushed the incident.

    Both the account's notifications and those of the stations have arrived. Returns how many that proves.
    """
    params = {
        "incident": incident_id,
        "account": account_id,
        "stations": stations,
        "now": to_datetime(now),
    }
    with conn.transaction():
        return conn.execute(Q["shown_on_board"], params).rowcount


def of_incident(conn: Connection[Any], incident_id: UUID) -> list[dict[str, Any]]:
    """Every notification of an incident with its proof, in the order in which they were asked for.

    Keys: id, recipient_kind, recipient_id, name, purpose, priority, state, channel, tries, error (of the last
    try that failed, "" when none did), queued_at, sent_at, delivered_at, seen_at (aware datetimes or None).
    """
    return _rows(conn, "of_incident", {"incident": incident_id})


def of_account(conn: Connection[Any], account_id: int, limit: int = 50) -> list[dict[str, Any]]:
    """The latest notifications for an account, newest first. Keys as `of_incident`, and `incident_id`."""
    return _rows(conn, "of_account", {"account": account_id, "limit": limit})


def _rows(conn: Connection[Any], query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = conn.execute(Q[query], params)
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
