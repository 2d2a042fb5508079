"""What may happen to an incident, and when. Pure: a decision is a list of events, or a named refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from alerts.escalation.policy import Plan
from alerts.incident import CLOSED, FALSE_ALARM_REASONS, OUTCOMES, Event, Incident, State, fold
from core.instant import MINUTE, SECOND

S = State
ACTIVE = frozenset(State) - CLOSED
IN_HAND = frozenset({S.ACKNOWLEDGED, S.RESPONDING, S.ON_SITE})

# action -> (states it may leave, event it writes)
ACTIONS: dict[str, tuple[frozenset[State], str]] = {
    "acknowledge": (frozenset({S.DETECTED, S.OPEN}), "acknowledged"),
    "respond": (frozenset({S.DETECTED, S.OPEN, S.ACKNOWLEDGED}), "responding"),
    "arrive": (frozenset({S.OPEN, S.ACKNOWLEDGED, S.RESPONDING}), "arrived"),
    "resolve": (frozenset({S.OPEN, S.ACKNOWLEDGED, S.RESPONDING, S.ON_SITE}), "resolved"),
    "cancel": (frozenset({S.DETECTED}), "cancelled"),
    "hand_over": (IN_HAND, "handed_over"),
    "undo": (frozenset({S.ACKNOWLEDGED, S.RESOLVED, S.CANCELLED}), "undone"),
    "reopen": (frozenset({S.RESOLVED, S.CANCELLED}), "reopened"),
    "follow_up": (frozenset({S.RESOLVED}), "followed_up"),
    "note": (frozenset(State), "noted"),
}
UNDOABLE = frozenset({"acknowledged", "resolved", "cancelled"})
UNDO_WITHIN = 30 * SECOND
ARRIVE_WITHIN = 30 * MINUTE  # on the way for longer: somebody is told to ask what became of it
HELP_WITHIN = 45 * MINUTE  # at the door for longer: likewise


class Refusal(StrEnum):
    """Why an action was not carried out."""

    UNKNOWN_ACTION = "unknown-action"
    ILLEGAL_TRANSITION = "illegal-transition"
    LOST_RACE = "lost-race"
    OUTCOME_NEEDED = "outcome-needed"
    REASON_UNKNOWN = "reason-unknown"
    NOTE_NEEDED = "note-needed"
    TOO_LATE = "too-late"
    NOT_YOURS = "not-yours"
    UNKNOWN_INCIDENT = "unknown-incident"
    NOBODY_FREE = "nobody-free"
    NOT_A_RESPONDER = "not-a-responder"


@dataclass(frozen=True, slots=True)
class Action:
    """What a person wants to do, and which version of the incident they saw.

    Attributes:
        reason: of a false alarm, one of FALSE_ALARM_REASONS.
        to: account that an incident is handed over to; None: to whoever comes next.
        photo: key of a picture that a `note` is about; it says something without words.
    """

    name: str
    actor: int | None
    outcome: str | None = None
    note: str = ""
    seen_version: int | None = None
    via: str = "board"
    reason: str | None = None
    to: int | None = None
    photo: str | None = None


def allowed(state: State) -> list[str]:
    """The actions that may be taken in `state`."""
    return [name for name, (states, _) in ACTIONS.items() if state in states]


# What keeps an incident that called again from calling on.
ENDS_THE_CALL = frozenset({"note", "resolve"})


def decide(
    incident: Incident,
    action: Action,
    plan: Plan,
    now: int,
    last: Event | None = None,
    *,
    unheard: bool = False,
) -> list[Event] | Refusal:
    """The events that carry out `action` at `now`, or why it is refused.

    Who comes second to a state change that somebody else made since they looked has lost a race; who asks
    for what the state never allowed has made a mistake. The first is told who was quicker. `last` is the
    last thing that was done to the incident, notes aside: what `undo` takes back. `unheard`: it has called
    again since the actor looked; to end it, or to say that one heard, takes another look.
    """
    rule = ACTIONS.get(action.name)
    if rule is None:
        return Refusal.UNKNOWN_ACTION
    states, kind = rule
    if incident.state not in states:
        stale = action.seen_version is not None and action.seen_version < incident.version
        return Refusal.LOST_RACE if stale else Refusal.ILLEGAL_TRANSITION
    if unheard and action.name in ENDS_THE_CALL:
        return Refusal.LOST_RACE
    if missing := _missing(action, last, now):
        return missing
    data: dict[str, Any] = {"via": action.via}
    if action.note.strip():
        data["note"] = action.note.strip()
    if action.photo is not None:
        data["photo"] = action.photo
    if kind in UNDOABLE:
        data["was"] = _standing(incident)
    return [Event(kind, now, action.actor, data | _effect(incident, action, plan, now, last))]


def _missing(action: Action, last: Event | None, now: int) -> Refusal | None:
    if action.name == "resolve":
        if action.outcome not in OUTCOMES:
            return Refusal.OUTCOME_NEEDED
        if action.reason is not None and action.reason not in FALSE_ALARM_REASONS:
            return Refusal.REASON_UNKNOWN
    says = action.note.strip() or (action.photo if action.name == "note" else "")
    if action.name in ("note", "hand_over") and not says:
        return Refusal.NOTE_NEEDED
    if action.name == "undo":
        # What the wearer called off is nobody's step to take back: it says nothing of how things stood.
        if last is None or last.kind not in UNDOABLE or "was" not in last.data or now - last.at > UNDO_WITHIN:
            return Refusal.TOO_LATE
        if last.actor != action.actor:
            return Refusal.NOT_YOURS
    return None


def _standing(incident: Incident) -> dict[str, Any]:
    return {
        "back_to": str(incident.state),
        "acknowledged_by": incident.acknowledged_by,
        "next_step_at": incident.next_step_at,
        "outcome": incident.outcome,
    }


def _effect(incident: Incident, action: Action, plan: Plan, now: int, last: Event | None) -> dict[str, Any]:
    """What the event says beside who and why: above all when the next step is due."""
    match action.name:
        case "acknowledge" if plan.variant.until != "acknowledged":
            return {}  # the steps go on until somebody is on the way
        case "acknowledge":
            return {"next_step_at": _after(now, plan.respond_s)}
        case "hand_over":
            timer = incident.next_step_at
            if incident.state is S.ACKNOWLEDGED:
                timer = _after(now, plan.respond_s)
            whom = {"acknowledged_by": action.to, "to": action.to} if action.to is not None else {}
            return {"next_step_at": timer} | whom
        case "respond" if plan.variant.until != "on_site":
            return {"next_step_at": now + ARRIVE_WITHIN}
        case "arrive":
            return {"next_step_at": now + HELP_WITHIN}
        case "resolve":
            reason = {"false_alarm_reason": action.reason} if action.reason else {}
            return {"outcome": action.outcome, "next_step_at": None} | reason
        case "reopen":
            return {"next_step_at": _after(now, plan.wait_s(0)), "level": 0, "step": 0, "outcome": None}
        case "undo" if last is not None:
            return dict(last.data["was"]) | {"undoes": last.kind}
        case "note" | "respond" | "undo":
            return {}
    return {"next_step_at": None}


def opening(plan: Plan, now: int, cancel_window_s: int) -> list[Event]:
    """The first steps of a new incident: the cancel window, or open at once when there is none."""
    if cancel_window_s > 0:
        return [Event("detected", now, data={"next_step_at": now + cancel_window_s * SECOND})]
    return [Event("detected", now), _opened(plan, now)]


def held(now: int, until: int, why: str, **known: Any) -> list[Event]:
    """The first steps of an incident that waits until the instant `until` and opens then if it still
    stands."""
    return [Event("detected", now), Event("held", now, data={"next_step_at": until, "why": why, **known})]


def due(incident: Incident, plan: Plan, now: int) -> list[Event]:
    """The engine's step when `next_step_at` has come; nothing when it has not, or when it is closed."""
    if incident.closed or incident.next_step_at is None or incident.next_step_at > now:
        return []
    if incident.state is S.DETECTED:
        return [_opened(plan, now)]
    if incident.state is S.ACKNOWLEDGED and plan.variant.until == "acknowledged":
        data = {"next_step_at": _after(now, plan.wait_s(incident.step))}
        return [Event("acknowledgement_lapsed", now, data=data)]
    if incident.state is S.ON_SITE:
        return [Event("overdue", now, data={"next_step_at": now + HELP_WITHIN})]
    if incident.state is S.OPEN or plan.variant.until == "on_site" or incident.state is S.ACKNOWLEDGED:
        return [climb(incident, plan, now)]
    return [Event("overdue", now, data={"next_step_at": now + ARRIVE_WITHIN})]


