"""The life of an adaptation task as a pure state machine: found, planned, done, checked by somebody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

HAZARDS = (
    "loose_rug", "cables", "clutter", "poor_light", "slippery_floor", "no_grab_bar", "step", "stairs",
    "high_bed", "high_shelf", "old_gas_hose", "no_smoke_alarm", "bad_wiring", "heating", "other",
)  # fmt: skip


class State(StrEnum):
    """Where a task stands. Stored: never change a word."""

    OPEN = "open"
    PLANNED = "planned"
    DONE = "done"
    CHECKED = "checked"
    DROPPED = "dropped"


class Refusal(StrEnum):
    """Why an action was not carried out."""

    UNKNOWN_ACTION = "unknown-action"
    ILLEGAL_TRANSITION = "illegal-transition"
    LOST_RACE = "lost-race"
    NOTE_NEEDED = "note-needed"
    DAY_NEEDED = "day-needed"
    OWN_WORK = "own-work"


S = State
# action -> (states it may leave, event it writes, state it leads to)
ACTIONS: Mapping[str, tuple[frozenset[State], str, State]] = {
    "plan": (frozenset({S.OPEN, S.PLANNED}), "planned", S.PLANNED),
    "do": (frozenset({S.OPEN, S.PLANNED}), "done", S.DONE),
    "check": (frozenset({S.DONE}), "checked", S.CHECKED),
    "redo": (frozenset({S.DONE}), "sent_back", S.OPEN),  # looked at, and not good
    "drop": (frozenset({S.OPEN, S.PLANNED}), "dropped", S.DROPPED),  # not wanted, or moved away
}


@dataclass(frozen=True, slots=True)
class Event:
    """One step: instant (Unix microseconds), who, and what else is known."""

    kind: str
    at: int
    account: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """The current state; `version` counts its events. `day` is an ISO date."""

    state: State = State.OPEN
    version: int = 0
    since: int = 0
    day: str | None = None
    done_at: int | None = None
    done_by: int | None = None


def decide(
    task: Task, action: str, at: int, account: int, *, seen: int | None = None, note: str = "",
    day: str | None = None,
) -> Event | Refusal:  # fmt: skip
    """The event that carries out `action`, or why it is refused.

    `seen` is the version that the actor looked at; `day` (ISO) is when it is planned for. Whoever did the
    work does not check it.
    """
    rule = ACTIONS.get(action)
    if rule is None:
        return Refusal.UNKNOWN_ACTION
    if seen is not None and seen != task.version:
        return Refusal.LOST_RACE
    states, kind, _ = rule
    if task.state not in states:
        return Refusal.ILLEGAL_TRANSITION
    if action == "plan" and day is None:
        return Refusal.DAY_NEEDED
    if action in ("redo", "drop") and not note.strip():
        return Refusal.NOTE_NEEDED
    if action in ("check", "redo") and account == task.done_by:
        return Refusal.OWN_WORK
    data = {"note": note.strip()} if note.strip() else {}
    if action == "plan" and day is not None:
        data["day"] = day
    return Event(kind, at, account, data)


def apply(task: Task, event: Event) -> Task:
    """The task after `event`."""
    changed: dict[str, Any] = {"version": task.version + 1, "since": event.at}
    states = {kind: state for _, kind, state in ACTIONS.values()}
    if event.kind in states:
        changed["state"] = states[event.kind]
    if event.kind == "planned":
        changed["day"] = event.data["day"]
    if event.kind == "done":
        changed |= {"done_at": event.at, "done_by": event.account}
    if event.kind == "sent_back":
        changed |= {"done_at": None, "done_by": None, "day": None}
    return replace(task, **changed)


def fold(events: Iterable[Event]) -> Task:
    """The task after all of `events`, the first of which is "opened"."""
    task = Task()
    for event in events:
        task = apply(task, event)
    return task


def allowed(task: Task, account: int) -> tuple[str, ...]:
    """What `account` may do to the task now, as far as the task itself is concerned."""
    mine = account == task.done_by
    return tuple(
        name for name, (states, _, _) in ACTIONS.items()
        if task.state in states and not (mine and name in ("check", "redo"))
    )  # fmt: skip
