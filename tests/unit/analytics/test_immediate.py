"""A pressed button and a smoking kitchen must reach somebody, once."""

import pytest

from analytics.immediate import ImmediateDetector
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE, SECOND
from tests.unit.analytics.town import MORNING, Said, Town

town = Town(2)


def told(detector, *said: Said):
    """Findings of `said`, each in a batch of its own."""
    found = []
    for one in said:
        found += detector.fold(Batch(now=one.received, readings=town.readings([one])))
    return found


@pytest.fixture
def detector():
    detector = ImmediateDetector()
    detector.know(town.directory)
    return detector


def smoke(value: float, after: int, **how):
    return town.says(1, "smoke", "smoke", value, MORNING + after, **how)


def press(after: int, **how):
    return town.says(1, "button", "button", 1, MORNING + after, **how)


def test_a_press_is_a_call_for_help_of_the_only_resident(detector):
    (sos,) = told(detector, press(0))
    assert (sos.kind, sos.resident, sos.home, sos.onset) == ("sos", 101, 1, MORNING)
    assert sos.reason.key == "sos.raised"
    assert sos.reason.params["room"] == "bedroom"


def test_pressing_again_within_a_minute_is_the_same_call_and_later_a_new_one(detector):
    calls = told(detector, press(0), press(5 * SECOND), press(MINUTE), press(2 * MINUTE))
    assert [call.onset - MORNING for call in calls] == [0, 2 * MINUTE]


@pytest.mark.parametrize("clock_error", [-40 * 365 * DAY, -40 * DAY, 3 * HOUR, 300 * DAY])
def test_a_press_counts_whatever_the_clock_of_the_button_says(detector, clock_error):
    wrong = Said(
        town.devices[1, "button"].id,
        "button",
        1,
        MORNING + clock_error,
        MORNING,
        live=False,
    )
    (sos,) = told(detector, wrong)
    assert sos.onset == MORNING


def test_a_press_that_was_stored_for_five_hours_is_reported_with_its_delay(detector):
    (sos,) = told(detector, press(0, late_s=5 * 3600, live=False))
    assert sos.reason.key == "sos.late"
    assert sos.reason.params["late_s"] == 5 * 3600


def test_a_press_of_yesterday_is_history(detector):
    assert told(detector, press(0, late_s=24 * 3600, live=False)) == []


def test_smoke_stands_until_the_sensor_says_all_clear(detector):
    raised, cleared = told(detector, smoke(1, 0), smoke(1, MINUTE), smoke(1, HOUR), smoke(0, 2 * HOUR))
    assert raised.id == cleared.id
    assert (cleared.revision, cleared.cleared, cleared.at) == (
        1,
        True,
        MORNING + 2 * HOUR,
    )


def test_a_flickering_sensor_reopens_its_own_finding(detector):
    first, over, again, end = told(
        detector,
        smoke(1, 0),
        smoke(0, 10 * SECOND),
        smoke(1, 20 * SECOND),
        smoke(0, 30 * SECOND),
    )
    assert {first.id, over.id, again.id} == {end.id}
    assert [f.revision for f in (first, over, again, end)] == [0, 1, 2, 3]


def test_new_smoke_hours_later_is_a_new_finding(detector):
    first, _, second = told(detector, smoke(1, 0), smoke(0, MINUTE), smoke(1, 3 * HOUR))
    assert first.id != second.id


def test_an_all_clear_from_before_the_alarm_clears_nothing(detector):
    assert len(told(detector, smoke(1, HOUR), smoke(0, 0, late_s=7200))) == 1


def test_smoke_that_arrives_after_its_own_all_clear_is_still_reported(detector):
    found = told(detector, smoke(0, HOUR), smoke(1, 0, late_s=3700, live=False), smoke(0, HOUR))
    assert [f.cleared for f in found] == [False, True]
    assert found[0].reason.key == "smoke.late"


def test_two_smoke_detectors_are_two_findings(detector):
    other = town.says(2, "smoke", "smoke", 1, MORNING)
    first, second = told(detector, smoke(1, 0), other)
    assert first.id != second.id
    assert (first.resident, first.device) == (None, town.devices[1, "smoke"].id)


def test_after_a_restart_open_smoke_is_remembered_and_cleared(detector):
    (raised,) = told(detector, smoke(1, 0))
    again = ImmediateDetector()
    again.know(town.directory)
    again.resume([raised])
    (cleared,) = told(again, smoke(1, 10 * HOUR), smoke(0, 11 * HOUR))
    assert (cleared.id, cleared.revision, cleared.cleared) == (raised.id, 1, True)


def test_a_worn_device_that_reports_a_fall_is_believed(detector):
    (fall,) = told(detector, town.says(1, "wearable", "fall", 1, MORNING))
    assert (fall.kind, fall.severity, fall.resident) == ("fall", "reported", 101)
