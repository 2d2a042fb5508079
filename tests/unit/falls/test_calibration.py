"""Feedback moves a resident's threshold a little, within limits, and can be taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.falls import FallDetector
from analytics.falls.calibration import (
    FALSE_ALARM,
    GUARDED,
    LEAST,
    MISSED_FALL,
    MOST,
    REAL_FALL,
    STEP,
    Verdict,
    adjusted,
    calibration_of,
    changes,
)
from core.instant import DAY
from tests.unit.falls import acted

NOW = acted.START


def said(word, days_ago=0):
    return Verdict(NOW - days_ago * DAY, word)


def test_nobody_said_anything():
    assert calibration_of([], NOW).shift == 0


def test_a_carpenter_wakes_the_station_less():
    assert calibration_of([said(FALSE_ALARM, day) for day in range(5)], NOW).shift < -0.9


def test_a_missed_fall_makes_it_more_careful_at_once():
    history = [said(FALSE_ALARM, 10), said(FALSE_ALARM, 9), said(MISSED_FALL)]
    assert calibration_of(history, NOW).shift > 0


def test_after_a_fall_false_alarms_do_not_make_it_careless():
    history = [said(REAL_FALL, 30), *(said(FALSE_ALARM, day) for day in range(20))]
    assert calibration_of(history, NOW).shift >= 0
    assert calibration_of(history, NOW + GUARDED).shift == 0


def test_taking_a_verdict_back_undoes_it():
    kept = [said(FALSE_ALARM, 8)]
    assert calibration_of([*kept, said(FALSE_ALARM, 3)], NOW).shift < calibration_of(kept, NOW).shift
    assert calibration_of(kept, NOW) == calibration_of(list(kept), NOW)


def test_it_is_forgotten_in_time():
    assert abs(calibration_of([said(FALSE_ALARM, 600)], NOW).shift) < 0.001


def test_every_step_is_logged():
    steps = calibration_of([said(FALSE_ALARM, 2), said(MISSED_FALL, 1)], NOW).steps
    assert [step.verdict.word for step in steps] == [FALSE_ALARM, MISSED_FALL]
    assert (steps[0].before, steps[0].after) == (0, STEP[FALSE_ALARM])


def test_an_unknown_word_is_refused():
    with pytest.raises(ValueError, match="whatever"):
        calibration_of([said("whatever")], NOW)


@given(st.lists(st.tuples(st.sampled_from(sorted(STEP)), st.integers(0, 400)), max_size=60))
def test_it_stays_within_limits_in_any_order(history):
    verdicts = [said(word, days) for word, days in history]
    shift = calibration_of(verdicts, NOW).shift
    assert LEAST <= shift <= MOST
    assert calibration_of(reversed(verdicts), NOW).shift == shift


@given(st.floats(0, 1), st.floats(LEAST, MOST))
def test_an_adjusted_probability_is_a_probability(probability, shift):
    assert 0 <= adjusted(probability, shift) <= 1


def test_the_detector_uses_it():
    def hardest(verdicts):
        heard = []
        detector = FallDetector(on_candidate=lambda _d, _i, found: heard.append(found))
        detector.heed({1: tuple(verdicts)}, NOW)
        detector.fold(acted.windows(acted.fall(peak=2500)))
        return max(heard)

    assert hardest([said(FALSE_ALARM)] * 9) < hardest([]) < hardest([said(MISSED_FALL)] * 9)


def test_what_changed_is_told_with_the_shift_it_leads_to():
    first, second = Verdict(NOW, FALSE_ALARM, "a"), Verdict(NOW + 1, MISSED_FALL, "b")
    told = changes({1: (first,)}, {1: (second,), 2: ()}, NOW + 1)
    assert [(change.verdict.incident, change.heard) for change in told] == [("a", False), ("b", True)]
    assert {change.shift for change in told} == {STEP[MISSED_FALL]}
    assert changes({1: (first,)}, {1: (first,)}, NOW) == []


def test_an_impact_is_judged_by_the_verdicts_before_it():
    def heard(verdict):
        found = []
        detector = FallDetector(on_candidate=lambda _d, _i, probability: found.append(probability))
        detector.heed({1: (verdict,)}, NOW)
        detector.fold(acted.windows(acted.fall(peak=2500)))
        return max(found)

    assert heard(said(FALSE_ALARM, -1)) > heard(said(FALSE_ALARM, 0))


def test_verdicts_on_one_resident_concern_nobody_else():
    found = []
    detector = FallDetector(on_candidate=lambda device, _i, probability: found.append((device, probability)))
    detector.heed({1: (said(FALSE_ALARM),)}, NOW)
    for device in (1, 2):
        detector.fold(acted.windows(acted.fall(peak=2500), device=device))
    assert max(p for device, p in found if device == 1) < max(p for device, p in found if device == 2)
