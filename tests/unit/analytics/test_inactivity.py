"""Nothing happens, and by now something should have."""

import dataclasses

import numpy as np
import pytest

from analytics.inactivity import InactivityDetector
from analytics.silence_patience import Ruling
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.profile import Profile
from tests.unit.analytics.town import MORNING, Town, play

FIRST_DAY = MORNING - 8 * HOUR  # midnight in Shanghai


def watcher(town: Town, **profile) -> InactivityDetector:
    """A detector for `town`; whoever lives in its first home tolerates three false alarms in two months."""
    detector = InactivityDetector()
    one = Profile(**{"tolerated_per_month": 1.5} | profile)
    detector.know(dataclasses.replace(town.directory, profiles={101: one}))
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
    return play(detector or watcher(town), town.readings(said), until, begin=FIRST_DAY, every_s=600, **how)


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
    play(whole, readings, cut, begin=FIRST_DAY, every_s=600)
    again = watcher(town)
    again.load(whole.routine_rows())
    again.fold(
        Batch(now=cut, readings=readings[(readings["received"] > cut - HOUR) & (readings["received"] <= cut)])
    )
    (one,) = play(whole, readings, end, begin=cut + 600 * SECOND, every_s=600)
    (other,) = play(again, readings, end, begin=cut + 600 * SECOND, every_s=600)
    assert (one.id, one.at) == (other.id, other.at)


def test_who_puts_up_with_more_false_alarms_is_called_sooner(town):
    end = FIRST_DAY + 16 * DAY
    said = lives(town, 1, 14, until_hour=10) + beats(town, end)
    called = [
        watch(town, said, end, watcher(town, tolerated_per_month=rate))[0].at for rate in (0.8, 1.5, 3.0)
    ]
    assert called == sorted(called, reverse=True)
    assert called[0] > called[-1]


def test_the_sentence_says_on_how_many_days_this_hour_was_busy(town):
    end = FIRST_DAY + 15 * DAY
    (silence,) = watch(town, lives(town, 1, 14, until_hour=10) + beats(town, end), end)
    assert silence.reason.key == "inactivity.silence_up"
    assert (silence.reason.params["up_days"], silence.reason.params["days"]) == (14, 14)
    assert silence.evidence["score"] > silence.evidence["threshold"]


def quiet_mornings(town, quiet):
    """Two weeks and a day, where nothing happens from ten to three on the days of `quiet`."""
    gaps = [(FIRST_DAY + day * DAY + 10 * HOUR, FIRST_DAY + day * DAY + 19 * HOUR) for day in quiet]
    return [
        s for s in ordinary_days(town, 1, 19) if not any(begin <= s.at < end for begin, end in gaps)
    ]  # fmt: skip


@pytest.mark.parametrize(("word", "later"), [("false", True), ("real", False), (None, False)])
def test_after_a_false_alarm_the_detector_is_more_patient_with_that_home(town, word, later):
    end = FIRST_DAY + 19 * DAY
    readings = town.readings(quiet_mornings(town, (14, 17)) + beats(town, end))
    detector = watcher(town)
    middle = FIRST_DAY + 16 * DAY
    first, _ = play(detector, readings, middle, begin=FIRST_DAY, every_s=600)
    if word:
        detector.heed_rulings({1: [Ruling(1, first.onset, first.at + HOUR, word == "false")]}, middle)
    after = play(detector, readings, end - 3 * HOUR, begin=middle + 600 * SECOND, every_s=600)
    delays = [f.at - f.onset for f in after if not f.cleared]
    assert (not delays or delays[0] > first.at - first.onset) == later


def test_a_day_whose_alarm_was_false_is_learned_after_all_also_after_a_restart(town):
    middle = FIRST_DAY + 16 * DAY
    readings = town.readings(quiet_mornings(town, (14,)) + beats(town, middle))
    detector = watcher(town)
    rows = {}
    for day in range(16):
        begin = FIRST_DAY + day * DAY
        found = play(detector, readings, begin + DAY, begin=begin + 600 * SECOND, every_s=600)
        rows |= {row.day: row for row in detector.routine_rows()}
        raised = [f for f in found if not f.cleared]
        if raised:
            (first,) = raised
    again = watcher(town)
    again.load(rows.values())
    for one in (detector, again):
        before = int(one.routine.known[0])
        one.heed_rulings({1: [Ruling(1, first.onset, first.at + HOUR, false=True)]}, middle)
        one.heed_rulings({1: [Ruling(1, first.onset, first.at + HOUR, false=True)]}, middle + HOUR)
        assert int(one.routine.known[0]) == before + 1
    (kept,) = detector.routine_rows()
    assert kept.hours < 1 << 30


