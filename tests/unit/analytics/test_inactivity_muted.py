"""Who must not be forgotten: late data, holidays, a town that is away, a past that is told."""

import dataclasses

import numpy as np
import pytest

from analytics.inactivity import InactivityDetector
from analytics.inactivity_watching import CATCH_UP, Watching
from analytics.rows import Rows
from analytics.silence_patience import Ruling
from core.instant import DAY, HOUR, MINUTE
from core.profile import Profile
from tests.unit.analytics.test_inactivity import (
    FIRST_DAY,
    beats,
    holiday,
    lives,
    ordinary_days,
    watch,
    watcher,
)
from tests.unit.analytics.town import MORNING, Town, play


@pytest.fixture(scope="module")
def town():
    return Town(1, (("pir", "lounge", 3600, False), ("door", "hallway", 3600, False)))


def test_a_watch_that_always_hands_over_late_does_not_mute_its_home():
    """It collects its readings for five minutes at a time; that is no backlog of the home's."""
    home = Town(1, (("pir", "lounge", 3600, False), ("wearable", "", 600, True)))
    end = FIRST_DAY + 15 * DAY
    said = lives(home, 1, 14, until_hour=10) + beats(home, end)
    late = [
        home.says(1, "wearable", "heart_rate", 70, now - MINUTE, late_s=60, live=False)
        for now in range(FIRST_DAY + 14 * DAY, end, 5 * MINUTE)
    ]
    (one,), (other,) = watch(home, said, end), watch(home, said + late, end)
    assert (one.id, one.at) == (other.id, other.at)


def test_late_signs_put_an_alarm_off_for_ten_minutes_and_no_longer(town):
    watching = Watching()
    watching.know(town.directory, Rows(), Rows([1]))
    for minute in range(10):
        watching.catch_up(np.array([0], np.int32), MORNING + minute * MINUTE)
    assert watching.catching[0] == MORNING + CATCH_UP


def test_who_never_left_is_watched_in_spite_of_a_holiday(town):
    """Announced from the tenth day on; at home until the evening of the thirteenth, then nothing."""
    end = FIRST_DAY + 16 * DAY
    said = ordinary_days(town, 1, 14) + beats(town, end)
    found, detector = holiday(town, said, 24, end, from_day=10)
    assert detector.returned()
    (missed,) = found
    assert missed.at - missed.onset <= DAY


def test_who_is_still_at_home_after_the_holiday_has_begun_is_watched(town):
    """The front door tells that nobody has left."""
    end = FIRST_DAY + 15 * DAY
    said = lives(town, 1, 14, until_hour=10) + beats(town, end)
    said.append(town.says(1, "door", "door", 1, FIRST_DAY + 13 * DAY + 11 * HOUR + 7 * MINUTE))
    found, _ = holiday(town, said, 24, end)
    (missed,) = found
    assert missed.at - missed.onset < 6 * HOUR


def test_a_holiday_that_is_taken_back_mutes_nothing(town):
    end, cut = FIRST_DAY + 18 * DAY, FIRST_DAY + 15 * DAY
    readings = town.readings(lives(town, 1, 14, until_hour=10) + beats(town, end))
    profile = {"holiday_from": FIRST_DAY + 14 * DAY + 9 * HOUR, "holiday_until": FIRST_DAY + 40 * DAY}
    detector = watcher(town, **profile)
    assert play(detector, readings[readings["received"] <= cut], cut, begin=FIRST_DAY, every_s=300) == []
    detector.know(dataclasses.replace(town.directory, profiles={101: Profile()}))
    (missed,) = play(detector, readings[readings["received"] > cut], end, begin=cut, every_s=300)
    assert missed.at - cut <= DAY


