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
# Why an alarm was false, for whoever improves the detectors.
FALSE_ALARM_REASONS = (
    "nothing_happened",
    "by_mistake",
    "a_test",
    "a_visitor_or_pet",
    "device_fault",
    "other",
)


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
    step: int = 0
    reported_by: int | None = None
    drill_id: int | None = None

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
    "reopened": State.OPEN,
    "cancelled": State.CANCELLED,
    "followed_up": State.FOLLOWED_UP,
}


# What an event may say about the incident in so many words.
_SAID = ("severity", "reason_key", "reason_params", "probability", "level", "step", "cleared", "outcome",
         "next_step_at", "acknowledged_by")  # fmt: skip


def apply(incident: Incident, event: Event) -> Incident:
    """The incident after `event`. The fold knows no policy: every instant to come is in the event."""
    data = event.data
    changed: dict[str, Any] = {"version": incident.version + 1}
    changed |= {name: data[name] for name in _SAID if name in data}
    if "priority" in data:
        changed["priority"] = max(incident.priority, data["priority"], key=PRIORITIES.index)
    state = State(data["back_to"]) if event.kind == "undone" else _STATES.get(event.kind)
    if state is not None:
        changed |= _entered(incident, state, event.at)
    if event.kind == "acknowledged":
        changed["acknowledged_by"] = event.actor
    elif state is State.OPEN:
        changed["acknowledged_by"] = None
    return replace(incident, **changed)


def _entered(incident: Incident, state: State, at: int) -> dict[str, Any]:
    changed: dict[str, Any] = {"state": state, "state_since": at}
    if state is State.OPEN and incident.opened_at is None:
        changed["opened_at"] = at
    if state in CLOSED:
        return changed | {"closed_at": incident.closed_at or at, "next_step_at": None}
    # A person took the end back.
    return changed | ({"closed_at": None, "outcome": None} if incident.closed else {})


def fold(incident: Incident, events: Iterable[Event]) -> Incident:
    """The incident after all of `events`."""
    for event in events:
        incident = apply(incident, event)
    return incident
