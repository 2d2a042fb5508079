"""What may happen to an incident, as tables."""

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.escalation.policy import STANDARD, Book
from alerts.incident import CLOSED, PRIORITIES, Event, Incident, State, apply, fold
from alerts.lifecycle import ACTIONS, Action, Refusal, allowed, decide, due, opening
from alerts.policy import TOP_LEVEL, Policy
from core.instant import SECOND

NOW = 1_790_000_000 * SECOND
ROW = Policy("fall", "high", 30, 60, 300)
PLAN = Book({"fall": ROW}, {}).plan("fall", "high", (1, 2, 3, 4), time(3))
NEW = Incident(
    id=UUID(int=1), finding_id=UUID(int=2), kind="fall", severity="possible", priority="high", home=1,
    station=1, onset=NOW, detected_at=NOW, state_since=NOW, reason_key="fall.possible", reason_params={},
    resident=1,
)  # fmt: skip

# what a person may do in each state, and where it leads
MATRIX = {
    ("detected", "acknowledge"): "acknowledged",
    ("detected", "respond"): "responding",
    ("detected", "cancel"): "cancelled",
    ("open", "acknowledge"): "acknowledged",
    ("open", "respond"): "responding",
    ("open", "arrive"): "on_site",
    ("open", "resolve"): "resolved",
    ("acknowledged", "respond"): "responding",
    ("acknowledged", "arrive"): "on_site",
    ("acknowledged", "resolve"): "resolved",
    ("responding", "arrive"): "on_site",
    ("responding", "resolve"): "resolved",
    ("on_site", "resolve"): "resolved",
    ("resolved", "follow_up"): "followed_up",
    ("acknowledged", "hand_over"): "acknowledged",
    ("responding", "hand_over"): "responding",
    ("on_site", "hand_over"): "on_site",
    ("acknowledged", "undo"): "open",
    ("resolved", "undo"): "open",
    ("cancelled", "undo"): "open",
    ("resolved", "reopen"): "open",
    ("cancelled", "reopen"): "open",
} | {(state, "note"): state for state in State}


JUST_NOW = Event(
    "acknowledged", NOW, 7,
    {"was": {"back_to": "open", "acknowledged_by": None, "next_step_at": NOW, "outcome": None}},
)  # fmt: skip


def incident_in(state: State) -> Incident:
    closed_at = NOW if state in CLOSED else None
    return replace(NEW, state=state, version=5, closed_at=closed_at)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_in_every_state(state: State, name: str) -> None:
    action = Action(name, 7, outcome="help_given", note="n")
    decision = decide(incident_in(state), action, PLAN, NOW, JUST_NOW)
    expected = MATRIX.get((str(state), name))
    if expected is None:
        assert decision is Refusal.ILLEGAL_TRANSITION
        assert name not in allowed(state)
    else:
        assert isinstance(decision, list)
        assert fold(incident_in(state), decision).state == expected
        assert name in allowed(state)


def test_who_comes_second_is_told_so() -> None:
    second = Action("acknowledge", 8, seen_version=4)
    assert decide(incident_in(State.ACKNOWLEDGED), second, PLAN, NOW) is Refusal.LOST_RACE


@pytest.mark.parametrize("outcome", [None, "", "whatever"])
def test_resolving_needs_an_outcome_of_the_list(outcome: str | None) -> None:
    assert decide(incident_in(State.OPEN), Action("resolve", 7, outcome), PLAN, NOW) is Refusal.OUTCOME_NEEDED


