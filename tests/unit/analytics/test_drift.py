"""Slow change over weeks: told when it is large and unlikely, never because of one wild day."""

import random

import pytest

from analytics.living.day import FIGURE, FIGURES, NOT_KNOWN, HomeDay
from analytics.living.drift import BEFORE, RECENT, rank_shift, worth_a_visit
from core.messages import LANGUAGES, render

TODAY = 20_000
USUAL = {
    "active_minutes": 300, "night_minutes": 15, "kitchen_visits": 20, "bathroom_visits": 8,
    "night_bathroom_visits": 2, "transition_s": 9, "outings": 4, "weight_kg": 61,
}  # fmt: skip


def days(home=1, count=RECENT + BEFORE, seed=1, **recent):
    """An ordinary life with ten per cent of chance in it; in the last week the figures of `recent`."""
    draw = random.Random(seed)
    lived = []
    for day in range(TODAY - count, TODAY):
        now = USUAL | (recent if day >= TODAY - RECENT else {})
        figures = [NOT_KNOWN] * len(FIGURES)
        for name, value in now.items():
            figures[FIGURE[name]] = value * (1 + draw.gauss(0, 0.01 if name == "weight_kg" else 0.1))
        lived.append(HomeDay(home, day, tuple(figures)))
    return lived


def keys(visits):
    return [reason.key for visit in visits for reason in visit.reasons]


@pytest.mark.parametrize("seed", range(20))
def test_an_unchanged_life_is_on_nobodys_list(seed):
    assert worth_a_visit(days(seed=seed), TODAY) == []


@pytest.mark.parametrize(
    ("recent", "key"),
    [
        ({"active_minutes": 180}, "drift.active_minutes_less"),
        ({"night_minutes": 45}, "drift.night_minutes_more"),
        ({"kitchen_visits": 9}, "drift.kitchen_visits_less"),
        ({"transition_s": 14}, "drift.transition_s_more"),
        ({"night_bathroom_visits": 6}, "drift.night_bathroom_visits_more"),
        ({"outings": 1}, "drift.outings_less"),
        ({"weight_kg": 57}, "drift.weight_kg_less"),
        ({"weight_kg": 65}, "drift.weight_kg_more"),
    ],
)
def test_what_has_changed_is_said_with_its_numbers_and_its_days(recent, key):
    (visit,) = worth_a_visit(days(**recent), TODAY)
    assert keys([visit]) == [key]
    (figure, value), *_ = recent.items()
    (change,) = visit.changes
    assert change.recent == pytest.approx(value, rel=0.2)
    assert len(visit.series[figure]) == RECENT + BEFORE
    for language in LANGUAGES:
        text = render(key, visit.reasons[0].params, language, "Asia/Shanghai")
        assert str(round(change.recent, 1)) in text.replace(",", "") or f"{change.recent:g}" in text


def test_more_movement_is_no_reason_for_a_visit():
    assert worth_a_visit(days(active_minutes=500), TODAY) == []


def test_one_wild_day_is_no_drift():
    lived = days()
    wild = list(lived[-3].figures)
    wild[FIGURE["night_minutes"]] = 300
    lived[-3] = HomeDay(1, lived[-3].day, tuple(wild))
    assert worth_a_visit(lived, TODAY) == []


def test_a_change_too_small_to_matter_is_left_out():
    assert worth_a_visit(days(active_minutes=255), TODAY) == []


def test_too_few_days_say_nothing():
    assert worth_a_visit(days(count=RECENT + 10, active_minutes=100), TODAY) == []


def test_the_worst_comes_first_and_homes_are_kept_apart():
    many = days(1, active_minutes=200) + days(2, seed=2) + days(3, seed=3, night_minutes=50)
    visits = worth_a_visit(many, TODAY)
    assert sorted(visit.home for visit in visits) == [1, 3]
    assert [visit.score for visit in visits] == sorted((v.score for v in visits), reverse=True)


def test_days_that_resemble_each_other_count_less():
    slow = [float(n // 4) for n in range(28)]
    quick = [float(n % 7) for n in range(28)]
    assert rank_shift(quick, [9.0] * 7) > rank_shift(slow, [9.0] * 7) > 0
