"""One odd value is doubted, two are believed, a grave one is not waited upon, a fault is called a fault."""

import pytest

from analytics.limits import LIMITS
from analytics.vitals import VitalsDetector
from core.instant import HOUR, MINUTE
from core.quantity import BY_NAME
from tests.unit.analytics.town import MORNING, Town, play

town = Town(2)


def course(metric: str, *values: float, every: int = 5 * MINUTE, **how):
    detector = VitalsDetector()
    detector.know(town.directory)
    said = [
        town.says(1, "wearable", metric, value, MORNING + i * every, **how) for i, value in enumerate(values)
    ]
    return play(detector, town.readings(said), MORNING + len(values) * every + HOUR, every_s=60)


def test_one_odd_value_is_doubted():
    assert course("heart_rate", 75, 150, 76, 74) == []


def test_a_second_one_confirms_it():
    (high,) = course("heart_rate", 75, 150, 152)
    assert (high.severity, high.resident) == ("heart_rate_high", 101)
    assert high.at == MORNING + 10 * MINUTE
    assert high.onset // 1000 == (MORNING + 5 * MINUTE) // 1000


def test_a_second_one_hours_later_does_not():
    assert course("heart_rate", 150, 150, 150, every=HOUR) == []


def test_a_low_and_a_high_value_do_not_confirm_each_other():
    assert course("heart_rate", 150, 35, 150, 35) == []


def test_a_grave_value_is_not_waited_upon():
    (low,) = course("spo2", 97, 78)
    assert low.severity == "spo2_low_critical"
    assert low.reason.key == "vitals.grave_low"


def test_what_gets_graver_is_said_again_at_once():
    low, critical = course("spo2", 97, 89, 89, 60, 55, 52)
    assert low.id == critical.id
    assert [f.severity for f in (low, critical)] == ["spo2_low", "spo2_low_critical"]
    assert (critical.revision, critical.cleared, critical.at) == (1, False, MORNING + 15 * MINUTE)
    assert critical.reason.key == "vitals.grave_low"
    assert critical.reason.params["value"] == 60


def test_what_gets_better_but_not_well_is_not_said_again():
    (critical,) = course("spo2", 78, 85, 88, 79, 85)
    assert critical.severity == "spo2_low_critical"


def test_the_other_side_is_said_once_a_second_value_confirms_it():
    low, high, critical = course("heart_rate", 38, 37, 150, 150, 25)
    assert [f.severity for f in (low, high, critical)] == [
        "heart_rate_low",
        "heart_rate_high",
        "heart_rate_low_critical",
    ]
    assert [f.revision for f in (low, high, critical)] == [0, 1, 2]
    assert len({f.id for f in (low, high, critical)}) == 1
    assert high.at == MORNING + 15 * MINUTE


def test_one_value_on_the_other_side_is_doubted():
    assert len(course("heart_rate", 38, 37, 150, 37, 150, 36)) == 1


def test_what_got_graver_ends_as_one():
    *_, critical, back = course("spo2", 89, 89, 70, 95, 96, 97)
    assert (back.id, back.revision, back.cleared) == (critical.id, 2, True)


def test_after_a_restart_it_still_worsens_and_only_once():
    first = VitalsDetector()
    first.know(town.directory)
    values = [
        town.says(1, "wearable", "spo2", v, MORNING + i * MINUTE) for i, v in enumerate((89, 89, 60, 55))
    ]
    low, critical = play(first, town.readings(values), MORNING + 5 * MINUTE)
    for known, expected in ((low, [critical]), (critical, [])):
        again = VitalsDetector()
        again.know(town.directory)
        again.resume([known])
        assert play(again, town.readings(values), MORNING + 5 * MINUTE) == expected


def test_it_stands_until_ten_minutes_in_order():
    high, back = course("heart_rate", 150, 150, 100, 150, 100, 100, 100)
    assert high.id == back.id
    assert (back.revision, back.cleared, back.at) == (1, True, MORNING + 30 * MINUTE)


@pytest.mark.parametrize(
    ("metric", "value", "key"),
    [
        ("spo2", 50, "device_fault.not_measured"),
        ("skin_temperature", 70, "device_fault.too_hot"),
        ("body_temperature", 43, "device_fault.too_hot"),
        ("heart_rate", 0, "device_fault.not_worn"),
    ],
)
def test_what_no_person_can_have_is_a_fault_of_the_device(metric, value, key):
    (fault,) = course(metric, value, value, value, value)
    assert (fault.kind, fault.resident) == ("device_fault", None)
    assert fault.reason.key == key


def test_a_fault_that_shows_once_is_passed_over():
    assert course("spo2", 97, 50, 97, 50, 50, 97) == []


def test_a_fault_between_two_odd_values_does_not_hide_the_second():
    (low,) = course("spo2", 88, 50, 88)
    assert low.severity == "spo2_low"


def test_an_old_value_is_for_the_curve_only():
    assert course("spo2", 70, 70, 70, late_s=7200, live=False) == []


def test_two_odd_values_in_one_message_are_two_findings():
    detector = VitalsDetector()
    detector.know(town.directory)
    said = [
        town.says(1, "wearable", "systolic", 240, MORNING),
        town.says(1, "wearable", "diastolic", 140, MORNING),
    ]
    first, second = play(detector, town.readings(said), MORNING + MINUTE)
    assert first.id != second.id


def test_every_limit_lies_within_what_is_possible_and_the_grave_one_beyond_it():
    for limit in LIMITS:
        quantity = BY_NAME[limit.metric]
        ladder = [
            quantity.low,
            limit.grave_low,
            limit.low,
            limit.high,
            limit.grave_high,
            quantity.high,
        ]
        steps = [step for step in ladder if step is not None]
        assert steps == sorted(steps), limit.metric
