"""Nothing happens, and by now something should have."""

import numpy as np
import pytest

from analytics.inactivity import InactivityDetector
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE, SECOND
from tests.unit.analytics.town import MORNING, Town, play

FIRST_DAY = MORNING - 8 * HOUR  # midnight in Shanghai


def watcher(town: Town) -> InactivityDetector:
    detector = InactivityDetector()
    detector.know(town.directory)
    return detector


def ordinary_days(town, home, days, *, begin=FIRST_DAY, seed=3):
    """Up at seven, to bed at ten, something every few minutes, a nap of an hour and a half after lunch."""
    rng = np.random.default_rng(seed + home)
    said = []
    for day in range(days):
        minute = 7 * 60 + rng.uniform(0, 20)
        while minute < 22 * 60:
            at = begin + day * DAY + round(minute * MINUTE)
            said.append(town.says(home, "pir", "presence", 1, at))
            nap = 13 * 60 <= minute < 13 * 60 + 15
            minute += rng.uniform(80, 100) if nap else rng.uniform(1, 25)
    return said


def lives(town, home, days, *, until_hour, begin=FIRST_DAY):
    """`days` ordinary days, then one that stops at `until_hour`."""
    said = ordinary_days(town, home, days + 1, begin=begin)
    return [s for s in said if s.at < begin + days * DAY + until_hour * HOUR]


def beats(town, until, **how):
    return town.heartbeats(until, begin=FIRST_DAY, **how)


def watch(town, said, until, detector=None, **how):
    return play(detector or watcher(town), town.readings(said), until, begin=FIRST_DAY, every_s=300, **how)


@pytest.fixture(scope="module")
def town():
    return Town(1, (("pir", "lounge", 3600, False), ("door", "hallway", 3600, False)))


def test_ordinary_life_raises_nothing(town):
    end = FIRST_DAY + 21 * DAY
    assert watch(town, ordinary_days(town, 1, 21) + beats(town, end), end - 3 * HOUR) == []


def test_a_morning_that_falls_silent_is_noticed_within_hours(town):
    end = FIRST_DAY + 15 * DAY
    (silence,) = watch(town, lives(town, 1, 14, until_hour=10) + beats(town, end), end)
    assert silence.resident == 101
    assert silence.onset < silence.at
    assert silence.at - silence.onset < 6 * HOUR
    assert silence.reason.params["days"] == 14


def test_the_alarm_is_one_and_the_same_until_somebody_moves(town):
    end = FIRST_DAY + 16 * DAY
    said = lives(town, 1, 14, until_hour=10) + beats(town, end)
    said += [town.says(1, "pir", "presence", 1, FIRST_DAY + 14 * DAY + 20 * HOUR)]
    raised, moved, *_ = watch(town, said, end)
    assert raised.id == moved.id
    assert (moved.cleared, moved.revision, moved.reason.key) == (True, 1, "inactivity.moved")


def test_somebody_new_is_judged_by_what_others_do(town):
    end = FIRST_DAY + 2 * DAY
    (silence,) = watch(town, lives(town, 1, 0, until_hour=10) + beats(town, end), end)
    assert silence.reason.key == "inactivity.silence_new"
    assert silence.at - silence.onset <= DAY


def test_leaving_through_the_front_door_gives_more_time(town):
    end = FIRST_DAY + 16 * DAY
    said = lives(town, 1, 14, until_hour=10) + beats(town, end)
    left = max(s.at for s in said if s.metric == "presence")
    (at_home,) = watch(town, said, end)
    (away,) = watch(town, [*said, town.says(1, "door", "door", 1, left + MINUTE)], end)
    assert away.at - away.onset > at_home.at - at_home.onset
    assert away.reason.key == "inactivity.not_back_new"


def test_a_home_whose_sensors_are_offline_is_not_a_silent_person(town):
    end = FIRST_DAY + 16 * DAY
    stop = FIRST_DAY + 14 * DAY + 10 * HOUR
    assert watch(town, lives(town, 1, 14, until_hour=10) + beats(town, stop), end) == []


