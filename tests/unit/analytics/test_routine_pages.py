"""A city's days are written down over minutes, and as they were on the hour."""

import numpy as np

from analytics.routine import CLASSES, SITUATION, RoutineDay, encode
from analytics.routine_pages import CALLS, FEWEST, Page, Pages


def page(homes: int, first: int = 1) -> Page:
    codes = np.tile(encode(np.full(CLASSES, 3600.0)), (homes, 1))
    return Page(
        homes=np.arange(first, first + homes), days=np.full(homes, 20_000, np.int32), codes=codes,
        hours=np.full(homes, 0b111, np.uint32), last=np.arange(homes), door=np.zeros(homes, np.int64),
        place=np.full(homes, 3, np.uint8), counts=np.full((homes, SITUATION - 1), 0.25, np.float16),
    )  # fmt: skip


def test_all_of_them_come_in_order_and_within_five_minutes() -> None:
    homes, pages = FEWEST * CALLS * 2, Pages()
    pages.add(page(homes))
    taken = [pages.take(homes) for _ in range(CALLS)]
    assert max(map(len, taken)) == 2 * FEWEST
    assert [row.home for rows in taken for row in rows] == list(range(1, homes + 1))
    assert pages.take(homes) == []


def test_what_was_added_later_comes_later() -> None:
    """An alarm found false changes a day that is still waiting to be written: the change must win."""
    pages = Pages()
    pages.add(page(FEWEST + 1))
    excused = RoutineDay(1, 20_000, [0] * (CLASSES + SITUATION), 0, 0, 0)
    pages.add([excused])
    rows = pages.take(1) + pages.take(1)
    assert (rows[0].home, rows[-1]) == (1, excused)


def test_a_small_town_is_written_at_once() -> None:
    pages = Pages()
    for first in (1, 100, 200):
        pages.add(page(50, first))
    assert len(pages.take(250)) == 150


def test_a_row_carries_what_a_silence_in_progress_is_judged_by() -> None:
    (row,) = page(1).rows(0, 1)
    assert row.fits
    assert row.longest_s[CLASSES:] == [3, 250, 250, 250]
    assert encode(np.array(row.longest_s[:CLASSES], np.float64)).tolist() == page(1).codes[0].tolist()
