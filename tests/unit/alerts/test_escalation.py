"""Policies as data: which steps hold, when, and whom they are for."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from alerts.escalation.policy import STANDARD, BadPolicy, Book, Plan, Step, body, parse, within
from alerts.escalation.who import Around, recipients, resting
from alerts.policy import TOP_LEVEL, Policy, defaults

ROWS = {policy.kind: policy for policy in defaults()}
COMMUNITY, STREET, DISTRICT, CITY = 4, 3, 2, 1
TREE = (COMMUNITY, STREET, DISTRICT, CITY)
NOON = time(12)


def book(*variants: dict[str, Any]) -> Book:
    return Book(ROWS, {"standard": parse("standard", {"variants": list(variants)})})


def tells(who: str, **when: Any) -> dict[str, Any]:
    return {"steps": [{"tell": [who]}], **when}


def test_the_policy_is_written_and_read_without_loss() -> None:
    assert parse("standard", body(STANDARD)) == STANDARD


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"variants": []},
        {"variants": [{"steps": []}]},
        {"variants": [tells("the mayor")]},
        {"variants": [tells("contact:")]},
        {"variants": [{"steps": [{"tell": "console"}]}]},
        {"variants": [{"steps": [{"tell": []}]}]},
        {"variants": [{"steps": [{"tell": ["console"], "after_s": -1}]}]},
        {"variants": [{"steps": [{"tell": ["console"], "level": 9}]}]},
        {"variants": [tells("console", repeat_s=1)]},
        {"variants": [tells("console", until="never")]},
        {"variants": [tells("console", from_time="22:00")]},
        {"variants": [tells("console", from_time="22:00", until_time="late")]},
        {"variants": [tells("console", priorities=["urgent"])]},
        {"variants": [tells("console", stations=["east"])]},
    ],
)
def test_what_cannot_be_followed_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPolicy):
        parse("x", wrong)


def test_the_first_variant_that_fits_by_priority_hour_and_station_is_followed() -> None:
    rules = book(
        tells("rescue", priorities=["high"], from_time="22:00", until_time="06:00"),
        tells("responders", stations=[STREET]),
        tells("operators"),
    )
    cases = [
        ("high", TREE, time(23), "rescue"),
        ("high", TREE, time(5, 59), "rescue"),
        ("high", TREE, time(6), "responders"),  # below the street
        ("low", TREE, time(23), "responders"),
        ("high", (9, DISTRICT, CITY), NOON, "operators"),
    ]
    for priority, chain, local, told in cases:
        assert rules.plan("sos", priority, chain, local).step(0).tell == (told,)


def test_where_nothing_fits_the_standard_is_followed() -> None:
    rules = book(tells("rescue", priorities=["low"]))
    assert rules.plan("sos", "high", TREE, NOON).variant == STANDARD.variants[0]


@pytest.mark.parametrize("priority", ["high", "medium", "low"])
@pytest.mark.parametrize("kind", [*ROWS, "meteorite"])
def test_no_policy_ends_in_silence(kind: str, priority: str) -> None:
    forgetful = {k: row._replace(escalate_s=None) for k, row in ROWS.items()}
    for rows in (ROWS, forgetful):
        plan = Book(rows, {}).plan(kind, priority, TREE, NOON)
        assert all(plan.wait_s(step) > 0 for step in range(50))


def test_the_last_step_repeats_one_level_higher_to_the_top_and_then_for_ever() -> None:
    quick = {"steps": [{"tell": ["console"]}, {"tell": ["console"], "after_s": 20}], "repeat_s": 40}
    plan = book(quick).plan("sos", "high", TREE, NOON)
    level, levels = 0, []
    for step in range(1, 6):
        level = plan.level(step, level)
        levels.append(level)
    assert levels == [1, 2, TOP_LEVEL, TOP_LEVEL, TOP_LEVEL]
    assert [plan.wait_s(step) for step in range(4)] == [20, 40, 40, 40]


EVERYBODY = Around(
    chain=TREE,
    zone="UTC",
    granted={(COMMUNITY, "operator"): (41, 42), (STREET, "operator"): (31,), (COMMUNITY, "responder"): (45,)},
    duty={(COMMUNITY, "operator"): (42,), (STREET, "volunteer"): (39,), (CITY, "rescue"): (19,)},
    contacts=((1, 101), (2, 102)),
    family=(201,),
)


def told(level: int, *words: str) -> list[tuple[str, int, str]]:
    return [tuple(one) for one in recipients(Step(words), level, EVERYBODY)]


WHO = [
    ("console", 0, [("station", COMMUNITY, "nothing")]),
    ("console", 1, [("station", COMMUNITY, "nothing"), ("station", STREET, "nothing")]),
    ("operators", 0, [("account", 42, "all")]),  # on duty
    (
        "operators",
        1,
        [("account", 42, "all"), ("account", 31, "all")],
    ),  # no roster there: all
    ("all_operators", 0, [("account", 41, "all"), ("account", 42, "all")]),
    ("responders", 0, [("account", 45, "all")]),
    ("volunteers", 0, []),
    ("volunteers", 1, [("account", 39, "address")]),
    ("rescue", 3, [("account", 19, "address")]),
    ("contact:1", 0, [("contact", 101, "all")]),
    ("contact:2", 0, [("contact", 102, "all")]),
    ("contact:7", 0, [("contact", 102, "all")]),  # the last there is
    ("contacts", 0, [("contact", 101, "all"), ("contact", 102, "all")]),
    ("family", 0, [("account", 201, "all")]),
]


@pytest.mark.parametrize(("word", "level", "expected"), WHO)
def test_whom_a_word_means(word: str, level: int, expected: list[tuple[str, int, str]]) -> None:
    assert told(level, word) == expected


def test_everybody_is_told_once() -> None:
    assert told(0, "operators", "all_operators") == [("account", 42, "all"), ("account", 41, "all")]


ASLEEP = replace(EVERYBODY, resting=frozenset({101, 102}))


def test_a_step_that_would_tell_only_sleepers_tells_the_desk() -> None:
    told = recipients(Step(("contacts",)), 0, ASLEEP, "medium")
    assert [one[:2] for one in told] == [("station", COMMUNITY), ("account", 42)]
    assert [one.id for one in recipients(Step(("contacts",)), 0, ASLEEP)] == [101, 102]


@pytest.mark.parametrize(
    ("clock", "start", "end", "resting_then"),
    [
        (time(23, 59), 22 * 60, 6 * 60, True),
        (time(6), 22 * 60, 6 * 60, False),
        (time(13), 12 * 60 + 30, 14 * 60, True),
        (time(13), None, None, False),
        (time(13), 0, 0, False),
    ],
)
def test_quiet_hours_of_a_contact(
    clock: time, start: int | None, end: int | None, resting_then: bool
) -> None:
    assert resting(clock, start, end) is resting_then


def test_the_platform_itself_has_no_station_and_nobody_around() -> None:
    assert recipients(Step(("console", "operators", "contacts")), 3, Around()) == []


@pytest.mark.parametrize(
    ("clock", "start", "end", "inside"),
    [
        (time(23), time(22), time(7), True),
        (time(7), time(22), time(7), False),
        (time(12), time(9), time(17), True),
        (time(17), time(9), time(17), False),
        (time(3), None, None, True),
    ],
)
def test_hours_may_pass_midnight(clock: time, start: time | None, end: time | None, inside: bool) -> None:
    assert within(clock, start, end) is inside


def test_a_grave_finding_of_a_low_kind_is_escalated_as_what_it_is() -> None:
    row = Policy("x", "low", 0, None, None)
    plan = Book({"x": row}, {}).plan("x", "high", TREE, NOON)
    assert (plan.wait_s(0), plan.respond_s) == (60, 300)


@pytest.mark.parametrize(
    ("own", "priority", "expected"),
    [
        ("medium", "high", (60, 300)),  # it turned out worse than its kind: no time for the kind's own 300 s
        ("medium", "medium", (300, 1800)),
        ("high", "medium", (300, 1800)),
    ],
)
def test_what_is_graver_than_its_kind_goes_at_the_graver_pace(
    own: str, priority: str, expected: tuple[int, int]
) -> None:
    policy = Policy("vitals", own, 0, 300, 1800)
    plan = Plan(policy, STANDARD.variants[0], priority)
    assert (plan.wait_s(0), plan.respond_s) == expected


def test_a_step_that_follows_at_once_follows_at_once() -> None:
    steps = {"steps": [{"tell": ["console"], "after_s": 0}, {"tell": ["contacts"], "after_s": 0}]}
    plan = Book({}, {"standard": parse("standard", {"variants": [steps]})}).plan("sos", "high", (1,), time(3))
    assert plan.wait_s(0) == 0
    assert plan.wait_s(1) > 0, "the last one repeats, and not without a pause"
