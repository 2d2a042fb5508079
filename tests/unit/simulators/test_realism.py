"""The detector sees simulated falls as it sees recorded ones, or the simulation is wrong."""

from simulators import falling, realism_falls


def test_falls_of_every_kind_are_seen_and_daily_life_is_not() -> None:
    rows = realism_falls.simulated("wrist", each=4)
    assert [row.what for row in rows] == list(falling.KINDS)
    assert realism_falls.at(rows, "wrist").share >= 0.85
    assert realism_falls.quiet("wrist", minutes=4).found == 0


def test_the_slow_slide_down_a_wall_is_counted_apart() -> None:
    slide = realism_falls.Share("slide", "wrist", 0, 10)
    fall = realism_falls.Share("forward", "wrist", 9, 10)
    assert realism_falls.at([slide, fall], "wrist") == ("all", "wrist", 9, 10)
