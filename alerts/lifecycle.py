"""What may happen to an incident, and when. Pure: a decision is a list of events, or a named refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.incident import CLOSED, OUTCOMES, Event, Incident, State
from alerts.policy import TOP_LEVEL, Policy
from core.instant import SECOND

S = State
ACTIVE = frozenset(State) - CLOSED

# action -> (states it may leave, event it writes)
ACTIONS: dict[str, tuple[frozenset[State], str]] = {
    "acknowledge": (frozenset({S.DETECTED, S.OPEN}), "acknowledged"),
    "respond": (frozenset({S.DETECTED, S.OPEN, S.ACKNOWLEDGED}), "responding"),
    "arrive": (frozenset({S.OPEN, S.ACKNOWLEDGED, S.RESPONDING}), "arrived"),
    "resolve": (frozenset({S.OPEN, S.ACKNOWLEDGED, S.RESPONDING, S.ON_SITE}), "resolved"),
    "cancel": (frozenset({S.DETECTED}), "cancelled"),
    "follow_up": (frozenset({S.RESOLVED}), "followed_up"),
    "note": (frozenset(State), "noted"),
}


class Refusal(StrEnum):
    """Why an action was not carried out."""

    UNKNOWN_ACTION = "unknown-action"
    ILLEGAL_TRANSITION = "illegal-transition"
    LOST_RACE = "lost-race"
    OUTCOME_NEEDED = "outcome-needed"
    NOTE_NEEDED = "note-needed"


@dataclass(frozen=True, slots=True)
class Action:
    """What a person wants to do, and which version of the incident they saw."""

    name: str
    actor: int | None
    outcome: str | None = None
    note: str = ""
    seen_version: int | None = None
    via: str = "board"


def allowed(state: State) -> list[str]:
    """The actions that may be taken in `state`."""
    return [name for name, (states, _) in ACTIONS.items() if state in states]


def decide(incident: Incident, action: Action, policy: Policy, now: int) -> list[Event] | Refusal:
    """The events that carry out `action` at `now`, or why it is refused.

    Who comes second to a state change that somebody else made since they looked has lost a race; who asks
    for what the state never allowed has made a mistake. The first is told who was quicker.
    """
    rule = ACTIONS.get(action.name)
    if rule is None:
        return Refusal.UNKNOWN_ACTION
    states, kind = rule
    if incident.state not in states:
        stale = action.seen_version is not None and action.seen_version < incident.version
        return Refusal.LOST_RACE if stale else Refusal.ILLEGAL_TRANSITION
    if action.name == "resolve" and action.outcome not in OUTCOMES:
        return Refusal.OUTCOME_NEEDED
    if action.name == "note" and not action.note.strip():
        return Refusal.NOTE_NEEDED
    data: dict[str, object] = {"via": action.via}
    if action.note.strip():
        data["note"] = action.note.strip()
    if action.name == "resolve":
        data["outcome"] = action.outcome
    if action.name == "acknowledge":
        data["next_step_at"] = _after(now, policy.respond_s)
    elif action.name != "note":
        data["next_step_at"] = None
    return [Event(kind, now, action.actor, data)]


def opening(policy: Policy, now: int, cancel_window_s: int) -> list[Event]:
    """The first steps of a new incident: the cancel window, or open at once when there is none."""
    if cancel_window_s > 0:
        return [Event("detected", now, data={"next_step_at": now + cancel_window_s * SECOND})]
    opened = Event("opened", now, data={"next_step_at": _after(now, policy.escalate_s)})
    return [Event("detected", now), opened]


def due(incident: Incident, policy: Policy, now: int) -> list[Event]:
    """The engine's step when `next_step_at` has come; nothing when it has not, or when it is closed."""
    if incident.closed or incident.next_step_at is None or incident.next_step_at > now:
        return []
    if incident.state is S.DETECTED:
        return [Event("opened", now, data={"next_step_at": _after(now, policy.escalate_s)})]
    if incident.state is S.ACKNOWLEDGED:
        data = {"next_step_at": _after(now, policy.escalate_s)}
        return [Event("acknowledgement_lapsed", now, data=data)]
    if incident.state is S.OPEN:
        # At the top of the tree it goes on repeating: it never ends in silence.
        level = min(incident.level + 1, TOP_LEVEL)
        data = {"next_step_at": _after(now, policy.escalate_s), "level": level}
        return [Event("escalated", now, data=data)]
    return [Event("waited", now, data={"next_step_at": None})]


def is_grave(severity: str) -> bool:
    """A finding's own word for what cannot wait: lying still after a fall, a value that threatens life."""
    return severity == "long_lie" or severity.endswith("_critical")


def worsened(incident: Incident, events: Sequence[Event], policy: Policy, now: int) -> list[Event]:
    """`events` and, when they make waiting wrong, the incident open again: the cancel window ends, and so
    does an acknowledgement that nobody has acted on."""
    waiting = incident.state in (S.DETECTED, S.ACKNOWLEDGED) and not is_grave(incident.severity)
    if waiting and any(is_grave(str(e.data.get("severity", ""))) for e in events):
        opened = Event("opened", now, data={"next_step_at": _after(now, policy.escalate_s)})
        return [*events, opened]
    return list(events)


def _after(now: int, seconds: int | None) -> int | None:
    return None if seconds is None else now + seconds * SECOND