def holiday(town, said, until_day, end, from_day=14):
    profile = {
        "holiday_from": FIRST_DAY + from_day * DAY + 9 * HOUR,
        "holiday_until": FIRST_DAY + until_day * DAY,
    }
    detector = watcher(town, **profile)
    return watch(town, said, end, detector), detector


def test_nobody_is_missed_on_holiday_until_it_should_be_over(town):
    end = FIRST_DAY + 19 * DAY
    found, _ = holiday(town, lives(town, 1, 14, until_hour=10) + beats(town, end), 18, end)
    (missed,) = found
    assert missed.at > FIRST_DAY + 18 * DAY
    assert missed.at - FIRST_DAY - 18 * DAY < DAY


def test_a_holiday_ends_by_itself_on_return(town):
    """Back two days early, and on the next morning nothing moves."""
    end = FIRST_DAY + 19 * DAY
    gone, back = FIRST_DAY + 14 * DAY + 10 * HOUR, FIRST_DAY + 16 * DAY + 12 * HOUR
    stops = FIRST_DAY + 17 * DAY + 10 * HOUR
    said = [s for s in ordinary_days(town, 1, 19) if s.at < gone or back <= s.at < stops]
    said.append(town.says(1, "door", "door", 1, gone))
    found, detector = holiday(town, said + beats(town, end), 30, end)
    assert [at >= back for _, at in detector.returned()] == [True]
    (missed,) = found
    assert missed.onset < stops < missed.at


def test_where_somebody_seems_to_be_is_told_when_it_changes(town):
    kinds = (
        ("pir", "lounge", 3600, False),
        ("door", "hallway", 3600, False),
        ("bed", "bedroom", 3600, False),
    )
    home = Town(1, kinds)
    at = {hour: FIRST_DAY + round(hour * HOUR) for hour in (8, 10, 12, 22)}
    said = [
        home.says(1, "pir", "presence", 1, at[8]),
        home.says(1, "door", "door", 1, at[10]),
        home.says(1, "door", "door", 0, at[10] + MINUTE),
        home.says(1, "pir", "presence", 1, at[12]),
        home.says(1, "bed", "bed", 0, at[12] + HOUR),
        home.says(1, "bed", "bed", 1, at[22]),
    ]
    detector = watcher(home)
    end = FIRST_DAY + 23 * HOUR
    play(detector, home.readings(said + beats(home, end)), end, begin=FIRST_DAY, every_s=60)
    told = [(where.word, where.since) for where in detector.presences()]
    assert told == [
        ("at_home", at[8]),
        ("away", at[10] + MINUTE),
        ("at_home", at[12]),
        ("in_bed", at[22]),
    ]


def test_a_past_that_is_told_afterwards_teaches_the_routine_and_is_kept(town):
    """Two weeks handed in at once on the fifteenth morning, as a hub or the records of an older system do."""
    said, now = ordinary_days(town, 1, 14), FIRST_DAY + 14 * DAY + 8 * HOUR
    late = [dataclasses.replace(s, received=now, live=False) for s in said]
    lived, told = watcher(town), watcher(town)
    readings = town.readings(said + beats(town, now))
    play(lived, readings, now, begin=FIRST_DAY, every_s=600)
    told.tick(now - MINUTE)
    play(told, town.readings(late), now + 10 * MINUTE, begin=now, every_s=60)
    assert int(told.routine.known[0]) == 12  # the first and the last may be cut off
    rows = {row.day: row for row in told.routine_rows()}
    assert len([row for row in rows.values() if row.hours.bit_count() > 6]) >= 12
    for hour in (10, 13):
        ring = [detector.routine.ring[0][:, hour].max() for detector in (lived, told)]
        assert abs(int(ring[0]) - int(ring[1])) <= 25  # of steps of four per cent: two days less
    again = watcher(town)
    again.load(rows.values())
    assert int(again.routine.known[0]) >= 11


def test_guests_in_the_house_teach_nothing(town):
    end = FIRST_DAY + 10 * DAY
    readings = town.readings(ordinary_days(town, 1, 10) + beats(town, end))
    alone, guests = watcher(town), watcher(town, visitors_until=FIRST_DAY + 5 * DAY)
    for detector in (alone, guests):
        play(detector, readings, end, begin=FIRST_DAY, every_s=600)
    assert int(guests.routine.known[0]) == int(alone.routine.known[0]) - 5
