"""Assessment by GB/T 42195-2022: the scale as published, and the rules that change a grade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.assessment.grading import AssessmentError, Change, Health, RiskEvent, grade, reassess
from care.assessment.scale import current
from core.instant import DAY

SCALE = current()
BEST = {key: item.most for key, item in SCALE.items().items()}
NOW = 1_800_000_000_000_000


def answers(total: int) -> dict[str, int]:
    """Some answers that come to `total` points."""
    given_points = {}
    for key, item in SCALE.items().items():
        given_points[key] = min(item.most, total)
        total -= given_points[key]
    return given_points


def fall(days_ago: float, source: str = "") -> RiskEvent:
    return RiskEvent(NOW - round(days_ago * DAY), "fall", source)


def test_the_scale_is_the_published_one() -> None:
    shape = {part.key: (len(part.items), part.most) for part in SCALE.parts}
    assert shape == {
        "self_care": (8, 32),
        "mobility": (4, 15),
        "mental_state": (9, 28),
        "participation": (5, 15),
    }
    assert SCALE.most == 90
    assert len(SCALE.items()) == 26
    small = {key: item.most for key, item in SCALE.items().items() if item.most != 4}
    assert small == {
        "stairs": 3,
        "aggression": 1,
        "depression": 1,
        "consciousness": 2,
        "sight": 2,
        "hearing": 2,
        "transport": 3,
    }


@pytest.mark.parametrize(
    ("total", "expected"),
    [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (0, 4)],
)
def test_points_give_the_grade(total: int, expected: int) -> None:
    result = grade(SCALE, answers(total), Health(), NOW)
    assert (result.total, result.preliminary, result.grade) == (total, expected, expected)
    assert sum(result.points.values()) == total


@pytest.mark.parametrize(
    ("health", "expected", "changes"),
    [
        (Health(dementia=True), 2, {Change.DEMENTIA}),
        (Health(mental_disorder=True), 2, {Change.MENTAL_DISORDER}),
        (Health(risk_events=(fall(1), fall(29))), 2, {Change.RISK_EVENTS}),
        (Health(risk_events=(fall(1), fall(31))), 1, set()),
        (Health(risk_events=(fall(1),)), 1, set()),
        (Health(risk_events=(RiskEvent(NOW, "quarrel"), fall(1))), 1, set()),
        # Any of them makes it one grade worse; all of them do not make it three.
        (
            Health(dementia=True, mental_disorder=True, risk_events=(fall(1), fall(2))),
            2,
            {Change.DEMENTIA, Change.MENTAL_DISORDER, Change.RISK_EVENTS},
        ),
        (Health(coma=True, dementia=True), 4, {Change.COMA}),
    ],
)
def test_what_changes_a_mild_grade(health: Health, expected: int, changes: set[Change]) -> None:
    result = grade(SCALE, answers(80), health, NOW)
    assert (result.grade, set(result.changes)) == (expected, changes)


def test_nothing_is_worse_than_complete_loss() -> None:
    assert grade(SCALE, answers(0), Health(dementia=True), NOW).grade == 4


def test_coma_needs_no_answers() -> None:
    assert grade(SCALE, {}, Health(coma=True), NOW).grade == 4


def test_every_wrong_answer_is_named() -> None:
    bad = {**BEST, "stairs": 4, "eating": -1, "whistling": 1}
    del bad["sight"]
    with pytest.raises(AssessmentError) as caught:
        grade(SCALE, bad, Health(), NOW)
    assert set(caught.value.problems) == {"stairs", "eating", "whistling", "sight"}


@given(st.fixed_dictionaries({key: st.integers(0, item.most) for key, item in SCALE.items().items()}))
def test_being_able_to_do_more_never_makes_the_grade_worse(some: dict[str, int]) -> None:
    now = grade(SCALE, some, Health(), NOW)
    for key, item in SCALE.items().items():
        if some[key] < item.most:
            better = grade(SCALE, {**some, key: some[key] + 1}, Health(), NOW)
            assert better.grade <= now.grade


def test_two_confirmed_falls_in_a_month_propose_to_assess_anew() -> None:
    falls = [fall(20, "a"), fall(3, "b"), fall(40, "c")]
    assert [event.source for event in reassess(falls, NOW - 60 * DAY, NOW)] == ["a", "b"]
    assert [event.source for event in reassess(falls, None, NOW)] == ["a", "b"]


def test_one_fall_or_an_assessment_since_proposes_nothing() -> None:
    assert not reassess([fall(3)], None, NOW)
    assert not reassess([fall(20), fall(3)], NOW - 2 * DAY, NOW)
