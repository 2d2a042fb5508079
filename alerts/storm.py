"""Many of a kind at once in one station (a street without power) told as one incident. Pure.

It stands for its members: it counts them, lists them in its events, and ends when the last has recovered.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from alerts.incident import RECOVERED, Event, Incident
from core.finding import Finding

_SPACE = UUID("7d5d5a2e-3c1f-5a53-9f0e-6e6f77616c6c")
SEVERITY = "many"
REASON = "storm.many"


def incident(finding: Finding, station: int, priority: str, now: int) -> Incident:
    """The incident that stands for `finding` and those of its kind that follow."""
    key = uuid5(_SPACE, f"{station}/{finding.kind}/{finding.id}/{now}")
    return Incident(
        id=key,
        finding_id=key,
        kind=finding.kind,
        severity=SEVERITY,
        priority=priority,
        home=None,
        station=station,
        onset=finding.onset,
        detected_at=finding.at,
        state_since=now,
        reason_key=REASON,
        reason_params={"count": 1},
    )


def joined(group: Incident, facts: Mapping[str, Any], home: int, now: int) -> Event:
    """One more."""
    params = {**group.reason_params, "count": group.reason_params.get("count", 0) + 1}
    return Event("grouped", now, data={**facts, "home": home, "reason_params": params})


def left(group: Incident, facts: Mapping[str, Any], now: int) -> list[Event]:
    """One has recovered; with the last one the whole."""
    count = max(0, group.reason_params.get("count", 1) - 1)
    params = {**group.reason_params, "count": count}
    events = [Event("member_recovered", now, data={**facts, "reason_params": params})]
    if count == 0:
        data = {"cleared": True, "outcome": RECOVERED, "next_step_at": None}
        events.append(Event("recovered", now, data=data))
    return events
