"""Incidents in the database: every change is events first, and the row is their fold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from alerts.escalation.notices import Notice, echo
from alerts.escalation.policy import STANDARD, Book, body, parse
from alerts.incident import Event, Incident, State, fold
from alerts.policy import Policy, defaults
from alerts.quiet import Silence
from core.instant import from_datetime, to_datetime
from core.queries import load

_INSTANTS = ("onset", "detected_at", "state_since", "opened_at", "next_step_at", "closed_at")
_COLUMNS = (
    "id, finding_id, kind, severity, priority, home_id AS home, station_id AS station,"
    " resident_id AS resident, device_id AS device, probability, reason_key, reason_params, state, version,"
    " drill, level, step, acknowledged_by, outcome, cleared, onset, detected_at, state_since, opened_at,"
    " next_step_at, closed_at, reported_by, drill_id"
)
Q: Mapping[str, LiteralString] = {
    name: text.replace("{columns}", _COLUMNS)
    for name, text in load(Path(__file__).parent / "queries.sql").items()
}


class LostRace(Exception):
    """Somebody changed the incident between our look and our write."""


@dataclass(frozen=True, slots=True)
class Change:
    """Events that follow `before`, and the incident `after` them; `new`: it is not in the database yet."""

    before: Incident
    events: Sequence[Event]
    new: bool = False
    after: Incident = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "after", fold(self.before, self.events))


def policies(conn: Connection[Any]) -> Book:
    """What is in force."""
    kinds = {row[0]: Policy(*row) for row in conn.execute(Q["policies"])}
    escalations = {row[0]: parse(*row) for row in conn.execute(Q["escalations"])}
    return Book(kinds, escalations)


def seed_policies(conn: Connection[Any], now: datetime) -> None:
    """Write the default row of every kind that has none, and the standard escalation."""
    with conn.cursor() as cursor:
        cursor.executemany(Q["seed_policy"], [(*policy, now) for policy in defaults()])
        cursor.execute(Q["seed_escalation"], (STANDARD.name, Jsonb(body(STANDARD)), now))


def silence(row: tuple[Any, ...]) -> Silence:
    """A row of the query `silences`."""
    return Silence(row[0], frozenset(row[1]), *row[2:])


def incidents(conn: Connection[Any], query: str, params: Mapping[str, Any]) -> list[Incident]:
    """The incidents that the named query finds."""
    return asked(conn, query, params)()


def asked(conn: Connection[Any], query: str, params: Mapping[str, Any]) -> Callable[[], list[Incident]]:
    """Ask for the incidents that the named query finds; calling the result gives them. In a pipeline several
    questions are on their way at once."""
    cursor = conn.cursor(row_factory=dict_row).execute(Q[query], params)
    return lambda: [_incident(row) for row in cursor]


def locked(conn: Connection[Any], incident_id: UUID) -> Incident | None:
    """The incident, held until the transaction ends; None when there is none."""
    found = incidents(conn, "locked", {"id": incident_id})
    return found[0] if found else None


def last_event(conn: Connection[Any], incident_id: UUID) -> Event | None:
    """What was done to it last, notes aside."""
    row = conn.execute(Q["last_event"], {"id": incident_id}).fetchone()
    return Event(row[0], row[1], row[2], row[3]) if row else None


def unseen_since(
    conn: Connection[Any], incident_id: UUID, version: int, *, ends: bool, actor: int | None = None
) -> bool:
    """Whether it called again after its event number `version`; `ends`: for `actor` who is about to close it,
    also whether somebody else has taken it up since."""
    asked = {"id": incident_id, "n": version, "ends": ends, "actor": actor}
    return conn.execute(Q["unseen_since"], asked).fetchone() is not None


def save(conn: Connection[Any], changes: Sequence[Change], notices: Sequence[Notice], now: datetime) -> None:
    """Write the events of `changes`, the incidents they lead to, what consoles should show, and whom somebody
    must tell: all of it or, when an incident has moved on meanwhile (LostRace), nothing.

    Call it inside a transaction.
    """
    done = [(change, change.after) for change in changes if change.events]
    if not done:
        return
    made = [_row(after) for change, after in done if change.new]
    moved = [
        {**_row(after), "old_version": change.before.version} for change, after in done if not change.new
    ]
    with conn.cursor() as cursor:
        if moved:
            cursor.executemany(Q["update_incident"], moved)
            if cursor.rowcount != len(moved):
                raise LostRace
    with conn.pipeline(), conn.cursor() as cursor:
        if made:
            cursor.executemany(Q["insert_incident"], made)
        conn.execute(Q["insert_events"], _events(change for change, _ in done))
        conn.execute(Q["publish"], {**_shown([after for _, after in done]), "now": now})
        _ask(conn, done, now)
        _notify(conn, [change for change, _ in done], notices, now)
        conn.execute(Q["ring"])


def _shown(after: Sequence[Incident]) -> dict[str, list[Any]]:
    return {
        "incidents": [i.id for i in after],
        "versions": [i.version for i in after],
        "stations": [i.station for i in after],
        "levels": [i.level for i in after],
    }


def claim(
    conn: Connection[Any], rulings: Sequence[tuple[UUID, int, str, UUID | None]], now: datetime
) -> None:
    """Write down what became of revisions of findings: (finding, revision, verdict, incident)."""
    if rulings:
        names = ("findings", "revisions", "verdicts", "incidents")
        columns = dict(zip(names, map(list, zip(*rulings, strict=True)), strict=True))
        conn.execute(Q["claim"], {**columns, "now": now})


def _ask(conn: Connection[Any], done: Sequence[tuple[Change, Incident]], now: datetime) -> None:
    """Put the question of the cancel window, or be quiet about it."""
    asked = [
        after
        for change, after in done
        if change.new
        and after.state is State.DETECTED
        and after.resident is not None
        and after.next_step_at is not None
        and not any(event.kind == "held" for event in change.events)
    ]
    if asked:
        ends = [to_datetime(i.next_step_at) for i in asked if i.next_step_at is not None]
        columns = {
            "incidents": [i.id for i in asked],
            "residents": [i.resident for i in asked],
            "expires": ends,
        }
        conn.execute(Q["ask"], {**columns, "now": now})
    left = [
        change.before.id
        for change, after in done
        if not change.new and change.before.state is State.DETECTED and after.state is not State.DETECTED
    ]
    if left:
        conn.execute(Q["hush"], {"incidents": left, "now": now})
    if asked or left:
        conn.execute(Q["ring_ask"])


def _notify(
    conn: Connection[Any], changes: Sequence[Change], notices: Sequence[Notice], now: datetime
) -> None:
    if notices:
        columns = {
            "incidents": [n.incident for n in notices],
            "ns": [n.n for n in notices],
            "kinds": [n.to.kind for n in notices],
            "keys": [n.to.id for n in notices],
            "sees": [n.to.sees for n in notices],
            "purposes": [n.purpose for n in notices],
            "priorities": [n.priority for n in notices],
        }
        conn.execute(Q["insert_notices"], {**columns, "now": now})
    echoes = [
        (change.before.id, n, purpose)
        for change in changes
        if not change.new
        for n, event in enumerate(change.events, change.before.version + 1)
        if (purpose := echo(event))
    ]
    rang_again = [
        (change.before.id, n)
        for change in changes
        for n, event in enumerate(change.events, change.before.version + 1)
        if event.kind == "rang_again"
    ]
    if rang_again:
        in_hand, steps = (list(column) for column in zip(*rang_again, strict=True))
        conn.execute(Q["ring_in_hand"], {"incidents": in_hand, "ns": steps, "now": now})
    if echoes:
        ids, ns, purposes = (list(column) for column in zip(*echoes, strict=True))
        conn.execute(Q["echo"], {"incidents": ids, "ns": ns, "purposes": purposes, "now": now})
    if notices or echoes or rang_again:
        conn.execute(Q["ring_delivery"])


def _events(changes: Iterable[Change]) -> dict[str, list[Any]]:
    rows = [
        (change.before.id, n, to_datetime(event.at), event.kind, event.actor, Jsonb(dict(event.data)))
        for change in changes
        for n, event in enumerate(change.events, change.before.version + 1)
    ]
    names = ("incidents", "ns", "ats", "kinds", "actors", "datas")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


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
