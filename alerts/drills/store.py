"""Rehearsals: started, listed, reported, ended."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import actions
from alerts.drills.scenario import SCENARIOS, SELF_TEST, Happening, as_dict, passed, steps
from alerts.lifecycle import Action
from core.instant import to_datetime
from core.queries import load

Q = load(Path(__file__).with_name("drills.sql"))


class Refusal(StrEnum):
    """Why a rehearsal was not begun."""

    UNKNOWN_SCENARIO = "unknown-scenario"
    UNKNOWN_STATION = "unknown-station"
    UNKNOWN_HOME = "unknown-home"
    GOING_ON = "drill-going-on"


def start(
    conn: Connection[Any],
    station: int,
    scenario: str,
    actor: int | None,
    now: int,
    *,
    home: int | None = None,
    note: str = "",
) -> int | Refusal:
    """Begin a rehearsal in `station` at the instant `now`; returns its key.

    `home` names a household of the station, so that a responder has a door to go to. Everything that follows
    is the real path: the engine, the outbox, the channels, and people.
    """
    if scenario not in SCENARIOS and scenario != SELF_TEST:
        return Refusal.UNKNOWN_SCENARIO
    params = {"station": station, "home": home, "scenario": scenario, "actor": actor, "now": to_datetime(now)}
    with conn.transaction():
        if conn.execute(Q["station"], params).fetchone() is None:
            return Refusal.UNKNOWN_STATION
        if home is not None and conn.execute(Q["home"], params).fetchone() is None:
            return Refusal.UNKNOWN_HOME
        if conn.execute(Q["going_on"], {**params, "self_test": scenario == SELF_TEST}).fetchone():
            return Refusal.GOING_ON
        row = conn.execute(Q["begin"], params).fetchone()
        assert row is not None
        key = int(row[0])
        incident = actions.report(
            conn,
            kind=SCENARIOS.get(scenario, SELF_TEST),
            station=station,
            home=home,
            actor=actor,
            note=note,
            now=now,
            reason_key=f"drill.{scenario}",
            drill_id=key,
        )
        conn.execute(Q["incident"], {"id": key, "incident": incident.id})
        return key


def listed(
    conn: Connection[Any], station: int | None, *, self_tests: bool = False, limit: int = 100
) -> list[dict[str, Any]]:
    """Rehearsals (or self-tests) of a station and those below it, None for all; newest first.

    Keys: id, station_id, name, name_en (of the station), scenario, started_at, started_by, incident_id,
    ended_at, passed, state (of the incident). Instants are aware datetimes.
    """
    return _rows(conn, "listed", {"station": station, "self_test": self_tests, "limit": limit})


def report(conn: Connection[Any], drill_id: int) -> dict[str, Any] | None:
    """What came of a rehearsal so far; None when there is none of this key.

    As `listed`, with steps: [{name, after_s, target_s, met, actor, actor_name}], reached: [{recipient_kind,
    recipient_id, name, purpose, state, channel, tries, sent_s, delivered_s, seen_s}] and passed_now.
    """
    found = _rows(conn, "one", {"id": drill_id})
    if not found:
        return None
    rows = conn.execute(Q["happenings"], {"id": drill_id})
    happenings = [Happening(*row) for row in rows]
    reached = _rows(conn, "reached", {"id": drill_id})
    # A board that is open gets it without a service in between.
    told = [row[word] for row in reached for word in ("sent_s", "delivered_s") if row[word] is not None]
    took = steps(happenings, min(told, default=None))
    actors = list({step.actor for step in took if step.actor is not None})
    names = dict(conn.execute(Q["names"], {"ids": actors}).fetchall())
    shown = [{**as_dict(step), "actor_name": names.get(step.actor)} for step in took]
    return {**found[0], "steps": shown, "reached": reached, "passed_now": passed(took)}


def end(
    conn: Connection[Any], drill_id: int, actor: int | None, now: int, judged: bool | None = None
) -> bool:
    """End a rehearsal: its incident is resolved as a drill, unless somebody has closed it. Returns whether it
    was going on. `judged` None: by its steps."""
    with conn.transaction():
        found = report(conn, drill_id)
        if found is None:
            return False
        if judged is None:
            judged = bool(found["passed_now"])
        params = {"id": drill_id, "now": to_datetime(now), "passed": judged}
        if conn.execute(Q["finish"], params).rowcount == 0:
            return False
        incident: UUID | None = found["incident_id"]
        if incident is not None:
            actions.act(conn, incident, Action("resolve", actor, outcome="drill", via="drill"), now)
        return True


def finish_closed(conn: Connection[Any], now: int) -> int:
    """Judge rehearsals whose incident has been closed; returns how many."""
    with conn.transaction():
        ids = [row[0] for row in conn.execute(Q["over"])]
        return sum(end(conn, one, None, now) for one in ids)


def untested(conn: Connection[Any], since: datetime) -> int:
    """Stations that should be tested and have not passed since."""
    row = conn.execute(Q["untested"], {"since": since}).fetchone()
    return int(row[0]) if row else 0


def stuck(conn: Connection[Any], before: datetime) -> int:
    """Notifications due before then that nobody has taken in hand."""
    row = conn.execute(Q["stuck"], {"before": before}).fetchone()
    return int(row[0]) if row else 0


def _rows(conn: Connection[Any], query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = conn.execute(Q[query], params)
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
