"""A hazard is found, planned, put right, and checked by somebody who did not do the work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.adaptation.lifecycle import ACTIONS, Event, Refusal, State, Task, allowed, apply, decide, fold

OPENED = Event("opened", 1, 7)


def do(task: Task, action: str, account: int = 7, **more: object) -> Task:
    event = decide(task, action, 2, account, **more)  # type: ignore[arg-type]
    assert isinstance(event, Event), event
    return apply(task, event)


def test_the_usual_way() -> None:
    task = do(fold([OPENED]), "plan", day="2026-03-02")
    assert (task.state, task.day, task.version) == (State.PLANNED, "2026-03-02", 2)
    task = do(task, "do")
    assert (task.done_by, task.done_at) == (7, 2)
    assert "check" not in allowed(task, 7)
    assert do(task, "check", 8).state is State.CHECKED


def test_work_that_is_sent_back_begins_anew() -> None:
    back = do(do(fold([OPENED]), "do"), "redo", 8, note="loose again")
    assert (back.state, back.done_by, back.done_at, back.day) == (State.OPEN, None, None, None)


@pytest.mark.parametrize(
    ("action", "more", "why"),
    [
        ("plan", {}, Refusal.DAY_NEEDED),
        ("drop", {"note": " "}, Refusal.NOTE_NEEDED),
        ("check", {}, Refusal.ILLEGAL_TRANSITION),
        ("do", {"seen": 5}, Refusal.LOST_RACE),
        ("burn", {}, Refusal.UNKNOWN_ACTION),
    ],
)
def test_what_is_refused_says_why(action: str, more: dict[str, object], why: Refusal) -> None:
    assert decide(fold([OPENED]), action, 2, 7, **more) is why  # type: ignore[arg-type]


def test_nobody_checks_their_own_work() -> None:
    assert decide(do(fold([OPENED]), "do"), "check", 3, 7) is Refusal.OWN_WORK


@given(st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(1, 3)), max_size=20))
def test_whatever_is_tried_the_events_tell_the_whole_story(tries: list[tuple[str, int]]) -> None:
    events, task = [OPENED], fold([OPENED])
    for n, (action, account) in enumerate(tries):
        event = decide(task, action, n, account, note="n", day="2026-03-02")
        legal = action in allowed(task, account)
        assert isinstance(event, Event) == legal
        if isinstance(event, Event):
            events.append(event)
            task = apply(task, event)
    assert fold(events) == task
    if task.state is State.CHECKED:
        assert events[-1].account != task.done_by
