"""The inspection draw: fair, and anybody can repeat it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.inspection import DrawError, draw

SEED = "2026-11-22 lottery 03 11 17 24"
SUBJECTS = [f"station-{n}" for n in range(40)]
PEOPLE = ["an", "bo", "chen", "ding", "en"]


def test_the_same_seed_and_lists_give_the_same_draw_in_whatever_order_they_are_listed() -> None:
    first = draw(SEED, SUBJECTS, PEOPLE, 10)
    assert draw(SEED, [*reversed(SUBJECTS), SUBJECTS[0]], reversed(PEOPLE), 10) == first
    assert draw(SEED + "!", SUBJECTS, PEOPLE, 10) != first


@given(st.integers(0, 50), st.integers(1, 5))
def test_everything_is_drawn_once_and_the_work_is_shared(number: int, each: int) -> None:
    tasks = draw(SEED, SUBJECTS, PEOPLE, number, each)
    assert len({task.subject for task in tasks}) == len(tasks) == min(number, len(SUBJECTS))
    assert all(len(set(task.inspectors)) == each for task in tasks)
    work = Counter(one for task in tasks for one in task.inspectors)
    assert not tasks or max(work.values()) - min(work[one] for one in PEOPLE) <= 1


def test_nobody_inspects_where_they_have_an_interest() -> None:
    barred = [(subject, "an") for subject in SUBJECTS]
    assert all("an" not in task.inspectors for task in draw(SEED, SUBJECTS, PEOPLE, 40, barred=barred))
    with pytest.raises(DrawError):
        draw(SEED, SUBJECTS, ["an", "bo"], 1, barred=barred)


def test_over_many_seeds_everybody_is_as_likely() -> None:
    drawn = Counter(task.subject for n in range(400) for task in draw(f"{SEED} {n}", SUBJECTS, PEOPLE, 4))
    assert set(drawn) == set(SUBJECTS)
    # 400 draws of 4 in 40: expected 40, standard deviation 6; six of those never happen by chance.
    assert max(abs(times - 40) for times in drawn.values()) < 36


def test_a_seed_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(DrawError):
        draw("today", SUBJECTS, PEOPLE, 1)
