"""What is usual for one person, what drifts away from it, and what several signs say together."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.baseline import Baseline
from analytics.memory import Memory
from analytics.vitals import VitalsDetector
from core.batch import Batch
from core.directory import Directory, VitalSetting
from core.instant import DAY, HOUR, MINUTE, SECOND
from tests.unit.analytics.town import MORNING, Town, play

KINDS = (
    ("wearable", "", 60, True),
    ("cuff", "", None, True),
    ("scale", "bathroom", None, True),
    ("pir", "hall", 300, False),
)
TOWN = Town(1, KINDS)


def vitals(settings=None):
    detector = VitalsDetector()
    known = TOWN.directory
    detector.know(replace(known, settings=settings or {}))
    return detector


def said(kind, metric, at, value):
    return TOWN.says(1, kind, metric, value, at)


def daily(kind, metric, values, begin=MORNING):
    return [said(kind, metric, begin + day * DAY, value) for day, value in enumerate(values)]


def findings(*what, days, every_s=600, detector=None):
    readings = TOWN.readings([one for several in what for one in several])
    return play(detector or vitals(), readings, MORNING + days * DAY, every_s=every_s)


def words(found):
    return [(f.kind, f.severity, f.cleared) for f in found]


# --- drifts --------------------------------------------------------------------------------------------


def test_two_kilograms_in_three_days():
    (rising,) = findings(daily("scale", "weight", [70, 70.2, 69.9, 72.3]), days=5)
    assert (rising.kind, rising.severity, rising.resident) == ("vitals_trend", "weight_rising", 101)
    assert (rising.reason.params["value"], rising.reason.params["usual"]) == (72.3, 70.0)
    assert rising.reason.key == "vitals_trend.rising_soon"


def test_back_to_the_usual_weight_it_is_over():
    found = findings(daily("scale", "weight", [70, 70.2, 69.9, 72.3, 70.1]), days=6)
    assert [f.cleared for f in found] == [False, True]


def test_somebody_else_on_the_scale_is_no_drift():
    assert findings(daily("scale", "weight", [70, 70.2, 69.9, 82.0]), days=5) == []


def test_two_kilograms_in_a_month_are_no_matter():
    assert findings(daily("scale", "weight", np.linspace(70, 72, 28)), days=30, every_s=3600) == []


def nights(metric, by_day, kind="wearable"):
    """A value every two hours."""
    return [
        said(kind, metric, MORNING + day * DAY + hour * HOUR, float(value))
        for day, value in enumerate(by_day)
        for hour in range(0, 24, 2)
    ]


@pytest.mark.parametrize(
    ("metric", "before", "after", "severity"),
    [
        ("heart_rate", 62, 74, "heart_rate_rising"),
        ("spo2", 97, 92, "spo2_falling"),
        ("respiration", 15, 20, "respiration_rising"),
    ],
)
def test_what_creeps_away_from_the_usual(metric, before, after, severity):
    jitter = np.random.default_rng(1).normal(0, 0.4, 16)
    found = findings(nights(metric, [*(before + jitter[:12]), *(after + jitter[12:])]), days=16, every_s=3600)
    assert words(found) == [("vitals_trend", severity, False)]


def test_a_day_of_exercise_is_no_creeping():
    rates = [said("wearable", "heart_rate", s.at, s.value) for s in nights("heart_rate", [62] * 14)]
    busy = [replace(s, value=105.0) if (s.at // HOUR) % 24 in (2, 4) else s for s in rates]
    assert findings(busy, days=15, every_s=3600) == []


def test_who_always_varies_must_vary_more():
    calm = np.tile([120.0, 121.0], 8)
    wild = np.tile([105.0, 145.0, 118.0, 135.0, 110.0, 150.0, 125.0, 139.0], 2)
    for before, expected in ((calm, 1), (wild, 0)):
        values = [*before[:14], before[:14].mean() + 24, before[:14].mean() + 24]
        found = findings(daily("cuff", "systolic", values), days=17, every_s=3600)
        assert len([f for f in found if f.severity == "systolic_rising"]) == expected


def test_a_day_that_is_out_of_order_teaches_nothing():
    baseline = Baseline()
    for day in range(5):
        for hour in range(5):
            at = day * DAY + hour * HOUR + DAY
            if day == 3 and hour == 2:
                baseline.spoil(at, at)
            else:
                baseline.learn(at, at, 100.0 if day == 3 else 60.0)
    assert baseline.values.tolist() == [60.0, 60.0, 60.0]
    assert 4 not in baseline.days.tolist()


def test_a_baseline_remembers_four_weeks_and_no_more():
    baseline = Baseline()
    for day in range(1, 200):
        baseline.learn(day * DAY, day * DAY, float(day))
    assert len(baseline.values) <= 28
    assert len(baseline.numbers()) <= 3 + 24 + 2 * 28


def test_alarmed_values_are_not_learnt_from():
    detector = vitals()
    rates = [said("wearable", "heart_rate", MORNING + i * HOUR, 60) for i in range(24)]
    rates += [said("wearable", "heart_rate", MORNING + DAY + i * MINUTE, 140) for i in range(600)]
    findings(rates, days=3, detector=detector)
    kept = [m for minute in range(61) for m in _memories(detector, MORNING + 4 * DAY + minute * MINUTE)]
    (row,) = [m for m in kept if m.topic == 512 + 1]
    assert 140 not in row.numbers
    assert row.numbers[3] == 1  # the day is spoiled


def _memories(detector, now):
    detector.tick(now)
    return detector.memories()


def test_what_is_usual_survives_a_restart():
    values = [70, 70.2, 69.9, 70.1, 72.4]
    first = vitals()
    findings(daily("scale", "weight", values[:4]), days=3, detector=first)
    kept = {}
    for minute in range(61):
        kept |= {
            (m.subject, m.topic): m for m in _memories(first, MORNING + 3 * DAY + HOUR + minute * MINUTE)
        }
    again = vitals()
    again.recall(
        [Memory(m.detector, m.subject, m.topic, [float(n) for n in m.numbers]) for m in kept.values()]
    )
    found = findings(daily("scale", "weight", values[3:], begin=MORNING + 3 * DAY), days=5, detector=again)
    assert words(found) == [("vitals_trend", "weight_rising", False)]


def test_a_cuffs_high_value_is_confirmed_by_the_next_days_even_over_a_restart():
    first = vitals()
    assert words(findings(daily("cuff", "systolic", [185]), days=1, detector=first)) == [
        ("vitals_trend", "systolic_high_watch", False)
    ]
    kept = [m for minute in range(61) for m in _memories(first, MORNING + 2 * HOUR + minute * MINUTE)]
    again = vitals()
    again.recall(kept)
    found = findings(daily("cuff", "systolic", [188], begin=MORNING + DAY), days=2, detector=again)
    assert ("vitals", "systolic_high", False) in words(found)


# --- what a nurse should look at -----------------------------------------------------------------------


def test_a_cuffs_value_worth_a_look_is_told_once_and_ends_with_the_next_good_one():
    found = findings(daily("cuff", "systolic", [130, 165, 170, 135]), days=5)
    assert words(found) == [
        ("vitals_trend", "systolic_high_watch", False),
        ("vitals_trend", "systolic_high_watch", True),
    ]
    assert [(f.at - MORNING) // DAY for f in found] == [1, 3]


def test_a_watch_that_sees_its_wearer_run_is_not_worth_a_look():
    assert (
        findings([said("wearable", "heart_rate", MORNING + i * MINUTE, 115) for i in range(60)], days=1) == []
    )


# --- early warning -------------------------------------------------------------------------------------

ILL = {"heart_rate": 115, "respiration": 22, "spo2": 93}  # 2 + 2 + 2
WORSE = {"heart_rate": 122, "respiration": 24, "spo2": 92, "body_temperature": 38.6}  # 2 + 2 + 2 + 1


def observed(begin, minutes, every=1, kind="wearable", **values):
    return [
        said(kind, name, begin + minute * MINUTE, value)
        for minute in range(0, minutes, every)
        for name, value in values.items()
    ]


WELL = {"heart_rate": 70, "respiration": 16, "spo2": 97, "body_temperature": 36.8}


def warnings(*what, detector=None, until=3 * HOUR, begin=MORNING):
    readings = TOWN.readings([one for several in what for one in several])
    found = play(detector or vitals(), readings, MORNING + until, begin=begin, every_s=10)
    return [f for f in found if f.kind == "early_warning"]


def test_signs_that_together_say_ill_for_five_minutes():
    (ill,) = warnings(observed(MORNING, 60, **WELL), observed(MORNING + HOUR, 30, **ILL))
    assert (ill.severity, ill.resident, ill.evidence["score"]) == ("news2", 101, 6)
    assert ill.at - ill.onset == 5 * MINUTE
    assert ill.onset == MORNING + HOUR


def test_one_bad_minute_is_doubted():
    said_ = observed(MORNING, 60, **WELL) + observed(MORNING + HOUR, 2, **ILL)
    assert warnings(said_, observed(MORNING + HOUR + 2 * MINUTE, 60, **WELL)) == []


def test_very_ill_is_not_waited_upon_and_ill_becomes_worse():
    found = warnings(
        observed(MORNING, 60, **WELL), observed(MORNING + HOUR, 20, **ILL),
        observed(MORNING + 80 * MINUTE, 10, **WORSE),
    )  # fmt: skip
    assert [(f.severity, f.revision) for f in found] == [("news2", 0), ("news2_critical", 1)]
    assert found[1].at == MORNING + 80 * MINUTE


def test_well_again_for_a_quarter_of_an_hour_it_is_over():
    found = warnings(observed(MORNING, 60, **WELL), observed(MORNING + HOUR, 20, **ILL),
                     observed(MORNING + 80 * MINUTE, 30, **WELL))  # fmt: skip
    assert [f.cleared for f in found] == [False, True]
    assert found[1].at == MORNING + 95 * MINUTE


def test_who_climbs_stairs_is_not_ill():
    steps = [said("wearable", "steps", MORNING + HOUR + i * MINUTE, 100.0 * i) for i in range(30)]
    assert warnings(observed(MORNING, 60, **WELL), steps, observed(MORNING + HOUR, 30, **ILL)) == []


def test_a_phone_lying_by_with_a_step_count_of_its_own_is_nobody_walking():
    watch = observed(MORNING, 90, steps=800)
    phone = [said("cuff", "steps", MORNING + i * MINUTE + 10 * SECOND, 300.0) for i in range(90)]
    (ill,) = warnings(observed(MORNING, 60, **WELL), watch, phone, observed(MORNING + HOUR, 30, **ILL))
    assert ill.at == MORNING + 65 * MINUTE


def test_two_signs_are_no_score():
    two = {"heart_rate": 128, "spo2": 92}
    assert warnings(observed(MORNING, 90, **two)) == []


def test_values_of_another_hour_do_not_count():
    old = observed(MORNING, 1, kind="cuff", respiration=24, systolic=95)
    assert warnings(old, observed(MORNING + HOUR, 30, heart_rate=115)) == []


def test_a_device_that_measures_nothing_does_not_make_ill():
    nothing = {"heart_rate": 100, "respiration": 18, "spo2": 50}
    assert warnings(observed(MORNING, 90, **nothing)) == []


def test_what_a_clinician_set_is_heeded():
    hypercapnic = {"heart_rate": 95, "respiration": 22, "spo2": 90}
    assert len(warnings(observed(MORNING, 90, **hypercapnic))) == 1
    settings = {101: VitalSetting(spo2_scale=2)}
    assert warnings(observed(MORNING, 90, **hypercapnic), detector=vitals(settings)) == []


@pytest.mark.parametrize("cut_min", [62, 64, 66, 75, 85, 90, 97, 110])
def test_a_restart_changes_no_warning(cut_min):
    course = [*observed(MORNING, 60, **WELL), *observed(MORNING + HOUR, 20, **ILL),
              *observed(MORNING + 80 * MINUTE, 60, **WELL)]  # fmt: skip
    whole = {(f.id, f.revision, f.at) for f in warnings(course)}
    cut = MORNING + cut_min * MINUTE
    before = warnings([s for s in course if s.received <= cut], until=cut_min * MINUTE)
    again = vitals()
    again.resume({f.id: f for f in before}.values())
    seen = TOWN.readings([s for s in course if cut - 70 * MINUTE < s.received <= cut])
    again.fold(Batch(cut, seen))
    after = warnings([s for s in course if s.received > cut], detector=again, begin=cut + 10 * SECOND)
    assert {(f.id, f.revision, f.at) for f in [*before, *after]} == whole


def test_nothing_is_forgotten_of_who_stays():
    detector = vitals()
    detector.know(TOWN.directory)
    detector.know(Directory.of([], {}))
    assert warnings(observed(MORNING, 90, **ILL), detector=detector) == []