def climb(incident: Incident, plan: Plan, now: int) -> Event:
    """The next step of its escalation. At the top of the tree it goes on repeating."""
    step = min(incident.step + 1, 30_000)
    level = plan.level(step, incident.level)
    data: dict[str, Any] = {"step": step, "level": level, "next_step_at": _after(now, plan.wait_s(step))}
    if plan.step(step).emergency:
        data["emergency"] = True
    return Event("escalated", now, data=data)


def next_step(state: State) -> str | None:
    """What happens by itself in `state` when its timer runs out ("opens", ...); None: nothing."""
    return {
        S.DETECTED: "opens",
        S.OPEN: "escalates",
        S.ACKNOWLEDGED: "lapses",
        S.RESPONDING: "escalates",
    }.get(state)


def is_grave(severity: str) -> bool:
    """A finding's own word for what cannot wait: lying still after a fall, a value that threatens life."""
    return severity == "long_lie" or severity.endswith("_critical")


def worsened(
    incident: Incident, events: Sequence[Event], plan: Plan, now: int, called: bool = False
) -> list[Event]:
    """`events` and, where they make it worse, the sound of it. `called`: the person calls for help.

    The cancel window ends, and so does an acknowledgement that nobody has acted on. What rings already is
    told anew, at the graver pace. Somebody on the way or at the door goes on, and is told.
    """
    made = fold(incident, events)
    grave = is_grave(made.severity) and made.severity != incident.severity
    if incident.state is S.OPEN:
        if not grave and made.priority == incident.priority:
            return list(events)
        # Told again and again, it still climbs: the timer only comes nearer.
        next_at = _after(now, plan.wait_s(made.step)) or now
        nearer = min(next_at, incident.next_step_at or next_at)
        return [*events, Event("opened", now, data={"next_step_at": nearer})]
    if incident.closed or not (grave or called):
        return list(events)
    if incident.state in (S.RESPONDING, S.ON_SITE):
        return [*events, Event("rang_again", now)]
    return [*events, _opened(plan, now, made.step)]


def _opened(plan: Plan, now: int, step: int = 0) -> Event:
    return Event("opened", now, data={"next_step_at": _after(now, plan.wait_s(step))})


def _after(now: int, seconds: int | None) -> int | None:
    return None if seconds is None else now + seconds * SECOND
