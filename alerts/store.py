"""Incidents in the database: every change is events first, and the row is their fold."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from alerts.incident import Event, Incident, State, fold
from alerts.policy import Policy, defaults
from core.instant import from_datetime, to_datetime
from core.queries import load

_INSTANTS = ("onset", "detected_at", "state_since", "opened_at", "next_step_at", "closed_at")
_COLUMNS = (
    "id, finding_id, kind, severity, priority, home_id AS home, station_id AS station,"
    " resident_id AS resident, device_id AS device, probability, reason_key, reason_params, state, version,"
    " drill, level, acknowledged_by, outcome, cleared, onset, detected_at, state_since, opened_at,"
    " next_step_at, closed_at"
)
Q: Mapping[str, LiteralString] = {
    name: text.replace("{columns}", _COLUMNS)
    for name, text in load(Path(__file__).parent / "queries.sql").items()
}


class LostRace(Exception):
    """Somebody changed the incident between our look and our write."""


def policies(conn: Connection[Any]) -> dict[str, Policy]:
    """The rows in force, by kind."""
    return {row[0]: Policy(*row) for row in conn.execute(Q["policies"])}


def seed_policies(conn: Connection[Any], now: datetime) -> None:
    """Write the default row of every kind that has none."""
    with conn.cursor() as cursor:
        cursor.executemany(Q["seed_policy"], [(*policy, now) for policy in defaults()])


def incidents(conn: Connection[Any], query: str, params: Mapping[str, Any]) -> list[Incident]:
    """The incidents that the named query finds."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return [_incident(row) for row in cursor.execute(Q[query], params)]


def locked(conn: Connection[Any], incident_id: UUID) -> Incident | None:
    """The incident, held until the transaction ends; None when there is none."""
    found = incidents(conn, "locked", {"id": incident_id})
    return found[0] if found else None


def create(conn: Connection[Any], incident: Incident, events: Sequence[Event], now: datetime) -> Incident:
    """Write a new incident with its first events; returns it folded."""
    folded = fold(incident, events)
    conn.execute(Q["insert_incident"], _row(folded))
    _append(conn, folded, 0, events, now)
    return folded


def append(conn: Connection[Any], incident: Incident, events: Sequence[Event], now: datetime) -> Incident:
    """Write more events; returns the incident folded. Raises LostRace when its version has moved on."""
    if not events:
        return incident
    folded = fold(incident, events)
    done = conn.execute(Q["update_incident"], {**_row(folded), "old_version": incident.version})
    if done.rowcount != 1:
        raise LostRace(str(incident.id))
    _append(conn, folded, incident.version, events, now)
    return folded


def _append(
    conn: Connection[Any], incident: Incident, first: int, events: Iterable[Event], now: datetime
) -> None:
    with conn.cursor() as cursor:
        cursor.executemany(
            Q["insert_event"],
            [
                {
                    "incident": incident.id,
                    "n": n,
                    "at": to_datetime(event.at),
                    "kind": event.kind,
                    "actor": event.actor,
                    "data": Jsonb(dict(event.data)),
                }
                for n, event in enumerate(events, first + 1)
            ],
        )
        cursor.execute(
            Q["publish"],
            {
                "incident": incident.id,
                "version": incident.version,
                "station": incident.station,
                "level": incident.level,
                "now": now,
            },
        )
    conn.execute(Q["ring"])


def _incident(row: dict[str, Any]) -> Incident:
    for name in _INSTANTS:
        if row[name] is not None:
            row[name] = from_datetime(row[name])
    row["state"] = State(row["state"])
    return Incident(**row)


def _row(incident: Incident) -> dict[str, Any]:
    row = {name: getattr(incident, name) for name in Incident.__slots__}
    for name in _INSTANTS:
        if row[name] is not None:
            row[name] = to_datetime(row[name])
    row["state"] = str(incident.state)
    row["reason_params"] = Jsonb(dict(incident.reason_params))
    return row