def test_an_unanswered_fall_climbs_the_tree_and_never_falls_silent() -> None:
    incident = fold(NEW, opening(PLAN, NOW, ROW.cancel_window_s))
    log = [(0, incident.state, incident.level)]
    for _ in range(6):
        assert incident.next_step_at is not None
        at = incident.next_step_at
        assert due(incident, PLAN, at - 1) == []
        incident = fold(incident, due(incident, PLAN, at))
        log.append(((at - NOW) // SECOND, incident.state, incident.level))
    assert log == [
        (0, "detected", 0),
        (30, "open", 0),
        (90, "open", 1),
        (150, "open", 2),
        (210, "open", TOP_LEVEL),
        (270, "open", TOP_LEVEL),
        (330, "open", TOP_LEVEL),
    ]


def test_an_acknowledged_incident_that_nobody_goes_to_opens_again() -> None:
    incident = fold(NEW, opening(PLAN, NOW, 0))
    taken = decide(incident, Action("acknowledge", 7), PLAN, NOW)
    assert isinstance(taken, list)
    incident = fold(incident, taken)
    assert (incident.acknowledged_by, incident.next_step_at) == (7, NOW + 300 * SECOND)
    incident = fold(incident, due(incident, PLAN, NOW + 300 * SECOND))
    assert (incident.state, incident.acknowledged_by) == ("open", None)
    assert incident.next_step_at == NOW + 360 * SECOND


steps = st.lists(
    st.tuples(
        st.sampled_from([*ACTIONS, "due"]),
        st.integers(0, 400),
        st.sampled_from([None, "help_given", "false_alarm"]),
        st.sampled_from(["", "a note"]),
    ),
    max_size=30,
)


@given(steps)
def test_whatever_people_do_the_fold_holds_together(story: list[tuple[str, int, str | None, str]]) -> None:
    incident, now, events = fold(NEW, opening(PLAN, NOW, 30)), NOW, list(opening(PLAN, NOW, 30))
    for name, seconds, outcome, note in story:
        now += seconds * SECOND
        if name == "due":
            taken: list[Event] | Refusal = due(incident, PLAN, now)
        else:
            done = [event for event in events if event.kind != "noted"]
            taken = decide(incident, Action(name, 7, outcome, note), PLAN, now, done[-1])
        if isinstance(taken, Refusal):
            continue
        before = incident
        incident = fold(incident, taken)
        events += taken
        if before.closed and name not in ("undo", "reopen"):
            assert incident.closed, "what is closed comes back only when a person says so"
        assert PRIORITIES.index(incident.priority) >= PRIORITIES.index(before.priority)
    assert incident == fold(NEW, events)
    assert incident.version == len(events)
    assert (incident.closed_at is not None) == incident.closed
    if incident.state in (State.DETECTED, State.OPEN, State.ACKNOWLEDGED):
        assert incident.next_step_at is not None, "an unanswered high priority always has a next step"


def test_priority_only_rises() -> None:
    raised = apply(NEW, Event("joined", NOW, data={"priority": "low"}))
    assert raised.priority == "high"


def act(
    incident: Incident, name: str, now: int, last: Event | None = None, **more: Any
) -> Incident | Refusal:
    taken = decide(incident, Action(name, **{"actor": 7} | more), PLAN, now, last)
    return taken if isinstance(taken, Refusal) else fold(incident, taken)


def test_a_slip_of_the_finger_is_taken_back_and_stays_in_the_record() -> None:
    ringing = fold(NEW, opening(PLAN, NOW, 0))
    taken = decide(ringing, Action("resolve", 7, "no_help_needed"), PLAN, NOW + SECOND)
    assert isinstance(taken, list)
    closed = fold(ringing, taken)
    for later, actor, answer in (
        (31 * SECOND, 7, Refusal.TOO_LATE),
        (5 * SECOND, 8, Refusal.NOT_YOURS),
    ):
        assert act(closed, "undo", NOW + SECOND + later, taken[-1], actor=actor) is answer
    back = act(closed, "undo", NOW + 6 * SECOND, taken[-1])
    assert isinstance(back, Incident)
    assert (back.state, back.outcome, back.closed_at) == ("open", None, None)
    assert (back.next_step_at, back.version) == (ringing.next_step_at, closed.version + 1)


def test_what_happened_since_cannot_be_undone() -> None:
    closed = incident_in(State.RESOLVED)
    assert act(closed, "undo", NOW, Event("cleared", NOW)) is Refusal.TOO_LATE
    assert act(closed, "undo", NOW) is Refusal.TOO_LATE


def test_what_the_wearer_called_off_is_nobodys_to_take_back() -> None:
    """A console acts without an account, as the wearer does: nobody's step must not look like everybody's."""
    called_off = Event("cancelled", NOW, None, {"outcome": "cancelled_by_resident"})
    assert act(incident_in(State.CANCELLED), "undo", NOW, called_off, actor=None) is Refusal.TOO_LATE


def test_a_false_alarm_may_say_why_and_only_in_known_words() -> None:
    ringing = fold(NEW, opening(PLAN, NOW, 0))
    said = decide(ringing, Action("resolve", 7, "false_alarm", reason="by_mistake"), PLAN, NOW)
    assert isinstance(said, list)
    assert said[0].data["false_alarm_reason"] == "by_mistake"
    assert act(ringing, "resolve", NOW, outcome="false_alarm", reason="x") is Refusal.REASON_UNKNOWN


def test_handing_over_needs_a_word_and_gives_the_next_one_time() -> None:
    ringing = fold(NEW, opening(PLAN, NOW, 0))
    mine = act(ringing, "acknowledge", NOW)
    assert isinstance(mine, Incident)
    assert act(mine, "hand_over", NOW, to=9) is Refusal.NOTE_NEEDED
    yours = act(mine, "hand_over", NOW + 60 * SECOND, to=9, note="she waits at the door")
    assert isinstance(yours, Incident)
    assert (yours.state, yours.acknowledged_by) == ("acknowledged", 9)
    assert yours.next_step_at == NOW + 360 * SECOND


def test_who_is_long_on_the_way_is_asked_after() -> None:
    going = act(fold(NEW, opening(PLAN, NOW, 0)), "respond", NOW)
    assert isinstance(going, Incident)
    later = NOW + 1800 * SECOND
    assert due(going, PLAN, later - 1) == []
    (event,) = due(going, PLAN, later)
    assert (event.kind, fold(going, [event]).state) == ("overdue", "responding")


def test_a_policy_may_go_on_until_somebody_is_on_the_way() -> None:
    variant = replace(STANDARD.variants[0], until="responding")
    book = Book({"fall": ROW}, {"standard": replace(STANDARD, variants=(variant,))})
    plan = book.plan("fall", "high", (1, 2, 3, 4), time(3))
    taken = fold(fold(NEW, opening(plan, NOW, 0)), [Event("acknowledged", NOW, 7)])
    (event,) = due(taken, plan, NOW + 60 * SECOND)
    raised = fold(taken, [event])
    assert (event.kind, raised.state, raised.level, raised.acknowledged_by) == (
        "escalated",
        "acknowledged",
        1,
        7,
    )


def test_who_is_long_at_the_door_is_asked_after() -> None:
    there = act(fold(NEW, opening(PLAN, NOW, 0)), "arrive", NOW)
    assert isinstance(there, Incident)
    (event,) = due(there, PLAN, NOW + 45 * 60 * SECOND)
    still = fold(there, [event])
    assert (event.kind, still.state) == ("overdue", "on_site")
    assert still.next_step_at == NOW + 90 * 60 * SECOND
