"""A home in which nobody lives any more is silent, and that is no alarm."""

import dataclasses

from analytics.living import LivingDetector
from core.instant import DAY, HOUR
from tests.unit.analytics.test_inactivity import FIRST_DAY, beats, lives, watcher
from tests.unit.analytics.town import Town, play

TOWN = Town(1, (("pir", "lounge", 3600, False), ("door", "hallway", 3600, False)))
CUT, END = FIRST_DAY + 14 * DAY + 9 * HOUR, FIRST_DAY + 18 * DAY


def test_nobody_is_missed_where_nobody_lives():
    readings = TOWN.readings(lives(TOWN, 1, 14, until_hour=10) + beats(TOWN, END))
    detector = watcher(TOWN)
    play(detector, readings[readings["received"] <= CUT], CUT, begin=FIRST_DAY, every_s=600)
    detector.know(dataclasses.replace(TOWN.directory, residents={}, left=frozenset({1})))
    assert play(detector, readings[readings["received"] > CUT], END, begin=CUT, every_s=600) == []


def test_where_nobody_was_ever_entered_somebody_may_live_all_the_same():
    readings = TOWN.readings(lives(TOWN, 1, 14, until_hour=10) + beats(TOWN, END))
    detector = watcher(TOWN)
    detector.know(dataclasses.replace(TOWN.directory, residents={}))
    assert [f.kind for f in play(detector, readings, END, begin=FIRST_DAY, every_s=600)] == ["inactivity"]


def test_nobody_is_up_late_where_nobody_lives():
    """The rules of daily life, too."""
    readings = TOWN.readings(lives(TOWN, 1, 14, until_hour=10) + beats(TOWN, END))
    lived, left = LivingDetector(), LivingDetector()
    for detector in (lived, left):
        detector.know(TOWN.directory)
        play(detector, readings[readings["received"] <= CUT], CUT, begin=FIRST_DAY, every_s=600)
    left.know(dataclasses.replace(TOWN.directory, residents={}, left=frozenset({1})))
    rest = readings[readings["received"] > CUT]
    assert "not_up" in [f.kind for f in play(lived, rest, END, begin=CUT, every_s=600)]
    assert play(left, rest, END, begin=CUT, every_s=600) == []


def test_who_moves_in_is_watched_from_then_on():
    """Who clears the home moves there too; what they leave behind is nobody's silence."""
    readings = TOWN.readings(lives(TOWN, 1, 16, until_hour=10) + beats(TOWN, END))
    detector = watcher(TOWN)
    play(detector, readings[readings["received"] <= CUT], CUT, begin=FIRST_DAY, every_s=600)
    detector.know(dataclasses.replace(TOWN.directory, residents={}, left=frozenset({1})))
    later = CUT + DAY
    part = readings[(readings["received"] > CUT) & (readings["received"] <= later)]
    assert play(detector, part, later, begin=CUT, every_s=600) == []
    detector.know(dataclasses.replace(TOWN.directory, residents={1: (202,)}))
    found = play(detector, readings[readings["received"] > later], END, begin=later, every_s=600)
    assert [f.resident for f in found] == [202]
    assert found[0].onset > later
