"""The engine's small cycles. Each is one transaction over due rows; several engines may run at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import lifecycle, store
from alerts.incident import Incident
from alerts.policy import Policy
from alerts.triage import Case, policy_of, rule
from core.finding import Finding, Reason
from core.instant import to_datetime

_LIMIT = 500
_CLOSED_LATELY = timedelta(hours=1)
_COMMIT_AT_MOST = timedelta(minutes=10)  # no writer keeps a transaction open for longer

_Row = tuple[Any, ...]


def triage(conn: Connection[Any], policies: dict[str, Policy], now: int) -> int:
    """Rule on findings; returns how many. A home that another engine works on is left for the next round."""
    with conn.transaction():
        rows = conn.execute(store.Q["untriaged"], {"limit": _LIMIT}).fetchall()
        if not rows:
            return 0
        mine = _lock_homes(conn, {row[3] or 0 for row in rows})
        rows = [row for row in rows if (row[3] or 0) in mine]
        ids = [row[0] for row in rows]
        done = {(r[0], r[1]) for r in conn.execute(store.Q["ruled"], {"findings": ids})}
        rows = [row for row in rows if (row[0], row[1]) not in done]
        known = _incidents(conn, rows, now)
        for row in rows:
            _rule_on(conn, row, known, policies, now)
        return len(rows)


def due(conn: Connection[Any], policies: dict[str, Policy], now: int) -> int:
    """Take the step of every incident whose instant has come; returns how many."""
    with conn.transaction():
        found = store.incidents(conn, "due", {"now": to_datetime(now), "limit": _LIMIT})
        for incident in found:
            events = lifecycle.due(incident, policy_of(incident.kind, policies), now)
            store.append(conn, incident, events, to_datetime(now))
        return len(found)


def advance(conn: Connection[Any], now: int) -> None:
    """Move the triage cursor over what is long done."""
    with conn.transaction():
        conn.execute(store.Q["advance_cursor"], {"old": to_datetime(now) - _COMMIT_AT_MOST})


def next_due(conn: Connection[Any], query: str) -> int | None:
    """The earliest instant that "next_step" or "next_publication" finds, Unix microseconds."""
    row = conn.execute(store.Q[query]).fetchone()
    return row[0] if row else None


def _lock_homes(conn: Connection[Any], homes: set[int]) -> set[int]:
    # In one order everywhere; trying instead of waiting, so that engines never queue behind each other.
    got = set()
    for home in sorted(homes):
        row = conn.execute(store.Q["lock_home"], {"home": home}).fetchone()
        if row and row[0]:
            got.add(home)
    return got


def _incidents(conn: Connection[Any], rows: Sequence[_Row], now: int) -> dict[UUID, Incident]:
    if not rows:
        return {}
    params = {
        "homes": [row[3] for row in rows if row[3]],
        "since": to_datetime(now) - _CLOSED_LATELY,
        "findings": [row[0] for row in rows],
    }
    found = store.incidents(conn, "of_homes", params) + store.incidents(conn, "of_findings", params)
    # A person may be acting on one of them this moment: hold them, so that nobody's step is lost.
    held = (store.locked(conn, incident_id) for incident_id in sorted({i.id for i in found}))
    return {incident.id: incident for incident in held if incident is not None}


def _rule_on(
    conn: Connection[Any],
    row: _Row,
    known: dict[UUID, Incident],
    policies: dict[str, Policy],
    now: int,
) -> None:
    finding, station = _finding(row), row[13]
    nearby = [i for i in known.values() if i.home == row[3] or i.home is None or i.finding_id == row[0]]
    case = Case(finding, station, nearby, policy_of(finding.kind, policies), now)
    ruling = rule(case)
    incident = ruling.incident
    if incident is not None and ruling.new:
        known[incident.id] = store.create(conn, incident, ruling.events, to_datetime(now))
    elif incident is not None and ruling.events:
        known[incident.id] = store.append(conn, incident, ruling.events, to_datetime(now))
    conn.execute(
        store.Q["claim"],
        {
            "finding": row[0],
            "revision": row[1],
            "verdict": str(ruling.verdict),
            "incident": incident.id if incident else None,
            "now": to_datetime(now),
        },
    )


def _finding(row: _Row) -> Finding:
    return Finding(
        kind=row[2],
        home=row[3] or 0,
        onset=row[4],
        at=row[5],
        reason=Reason(row[6], row[7]),
        resident=row[8],
        device=row[9],
        severity=row[10],
        probability=row[11],
        revision=row[1],
        cleared=row[12],
    )