@pytest.mark.parametrize("away", [0, 12])
def test_a_town_of_which_most_are_on_holiday_still_misses_the_one_at_home(away):
    many = Town(20, (("pir", "lounge", 3600, False),))
    gone = FIRST_DAY + 11 * DAY + 22 * HOUR
    said = [s for home in range(2, 21 - away) for s in ordinary_days(many, home, 14)]
    said += [s for home in range(21 - away, 21) for s in ordinary_days(many, home, 14) if s.at < gone]
    said += lives(many, 1, 12, until_hour=10)
    until = {"holiday_from": gone, "holiday_until": FIRST_DAY + 20 * DAY}
    detector = InactivityDetector()
    profiles = {100 + home: Profile(**until) for home in range(21 - away, 21)}
    detector.know(dataclasses.replace(many.directory, profiles=profiles))
    end = FIRST_DAY + 13 * DAY + 12 * HOUR
    (missed,) = watch(many, said + beats(many, end), end, detector)
    assert missed.home == 1


@pytest.mark.parametrize(("homes", "hour"), [(3, 10), (12, 2)])
def test_a_past_that_ended_days_ago_raises_no_alarm_when_it_is_told(homes, hour):
    """Their records are taken over before a single sensor has spoken."""
    many, now = Town(homes, (("pir", "lounge", 3600, False),)), FIRST_DAY + 20 * DAY + hour * HOUR
    said = [s for home in range(1, homes + 1) for s in ordinary_days(many, home, 17)]
    late = [dataclasses.replace(s, received=now, live=False) for s in said]
    end = now + 30 * HOUR
    assert play(watcher(many), many.readings(late), end, begin=now, every_s=300) == []


def test_after_a_past_was_told_the_silence_counts_from_the_first_live_word(town):
    now = FIRST_DAY + 20 * DAY + 8 * HOUR
    late = [dataclasses.replace(s, received=now, live=False) for s in ordinary_days(town, 1, 17)]
    spoke = now + 2 * DAY
    said = late + town.heartbeats(spoke + 2 * DAY, begin=spoke)
    (silent,) = play(watcher(town), town.readings(said), spoke + 2 * DAY, begin=now, every_s=300)
    assert 3 * HOUR <= silent.at - spoke <= DAY + HOUR


def test_a_past_that_was_told_raises_no_alarm_after_a_restart_either(town):
    now = FIRST_DAY + 20 * DAY + 8 * HOUR
    late = [dataclasses.replace(s, received=now, live=False) for s in ordinary_days(town, 1, 17)]
    told, again = watcher(town), watcher(town)
    play(told, town.readings(late), now + 10 * MINUTE, begin=now, every_s=60)
    again.load(told.routine_rows())
    again.heard([])
    assert play(again, town.readings([]), now + DAY, begin=now + HOUR, every_s=300) == []


def test_who_moves_in_while_an_alarm_stands_does_not_keep_it_from_clearing(town):
    cut, end = FIRST_DAY + 15 * DAY, FIRST_DAY + 15 * DAY + 10 * HOUR
    said = lives(town, 1, 14, until_hour=10) + beats(town, end)
    readings = town.readings([*said, town.says(1, "pir", "presence", 1, cut + 8 * HOUR)])
    detector = watcher(town)
    (silent,) = play(detector, readings[readings["received"] <= cut], cut, begin=FIRST_DAY, every_s=300)
    detector.know(dataclasses.replace(town.directory, residents={1: (101, 102)}))
    (moved,) = play(detector, readings[readings["received"] > cut], end, begin=cut, every_s=300)
    assert (moved.id, moved.resident, moved.cleared) == (silent.id, 101, True)


def test_a_ruling_about_one_home_leaves_the_patience_with_others_as_it_was():
    many, now = Town(2, (("pir", "lounge", 3600, False),)), FIRST_DAY + 5 * DAY
    said = {home: [Ruling(home, now - 2 * HOUR, now - HOUR, false=True)] for home in (1, 2)}
    at_once, one_by_one = watcher(many), watcher(many)
    at_once.heed_rulings(said, now)
    one_by_one.heed_rulings({1: said[1]}, now)
    one_by_one.heed_rulings({2: said[2]}, now + MINUTE, whole=False)
    rows, known = np.arange(2), np.zeros(2, np.int16)
    later = [detector.patience.of(rows, now + DAY, known) for detector in (at_once, one_by_one)]
    assert later[1] == pytest.approx(later[0], rel=1e-5)
    one_by_one.heed_rulings({}, now + HOUR)
    assert one_by_one.patience.of(rows, now + DAY, known) == pytest.approx([1.0, 1.0])
