"""Who is to be visited when: the rules as a table, and the walk a volunteer takes."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.visits.rhythm import DEFAULTS, Result, Rule, Visit, Way, Why, counted, due
from care.visits.route import length_m, walk
from core.instant import DAY, HOUR

NOW = 1_800_000_000_000_000
HIGH, KEY, ORDINARY = (DEFAULTS[name] for name in ("high_risk", "key", "ordinary"))


def seen(days_ago: float, way: Way = Way.HOME, result: Result = Result.WELL) -> Visit:
    return Visit(NOW - round(days_ago * DAY), way, result)


@pytest.mark.parametrize(
    ("rule", "visits", "more", "days_from_now", "why"),
    [
        (HIGH, [], {}, 7 - 100, Why.NEVER),
        (HIGH, [seen(5)], {}, 2, Why.RHYTHM),
        (KEY, [seen(5)], {}, 25, Why.RHYTHM),
        (ORDINARY, [seen(5)], {}, 85, Why.RHYTHM),
        (ORDINARY, [seen(5)], {"season": True}, 25, Why.SEASON),
        # Nobody opened the door: still due.
        (KEY, [seen(31), seen(1, result=Result.NOT_MET)], {}, -1, Why.RHYTHM),
        # A problem found is a visit.
        (KEY, [seen(5, result=Result.PROBLEM)], {}, 25, Why.RHYTHM),
        # Out of hospital two days ago: within a day for the highest risk, three for key groups.
        (HIGH, [seen(5)], {"changes": [NOW - 2 * DAY]}, -1, Why.CHANGE),
        (KEY, [seen(5)], {"changes": [NOW - 2 * DAY]}, 1, Why.CHANGE),
        # Somebody has been there since; a call does not do for that.
        (KEY, [seen(1)], {"changes": [NOW - 2 * DAY]}, 29, Why.RHYTHM),
        (KEY, [seen(5), seen(1, Way.REMOTE)], {"changes": [NOW - 2 * DAY]}, 1, Why.CHANGE),
        # Telemetry brings a visit forward, unless somebody has been there since, and never puts one off.
        (ORDINARY, [seen(5)], {"worth": NOW - DAY}, 6, Why.TREND),
        (ORDINARY, [seen(0.5)], {"worth": NOW - DAY}, 89.5, Why.RHYTHM),
        (KEY, [seen(29)], {"worth": NOW}, 1, Why.RHYTHM),
    ],
)
def test_when_the_next_visit_is_due(
    rule: Rule, visits: list[Visit], more: dict, days_from_now: float, why: Why
) -> None:
    found = due(rule, NOW - 100 * DAY, visits, **more)
    assert ((found.by - NOW) / DAY, found.why) == (days_from_now, why)


def test_remote_checks_count_only_where_and_as_often_as_the_rule_says() -> None:
    calls = [seen(days, Way.REMOTE) for days in (50, 30, 10)]
    assert counted(calls, HIGH) == []
    assert counted(calls, KEY) == [seen(50, Way.REMOTE)]
    assert counted(calls, ORDINARY) == [seen(50, Way.REMOTE), seen(30, Way.REMOTE)]
    assert counted([*calls, seen(20)], KEY) == [seen(50, Way.REMOTE), seen(20), seen(10, Way.REMOTE)]


@given(
    st.lists(st.tuples(st.floats(0, 400), st.sampled_from(Way), st.sampled_from(Result)), max_size=8),
    st.booleans(),
    st.sampled_from(sorted(DEFAULTS)),
)
def test_one_more_visit_in_person_never_makes_the_next_one_due_earlier(
    some, season: bool, category: str
) -> None:
    visits = [seen(*one) for one in some]
    rule = DEFAULTS[category]
    before = due(rule, NOW - 500 * DAY, visits, season=season)
    after = due(rule, NOW - 500 * DAY, [*visits, seen(0)], season=season)
    assert after.by >= before.by
    assert after.by == NOW + (rule.season_days if season else rule.every_days) * DAY


def test_a_change_is_answered_by_its_own_visit() -> None:
    first, second = NOW - 10 * DAY, NOW - 2 * HOUR
    assert due(HIGH, NOW - 100 * DAY, [seen(6)], changes=[first, second]).by == second + 24 * HOUR


points = st.tuples(st.floats(31.0, 31.1), st.floats(121.0, 121.1))


@settings(max_examples=50, deadline=None)
@given(points, st.lists(points, max_size=6))
def test_the_walk_goes_everywhere_once_and_is_nearly_the_shortest(start, places) -> None:
    homes = dict(enumerate(places))
    order = walk(start, homes)
    assert sorted(order) == sorted(homes)
    shortest = min(
        (length_m(start, [homes[key] for key in some]) for some in itertools.permutations(homes)), default=0.0
    )
    assert length_m(start, [homes[key] for key in order]) <= 1.3 * shortest + 1
