"""The capacity plan is what the figures beside it give, and names what gives first."""

from pathlib import Path

import pytest

from benchmarks.capacity import SIZES, Figures, limits, needs, page, written

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"


def test_the_page_is_computed_from_the_figures() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert written(text, Figures()) == text, "python -m benchmarks.capacity docs/scale.md"


def test_a_page_without_a_place_for_the_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        written("# Nothing", Figures())


def test_ten_times_the_people_need_ten_times_as_much() -> None:
    of = Figures()
    small, big = needs(1_000_000, of), needs(10_000_000, of)
    assert big.messages_s == pytest.approx(10 * small.messages_s)
    assert big.disk_tb == pytest.approx(10 * small.disk_tb)


def test_there_are_as_many_systems_as_the_scarcest_limit_asks_for() -> None:
    of = Figures()
    for size in SIZES:
        shares = [limit.share for limit in limits(size, of)]
        assert shares == sorted(shares, reverse=True)
        assert needs(size, of).systems - 1 < shares[0] <= needs(size, of).systems


def test_every_figure_says_where_it_is_from() -> None:
    of = Figures()
    assert all(how for _, how in [*of.known.values(), *of.assumed.values()])
    assert "assumed" in page(of)
