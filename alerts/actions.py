"""What a person does to an incident, and incidents raised by hand or by the platform itself: one lock, one
decision, one winner."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from alerts import lifecycle, store
from alerts.deciding import Telling, told
from alerts.incident import PRIORITIES, Event, Incident
from alerts.lifecycle import Action, Refusal
from alerts.store import Change

BY_HAND = "report.by_hand"


def act(
    conn: Connection[Any], incident_id: UUID, action: Action, now: int
) -> tuple[Incident | None, Refusal | None]:
    """Carry out `action` on an incident at the instant `now` (Unix microseconds).

    Returns (incident after it, None), or (incident as it stands, why not), or (None, None) when there is no
    such incident. Whether the actor may see it is the caller's business.
    """
    with conn.transaction():
        incident = store.locked(conn, incident_id)
        if incident is None:
            return None, None
        telling = Telling(conn, store.policies(conn), now)
        last = store.last_event(conn, incident_id) if action.name == "undo" else None
        unheard = (
            action.name in lifecycle.ENDS_THE_CALL
            and action.seen_version is not None
            and store.unseen_since(
                conn, incident_id, action.seen_version, ends=action.name == "resolve", actor=action.actor
            )
        )
        decision = lifecycle.decide(incident, action, telling.plan(incident), now, last, unheard=unheard)
        if isinstance(decision, Refusal):
            return incident, decision
        change = Change(incident, decision)
        told(telling, [change])
        return change.after, None


def report(
    conn: Connection[Any],
    *,
    kind: str,
    station: int | None,
    home: int | None = None,
    resident: int | None = None,
    actor: int | None = None,
    note: str = "",
    now: int,
    reason_key: str = BY_HAND,
    reason_params: Mapping[str, Any] | None = None,
    drill_id: int | None = None,
    priority: str | None = None,
    same: Callable[[Incident], bool] = lambda standing: True,
    key: UUID | None = None,
) -> Incident:
    """Open an incident that no detector found: a call, a visit, a fault of the platform, a drill.

    Args:
        conn: a connection; everything is one transaction.
        kind: as of a finding; one that has no policy row is treated as medium.
        station: that answers for it; None: the platform itself.
        home, resident: keys of the household and of whom it is about.
        actor, note: account that says so (None: the platform), and what that person wrote.
        now: Unix microseconds.
        reason_key, reason_params: sentence of the catalogue that explains it, and what fills it in.
        drill_id: the rehearsal it belongs to; it is marked a drill everywhere.
        priority: instead of the kind's.
        same: whether what stands already with this reason says this.
        key: of the incident; the same again is the same incident, as it stands.

    Returns the open incident. What the platform says twice while the first is still open is one incident:
    the second time only adds an event.
    """
    params = dict(reason_params or {})
    with conn.transaction():
        telling = Telling(conn, store.policies(conn), now)
        if key is not None and (before := _reported_before(conn, key)):
            return before
        if actor is None and drill_id is None:
            known = {"kind": kind, "station": station, "home": home, "reason_key": reason_key}
            standing = _standing(conn, known, same)
            if standing is not None:
                data = {"text_key": reason_key, "text_params": params, "note": note}
                return _told(telling, Change(standing, _again(telling, standing, data, priority)))
        key = key or uuid4()
        incident = Incident(
            id=key, finding_id=key, kind=kind, severity="reported" if actor is not None else "",
            priority=priority or telling.book.policy(kind).priority, home=home, station=station,
            resident=resident, onset=now, detected_at=now, state_since=now, reason_key=reason_key,
            reason_params=params, drill=drill_id is not None, drill_id=drill_id, reported_by=actor,
        )  # fmt: skip
        return _told(telling, Change(incident, _reported(telling, incident, actor, note), new=True))


def _reported_before(conn: Connection[Any], key: UUID) -> Incident | None:
    """What the same report became, held; the lock lets the second of two wait for the first."""
    conn.execute(store.Q["lock_report"], {"key": str(key)})
    return store.locked(conn, key)


def _standing(
    conn: Connection[Any], key: Mapping[str, Any], same: Callable[[Incident], bool]
) -> Incident | None:
    """What the platform says already, held so that two processes that notice the same thing say it once."""
    conn.execute(store.Q["lock_report"], {"key": "/".join(str(part) for part in key.values())})
    return next(filter(same, store.incidents(conn, "standing", key)), None)


def _again(telling: Telling, standing: Incident, data: dict[str, Any], priority: str | None) -> list[Event]:
    """It is said once more; what has become more urgent since is told anew, also to who has read it."""
    if priority is None or PRIORITIES.index(priority) <= PRIORITIES.index(standing.priority):
        return [Event("repeated", telling.now, data=data)]
    plan = telling.plan(replace(standing, priority=priority))
    risen = Event("repeated", telling.now, data=data | {"priority": priority})
    return lifecycle.worsened(standing, [risen], plan, telling.now, called=True)


def _told(telling: Telling, change: Change) -> Incident:
    told(telling, [change])
    return change.after


def _reported(telling: Telling, incident: Incident, actor: int | None, note: str) -> list[Event]:
    first, *others = lifecycle.opening(telling.plan(incident), telling.now, 0)
    data = {**first.data, "reported": True} | ({"note": note} if note.strip() else {})
    return [Event(first.kind, first.at, actor, data), *others]
