"""Tables of the daily work of care that read as documentation."""

import pytest

from care.export.table import harmless
from care.orders.lifecycle import ACTIONS
from care.orders.who import DESK, FAMILY, STAFF, TREASURER, WHO, may
from care.visits.category import category


@pytest.mark.parametrize(
    ("grade", "living", "says"),
    [
        (None, "alone", "ordinary"),  # nobody has looked yet
        (0, "alone", "ordinary"),
        (1, "couple", "ordinary"),
        (1, "alone", "key"),
        (2, "with_children", "key"),
        (3, "couple", "key"),
        (3, "left_behind", "high_risk"),
        (3, "lost_only_child", "high_risk"),
        (4, "with_children", "high_risk"),
    ],
)
def test_what_is_owed_follows_from_grade_and_living(grade: int | None, living: str, says: str) -> None:
    assert category(grade, living) == says


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("accept", {STAFF, DESK}),
        ("refuse", {STAFF, DESK}),
        ("carry_out", {STAFF, DESK}),
        ("cancel", {FAMILY, DESK}),
        ("confirm", {FAMILY, DESK}),
        ("rate", {FAMILY, DESK}),
        ("complain", {FAMILY, DESK}),
        ("refund", {TREASURER}),
        ("uphold", {TREASURER}),
    ],
)
def test_who_takes_which_step_of_an_order(action: str, who: set[str]) -> None:
    assert {one for one in (FAMILY, STAFF, DESK, TREASURER) if may(action, {one})} == who


def test_every_step_of_an_order_is_somebodys() -> None:
    assert set(WHO) == set(ACTIONS)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+861", "'+861"),
        ("-2", "'-2"),
        ("@x", "'@x"),
        ("a=b", "a=b"),
        (-2, -2),
        (None, None),
    ],
)
def test_a_spreadsheet_is_told_no_formula(cell: object, written: object) -> None:
    assert harmless(cell) == written  # type: ignore[arg-type]
