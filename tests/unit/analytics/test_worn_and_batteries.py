"""Not worn is not silent, and flat next week is not flat today: two answers of their own."""

import numpy as np
import pytest

from analytics.forecast import ForecastDetector
from analytics.worn import WornDetector
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.motion import MotionWindow
from tests.unit.analytics.town import MORNING, Town, play

TOWN = Town(2)


def watch():
    detector = WornDetector()
    detector.know(TOWN.directory)
    return detector


def says(metric, value, minute):
    return TOWN.says(1, "wearable", metric, value, MORNING + round(minute * MINUTE))


def told(*said, until=8 * HOUR, detector=None, begin=MORNING):
    return play(detector or watch(), TOWN.readings(said), MORNING + until, begin=begin, every_s=30)


def words(found):
    return [(f.severity, f.cleared, (f.at - MORNING) // MINUTE) for f in found]


def test_taken_off_by_its_own_word():
    found = told(says("worn", 1, 0), says("worn", 0, 60), says("worn", 0, 90), says("worn", 1, 120))
    assert words(found) == [("says", False, 75), ("says", True, 120)]
    assert (found[0].resident, found[0].device) == (None, TOWN.devices[1, "wearable"].id)


def test_a_shower_is_not_told():
    assert told(says("worn", 0, 60), says("worn", 1, 70)) == []


def test_a_table_has_no_pulse():
    found = told(*(says("heart_rate", 0, minute) for minute in range(60, 300, 10)))
    assert words(found) == [("measures", False, 240)]
    assert found[0].onset == MORNING + HOUR


def test_one_pulse_among_many_zeros_is_a_pulse():
    said = [says("heart_rate", 70 if minute == 150 else 0, minute) for minute in range(60, 300, 10)]
    assert told(*said) == []


def test_a_device_that_says_nothing_is_not_said_to_be_off():
    assert told(says("heart_rate", 0, 10), says("heart_rate", 0, 20), says("heart_rate", 0, 300)) == []


def test_by_its_own_word_it_is_off_whatever_it_takes_for_a_pulse():
    said = [says("worn", 0, 60), *(says("heart_rate", 66, minute) for minute in range(61, 200, 10))]
    assert words(told(*said)) == [("says", False, 75)]


def test_the_last_words_of_a_message_out_of_a_memory_do_not_count():
    old = TOWN.says(1, "wearable", "worn", 0, MORNING, late_s=7200, live=False)
    assert told(old) == []


def windows(minute, moving):
    """A second of motion a minute."""
    draw = np.random.default_rng(minute)
    acc = np.tile(np.array([0, 0, 1000], np.int16), (50, 1)) + draw.normal(0, 120 if moving else 2, (50, 3))
    entry = TOWN.devices[1, "wearable"]
    return MotionWindow(
        1, entry.id, entry.resident, MORNING + minute * MINUTE, 50.0, acc.astype(np.int16), None
    )


def lie(detector, minutes, moving=frozenset()):
    found = []
    for minute in minutes:
        now = MORNING + minute * MINUTE + 2 * SECOND
        found += detector.fold(Batch(now, motion=[windows(minute, minute in moving)]))
        found += detector.tick(now + 10 * SECOND)
    return found


def test_quite_still_for_three_hours():
    assert words(lie(watch(), range(10, 240))) == [("measures", False, 190)]


def test_a_sleeper_turns_over():
    assert lie(watch(), range(10, 400), moving={100, 200, 300}) == []


def test_after_a_restart_it_has_lain_there_since_before():
    first, kept = watch(), {}
    for minute in range(10, 120):
        assert lie(first, [minute], moving={10, 20}) == []
        kept |= {m.subject: m for m in first.memories()}
    again = watch()
    again.recall(kept.values())
    (found,) = lie(again, range(125, 210))
    assert (found.onset - MORNING) // MINUTE == 21


def test_after_a_restart_who_moved_has_not_lain_there():
    first, kept = watch(), {}
    for minute in range(10, 120):
        lie(first, [minute], moving={100, 119})
        kept |= {m.subject: m for m in first.memories()}
    again = watch()
    again.recall(kept.values())
    assert lie(again, range(125, 280)) == []


# --- batteries -----------------------------------------------------------------------------------------


def forecast():
    detector = ForecastDetector()
    detector.know(TOWN.directory)
    return detector


def charge(day, share, hour=1):
    return TOWN.says(1, "pir", "battery", share, MORNING + day * DAY + hour * HOUR)


def seen(said, days, detector=None, begin=0):
    readings, start = TOWN.readings(said), MORNING + begin * DAY
    return play(detector or forecast(), readings, MORNING + days * DAY, begin=start, every_s=3600)


@pytest.mark.parametrize("a_day", [2.0, 3.0, 4.0])
def test_it_is_told_about_a_week_ahead_and_the_days_are_right(a_day):
    draw = np.random.default_rng(3)
    said = [charge(day, max(0.0, 0.62 - a_day * day / 100 + draw.normal(0, 0.004))) for day in range(50)]
    soon = next(f for f in seen(said, 50) if not f.cleared)
    flat = MORNING + round((57 / a_day) * DAY)
    left = (flat - soon.at) / DAY
    assert 5.5 <= left <= 8.5
    assert soon.evidence["days_left"] == pytest.approx(left, abs=1.5)


def test_charged_every_night_it_does_not_die():
    said = [charge(day, share, hour) for day in range(20) for hour, share in ((1, 0.9), (8, 0.6), (14, 0.35))]
    assert seen(said, 21) == []


def test_a_battery_that_lasts_for_years_is_not_worth_a_word():
    assert seen([charge(day, 0.30 - day * 0.0005) for day in range(30)], 31) == []


def test_a_new_battery_ends_it():
    said = [charge(day, 0.45 - 0.03 * day) for day in range(9)] + [charge(9, 1.0)]
    assert [f.cleared for f in seen(said, 11)] == [False, True]


def test_when_it_is_low_that_is_said_instead():
    said = [charge(day, 0.45 - 0.03 * day) for day in range(12)]
    soon, weak = seen(said, 13)
    assert (weak.cleared, weak.reason.key) == (True, "battery_forecast.weak")
    assert soon.id == weak.id


def test_after_a_restart_the_days_are_remembered():
    said = [charge(day, 0.60 - 0.03 * day) for day in range(14)]
    whole = seen(said, 14)
    first, kept = forecast(), {}
    seen(said[:8], 8, first)
    for minute in range(61):
        first.tick(MORNING + 8 * DAY + minute * MINUTE)
        kept |= {m.subject: m for m in first.memories()}
    again = forecast()
    again.recall(kept.values())
    after = seen(said[8:], 14, again, begin=8)
    assert [(f.id, f.revision) for f in after] == [(f.id, f.revision) for f in whole]
    assert whole
