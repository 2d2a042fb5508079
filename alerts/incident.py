"""What an incident is: a value folded from its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID


class State(StrEnum):
    """Where an incident stands."""

    DETECTED = "detected"  # in the cancel window: shown, nobody woken yet
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESPONDING = "responding"
    ON_SITE = "on_site"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    FOLLOWED_UP = "followed_up"


CLOSED = frozenset({State.RESOLVED, State.CANCELLED, State.FOLLOWED_UP})
PRIORITIES = ("low", "medium", "high")

OUTCOMES = (
    "help_given",
    "ambulance",
    "hospital",
    "no_help_needed",
    "no_answer",
    "false_alarm",
    "device_fault",
    "drill",
)
RECOVERED = "recovered"  # the outcome of an incident that its own sensor took back


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an incident, never changed once written.

    Attributes:
        kind: what happened ("detected", "opened", "acknowledged", ...).
        at: Unix microseconds.
        actor: account of the person who did it; None for the engine.
        data: what else is known of the step; JSON-able.
    """

    kind: str
    at: int
    actor: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """The current state; `version` is the number of events folded into it. Instants: Unix microseconds."""

    id: UUID
    finding_id: UUID
    kind: str
    severity: str
    priority: str
    home: int | None
    station: int | None
    onset: int
    detected_at: int
    state_since: int
    reason_key: str
    reason_params: Mapping[str, Any]
    resident: int | None = None
    device: int | None = None
    probability: float | None = None
    state: State = State.DETECTED
    version: int = 0
    drill: bool = False
    opened_at: int | None = None
    next_step_at: int | None = None
    closed_at: int | None = None
    level: int = 0
    acknowledged_by: int | None = None
    outcome: str | None = None
    cleared: bool = False

    @property
    def closed(self) -> bool:
        """Nothing more is to be done about it."""
        return self.state in CLOSED


_STATES = {
    "opened": State.OPEN,
    "acknowledged": State.ACKNOWLEDGED,
    "acknowledgement_lapsed": State.OPEN,
    "responding": State.RESPONDING,
    "arrived": State.ON_SITE,
    "resolved": State.RESOLVED,
    "recovered": State.RESOLVED,
    "cancelled": State.CANCELLED,
    "followed_up": State.FOLLOWED_UP,
}


def apply(incident: Incident, event: Event) -> Incident:
    """The incident after `event`. The fold knows no policy: every instant to come is in the event."""
    data = event.data
    changed: dict[str, Any] = {"version": incident.version + 1}
    if "next_step_at" in data:
        changed["next_step_at"] = data["next_step_at"]
    for name in ("severity", "reason_key", "reason_params", "probability", "level", "cleared", "outcome"):
        if name in data:
            changed[name] = data[name]
    if "priority" in data:
        changed["priority"] = max(incident.priority, data["priority"], key=PRIORITIES.index)
    state = _STATES.get(event.kind)
    if state is not None:
        changed |= {"state": state, "state_since": event.at}
        if state is State.OPEN and incident.opened_at is None:
            changed["opened_at"] = event.at
        if state in CLOSED:
            changed |= {"closed_at": incident.closed_at or event.at, "next_step_at": None}
    if event.kind == "acknowledged":
        changed["acknowledged_by"] = event.actor
    elif state is State.OPEN:
        changed["acknowledged_by"] = None
    return replace(incident, **changed)


def fold(incident: Incident, events: Iterable[Event]) -> Incident:
    """The incident after all of `events`."""
    for event in events:
        incident = apply(incident, event)
    return incident
