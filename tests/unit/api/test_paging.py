"""Cursors come from outside: what was made here is understood, anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import paging
from api.problems import Problem

KEYS = st.lists(st.one_of(st.integers(-(2**60), 2**60), st.text("abcXYZ019_-")))


@given(KEYS)
def test_a_cursor_says_what_was_put_in(key: list[int | str]) -> None:
    assert paging.decode(paging.encode(key), [type(part) for part in key]) == key


@given(st.text(max_size=60))
def test_any_other_text_is_a_problem_and_no_crash(text: str) -> None:
    with pytest.raises(Problem) as refused:
        paging.decode(text, [int, str])
    assert (refused.value.status, refused.value.code) == (422, "bad-cursor")


@pytest.mark.parametrize(
    "key",
    [[1], [1, 2], ["a", 1], [1, "\ud800"], [1, "é"], [True, "a"], [1, "a\x00"], [1.5, "a"], [None, "a"]],
)
def test_a_cursor_of_another_list_is_a_problem(key: list[int]) -> None:
    with pytest.raises(Problem):
        paging.decode(paging.encode(key), [int, str])


def test_an_instant_beyond_the_calendar_is_a_problem() -> None:
    with pytest.raises(Problem):
        paging.moment(10**30)


def test_the_last_page_has_no_next() -> None:
    assert paging.page([1, 2], 2, lambda row: [row]) == ([1, 2], None)
    kept, following = paging.page([1, 2, 3], 2, lambda row: [row])
    assert list(kept) == [1, 2]
    assert paging.decode(following, [int]) == [2]