def test_when_it_comes_back_the_silence_is_judged_afresh(town):
    stop, back = FIRST_DAY + 14 * DAY + 10 * HOUR, FIRST_DAY + 15 * DAY + 10 * HOUR
    end = back + DAY
    said = lives(town, 1, 14, until_hour=10) + beats(town, stop)
    said += town.heartbeats(end, begin=back)
    (silence,) = watch(town, said, end)
    assert silence.at - back >= 2 * HOUR


def test_late_data_that_show_life_raise_nothing(town):
    """The hub was cut off for six hours, stored what it saw, and hands it in afterwards."""
    cut, back = FIRST_DAY + 14 * DAY + 9 * HOUR, FIRST_DAY + 14 * DAY + 15 * HOUR
    said = ordinary_days(town, 1, 15) + beats(town, FIRST_DAY + 15 * DAY)
    stored = [
        town.says(1, "pir", s.metric, s.value, s.at, late_s=(back - s.at) / SECOND + 5, live=False)
        if cut <= s.at < back else s
        for s in said
    ]  # fmt: skip
    assert watch(town, stored, FIRST_DAY + 15 * DAY - 3 * HOUR) == []


def test_an_outage_of_all_homes_raises_nobody_and_leaves_no_burst():
    """Sensors without heartbeats, so that only the gathering of homes can tell."""
    silent_kind = (("pir", "lounge", None, False),)
    many = Town(12, silent_kind)
    gone, back = FIRST_DAY + 10 * DAY + 2 * HOUR, FIRST_DAY + 12 * DAY + 14 * HOUR
    said = [
        s for home in range(1, 13) for s in ordinary_days(many, home, 16) if not gone <= s.at < back
    ]  # fmt: skip
    assert watch(many, said, FIRST_DAY + 16 * DAY - 3 * HOUR) == []


def test_one_silent_person_among_many_is_still_noticed():
    many = Town(12, (("pir", "lounge", None, False),))
    said = [s for home in range(2, 13) for s in ordinary_days(many, home, 15)]
    said += lives(many, 1, 14, until_hour=10)
    (silence,) = watch(many, said, FIRST_DAY + 15 * DAY - 3 * HOUR)
    assert silence.home == 1


def test_an_anomaly_is_not_learned(town):
    """The next day it is compared with the same days and the same longest silence."""
    end = FIRST_DAY + 16 * DAY
    said = lives(town, 1, 14, until_hour=10) + beats(town, end)
    evening = FIRST_DAY + 14 * DAY + 20 * HOUR
    said += [town.says(1, "pir", "presence", 1, evening + i * 10 * MINUTE) for i in range(2)]
    morning = [s for s in said if s.metric == "presence" and s.at > FIRST_DAY + 14 * DAY and s.at < evening]
    said += [town.says(1, "pir", "presence", 1, s.at + DAY) for s in morning]
    first, _, second = watch(town, said, end)
    for known in ("days", "longest_s"):
        assert second.reason.params[known] == first.reason.params[known]


def test_stored_routine_and_replay_restore_the_detector(town):
    end = FIRST_DAY + 15 * DAY
    readings = town.readings(lives(town, 1, 14, until_hour=10) + beats(town, end))
    cut = FIRST_DAY + 14 * DAY + 9 * HOUR + 30 * MINUTE
    whole = watcher(town)
    play(whole, readings, cut, begin=FIRST_DAY, every_s=300)
    again = watcher(town)
    again.load(whole.routine_rows())
    again.fold(
        Batch(now=cut, readings=readings[(readings["received"] > cut - HOUR) & (readings["received"] <= cut)])
    )
    (one,) = play(whole, readings, end, begin=cut + 300 * SECOND, every_s=300)
    (other,) = play(again, readings, end, begin=cut + 300 * SECOND, every_s=300)
    assert (one.id, one.at) == (other.id, other.at)
