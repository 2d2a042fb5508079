"""What may happen to an incident, as tables."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import CLOSED, PRIORITIES, Event, Incident, State, apply, fold
from alerts.lifecycle import ACTIONS, Action, Refusal, allowed, decide, due, opening
from alerts.policy import TOP_LEVEL, Policy
from core.instant import SECOND

NOW = 1_790_000_000 * SECOND
POLICY = Policy("fall", "high", 30, 60, 300)
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
} | {(state, "note"): state for state in State}


def incident_in(state: State) -> Incident:
    closed_at = NOW if state in CLOSED else None
    return replace(NEW, state=state, version=5, closed_at=closed_at)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_in_every_state(state: State, name: str) -> None:
    action = Action(name, 7, outcome="help_given", note="n")
    decision = decide(incident_in(state), action, POLICY, NOW)
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
    assert decide(incident_in(State.ACKNOWLEDGED), second, POLICY, NOW) is Refusal.LOST_RACE


@pytest.mark.parametrize("outcome", [None, "", "whatever"])
def test_resolving_needs_an_outcome_of_the_list(outcome: str | None) -> None:
    assert (
        decide(incident_in(State.OPEN), Action("resolve", 7, outcome), POLICY, NOW) is Refusal.OUTCOME_NEEDED
    )


def test_an_unanswered_fall_climbs_the_tree_and_never_falls_silent() -> None:
    incident = fold(NEW, opening(POLICY, NOW, POLICY.cancel_window_s))
    log = [(0, incident.state, incident.level)]
    for _ in range(6):
        assert incident.next_step_at is not None
        at = incident.next_step_at
        assert due(incident, POLICY, at - 1) == []
        incident = fold(incident, due(incident, POLICY, at))
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
    incident = fold(NEW, opening(POLICY, NOW, 0))
    taken = decide(incident, Action("acknowledge", 7), POLICY, NOW)
    assert isinstance(taken, list)
    incident = fold(incident, taken)
    assert (incident.acknowledged_by, incident.next_step_at) == (7, NOW + 300 * SECOND)
    incident = fold(incident, due(incident, POLICY, NOW + 300 * SECOND))
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
    incident, now, events = fold(NEW, opening(POLICY, NOW, 30)), NOW, list(opening(POLICY, NOW, 30))
    for name, seconds, outcome, note in story:
        now += seconds * SECOND
        if name == "due":
            taken: list[Event] | Refusal = due(incident, POLICY, now)
        else:
            taken = decide(incident, Action(name, 7, outcome, note), POLICY, now)
        if isinstance(taken, Refusal):
            continue
        before = incident
        incident = fold(incident, taken)
        events += taken
        if before.closed:
            assert incident.closed, "what is closed stays closed"
        assert PRIORITIES.index(incident.priority) >= PRIORITIES.index(before.priority)
    assert incident == fold(NEW, events)
    assert incident.version == len(events)
    assert (incident.closed_at is not None) == incident.closed
    if incident.state in (State.DETECTED, State.OPEN, State.ACKNOWLEDGED):
        assert incident.next_step_at is not None, "an unanswered high priority always has a next step"


def test_priority_only_rises() -> None:
    raised = apply(NEW, Event("joined", NOW, data={"priority": "low"}))
    assert raised.priority == "high"
