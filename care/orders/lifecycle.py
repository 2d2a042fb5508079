"""The life of an order as a pure state machine: a decision is an event, or a named refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where an order stands. Stored: never change a word."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    CARRIED_OUT = "carried_out"
    CONFIRMED = "confirmed"  # booked in the ledger
    REFUSED = "refused"
    CANCELLED = "cancelled"
    COMPLAINED = "complained"  # after confirmation; the station decides
    REFUNDED = "refunded"  # taken back in the ledger


S = State
# action -> (states it may leave, event it writes, state it leads to)
ACTIONS: Mapping[str, tuple[frozenset[State], str, State | None]] = {
    "accept": (frozenset({S.REQUESTED}), "accepted", S.ACCEPTED),
    "refuse": (frozenset({S.REQUESTED, S.ACCEPTED}), "refused", S.REFUSED),
    "cancel": (frozenset({S.REQUESTED, S.ACCEPTED}), "cancelled", S.CANCELLED),
    "carry_out": (frozenset({S.ACCEPTED}), "carried_out", S.CARRIED_OUT),
    "confirm": (frozenset({S.CARRIED_OUT}), "confirmed", S.CONFIRMED),
    "rate": (frozenset({S.CONFIRMED}), "rated", None),
    "complain": (frozenset({S.CARRIED_OUT, S.CONFIRMED}), "complained", S.COMPLAINED),
    "refund": (frozenset({S.COMPLAINED}), "refunded", S.REFUNDED),
    "uphold": (frozenset({S.COMPLAINED}), "upheld", S.CONFIRMED),
}
_STATES = {event: state for _, event, state in ACTIONS.values()}


class Refusal(StrEnum):
    """Why an action was not carried out."""

    UNKNOWN_ACTION = "unknown-action"
    ILLEGAL_TRANSITION = "illegal-transition"
    RATING_NEEDED = "rating-needed"
    NOTE_NEEDED = "note-needed"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an order: instant (Unix microseconds), who, and what else is known."""

    kind: str
    at: int
    account: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """The current state; `version` is the number of events folded into it."""

    state: State = State.REQUESTED
    version: int = 0
    since: int = 0
    rating: int | None = None
    complaint: str = ""
    confirmed_at: int | None = None


def decide(
    order: Order, action: str, at: int, account: int | None, note: str = "", rating: int | None = None
) -> Event | Refusal:
    """The event that carries out `action`, or why it is refused."""
    rule = ACTIONS.get(action)
    if rule is None:
        return Refusal.UNKNOWN_ACTION
    states, kind, _ = rule
    if order.state not in states:
        return Refusal.ILLEGAL_TRANSITION
    if action == "rate" and rating not in (1, 2, 3, 4, 5):
        return Refusal.RATING_NEEDED
    if action in ("refuse", "complain", "refund", "uphold") and not note.strip():
        return Refusal.NOTE_NEEDED
    data: dict[str, Any] = {}
    if note.strip():
        data["note"] = note.strip()
    if action == "rate":
        data["rating"] = rating
    return Event(kind, at, account, data)


def apply(order: Order, event: Event) -> Order:
    """The order after `event`."""
    changed: dict[str, Any] = {"version": order.version + 1}
    state = _STATES.get(event.kind)
    if state is not None:
        changed |= {"state": state, "since": event.at}
    if event.kind == "confirmed":
        changed["confirmed_at"] = event.at
    if event.kind == "upheld" and order.confirmed_at is None:
        changed["confirmed_at"] = event.at  # complained of before it was confirmed, and found in order
    if event.kind == "rated":
        changed["rating"] = event.data["rating"]
    if event.kind == "complained":
        changed["complaint"] = event.data["note"]
    if event.kind == "requested":
        changed["since"] = event.at
    return replace(order, **changed)


def fold(events: Iterable[Event]) -> Order:
    """The order after all of `events`, the first of which is "requested"."""
    order = Order()
    for event in events:
        order = apply(order, event)
    return order


def books(before: Order, after: Order) -> int:
    """What the step means for the ledger: 1 book the order, -1 take it back, 0 nothing."""
    if before.confirmed_at is None and after.confirmed_at is not None:
        return 1
    return -1 if after.state is State.REFUNDED and before.confirmed_at is not None else 0
