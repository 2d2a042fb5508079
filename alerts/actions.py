"""What a person does to an incident: one lock, one decision, one winner."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import lifecycle, store
from alerts.incident import Incident
from alerts.lifecycle import Action, Refusal
from alerts.triage import policy_of
from core.instant import to_datetime


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
        policy = policy_of(incident.kind, store.policies(conn))
        decision = lifecycle.decide(incident, action, policy, now)
        if isinstance(decision, Refusal):
            return incident, decision
        return store.append(conn, incident, decision, to_datetime(now)), None
