"""A pressed button and a smoking kitchen must reach somebody, once."""

from dataclasses import replace

import pytest

from analytics.immediate import REVISIONS, ImmediateDetector
from core.batch import Batch
from core.directory import Directory
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


def test_a_press_that_claims_to_be_of_yesterday_counts_from_when_it_was_received(detector):
    (sos,) = told(detector, press(0, late_s=24 * 3600, live=False))
    assert (sos.onset, sos.at) == (MORNING + DAY, MORNING + DAY)
    assert sos.reason.key == "sos.belated"
    assert (sos.reason.params["since_at"], sos.reason.params["late_s"]) == (MORNING, 24 * 3600)


@pytest.mark.parametrize("behind", [331 * MINUTE, 6 * HOUR, 7 * HOUR, 3 * DAY, 30 * DAY])
@pytest.mark.parametrize(
    ("kind", "metric"),
    [("button", "button"), ("smoke", "smoke"), ("smoke", "gas"), ("smoke", "co"), ("smoke", "water"),
     ("wearable", "fall")],
)  # fmt: skip
def test_a_clock_that_is_behind_silences_no_cry_for_help(detector, behind, kind, metric):
    late = town.says(1, kind, metric, 1, MORNING, late_s=behind // SECOND, live=False)
    (finding,) = told(detector, late)
    assert finding.onset == MORNING + behind


def test_every_press_of_a_button_whose_clock_is_days_behind_is_heard(detector):
    behind = {"late_s": 2 * 86400, "live": False}
    calls = told(detector, press(0, **behind), press(2 * MINUTE, **behind), press(40 * MINUTE, **behind))
    assert [call.onset - MORNING - 2 * DAY for call in calls] == [0, 2 * MINUTE, 40 * MINUTE]


def test_a_button_whose_clock_starts_anew_with_every_press_is_heard_every_time(detector):
    stuck = [Said(town.devices[1, "button"].id, "button", 1, MORNING + n, MORNING + 3 * DAY + n * 5 * MINUTE)
             for n in range(3)]  # fmt: skip
    assert len(told(detector, *stuck)) == 3


def memory(*hours: int) -> list[Said]:
    """Presses at these hours, handed over two days after the first hour, one every two seconds."""
    device = town.devices[1, "button"].id
    return [
        Said(device, "button", 1, MORNING + hour * HOUR, MORNING + 2 * DAY + 2 * n * SECOND, live=False)
        for n, hour in enumerate(hours)
    ]


@pytest.mark.parametrize("hours", [range(40), range(40, 0, -1), (5, 1, 30, 2, 17)])
def test_a_memory_of_many_presses_is_one_alarm_not_many(detector, hours):
    assert len(told(detector, *memory(*hours))) == 1


def test_a_slow_back_fill_of_weeks_is_one_alarm_for_each_sensor(detector):
    device = town.devices[1, "button"].id
    weeks = [
        Said(device, "button", 1, MORNING + n * 7 * HOUR, MORNING + 21 * DAY + n * 40 * MINUTE, live=False)
        for n in range(15)
    ]
    assert len(told(detector, *weeks)) == 1


@pytest.mark.parametrize("days_later", [1, 2, 3])
def test_a_press_long_after_a_memory_was_handed_over_is_heard_though_its_time_lies_within(
    detector, days_later
):
    """The memory reaches from twenty days ago to yesterday; the clock of the button is ten days behind."""
    device, now = town.devices[1, "button"].id, MORNING + 20 * DAY
    told(detector, *(Said(device, "button", 1, MORNING + n * DAY, now + n * SECOND, live=False)
                     for n in range(20)))  # fmt: skip
    at = now + days_later * DAY
    (sos,) = told(detector, Said(device, "button", 1, at - 10 * DAY - 5 * MINUTE, at, live=False))
    assert (sos.reason.key, sos.onset) == ("sos.belated", at)


@pytest.mark.parametrize("hours", [range(40), range(40, 0, -1), (5, 1, 30, 2, 17)])
def test_a_memory_delivered_again_changes_nothing(detector, hours):
    first = memory(*hours)
    again = [replace(said, received=said.received + 3 * HOUR) for said in first]
    assert len(told(detector, *first, *again)) == 1


def test_a_belated_press_delivered_again_after_a_restart_changes_nothing(detector):
    (sos,) = told(detector, press(0, late_s=2 * 86400, live=False))
    again = ImmediateDetector()
    again.know(town.directory)
    again.resume([sos])
    assert told(again, press(0, late_s=2 * 86400, live=False), press(0, late_s=3 * 86400, live=False)) == []


def test_a_memory_delivered_again_after_a_restart_changes_nothing(detector):
    first = memory(5, 1, 30, 2, 17)
    (sos,) = told(detector, *first)
    again = ImmediateDetector()
    again.know(town.directory)
    again.resume([sos])
    assert told(again, *(replace(said, received=said.received + 3 * HOUR) for said in first)) == []


def test_what_a_device_remembers_a_week_later_is_news_again(detector):
    assert len(told(detector, press(0, late_s=86400), press(7 * DAY, late_s=7 * 3600))) == 2


def test_tampering_long_ago_is_history(detector):
    old = town.says(1, "door", "tamper", 1, MORNING, late_s=86400, live=False)
    assert told(detector, old) == []


def test_belated_smoke_ends_by_the_all_clear_of_the_same_clock(detector):
    behind = {"late_s": 2 * 86400, "live": False}
    raised, cleared = told(detector, smoke(1, 0, **behind), smoke(0, 10 * MINUTE, **behind))
    assert raised.id == cleared.id
    assert (cleared.cleared, cleared.at) == (True, MORNING + 2 * DAY + 10 * MINUTE)


def test_belated_smoke_that_goes_on_is_one_finding(detector):
    behind = {"late_s": 2 * 86400, "live": False}
    assert len(told(detector, *(smoke(1, n * 5 * MINUTE, **behind) for n in range(20)))) == 1


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
    assert again.reason.key == "smoke.raised"


def test_what_flickers_for_hours_begins_another_finding_before_its_revisions_run_out(detector):
    found = told(detector, *(smoke(n % 2 == 0, n * SECOND) for n in range(2 * REVISIONS)))
    assert max(one.revision for one in found) <= REVISIONS + 1
    assert len({one.id for one in found}) == 2
    assert len({(one.id, one.revision) for one in found}) == len(found) == 2 * REVISIONS, "none is missed"


def test_new_smoke_hours_later_is_a_new_finding(detector):
    first, _, second = told(detector, smoke(1, 0), smoke(0, MINUTE), smoke(1, 3 * HOUR))
    assert first.id != second.id


def test_a_second_fire_is_told_of_when_the_first_one_never_got_its_all_clear(detector):
    first, second = told(detector, smoke(1, 0), smoke(1, 30 * DAY))
    assert first.id != second.id
    assert second.onset == MORNING + 30 * DAY


def test_a_second_fire_is_told_of_after_a_restart_too(detector):
    (first,) = told(detector, smoke(1, 0))
    again = ImmediateDetector()
    again.know(town.directory)
    again.heard([(town.devices[1, "smoke"].id, MORNING + DAY)])
    again.resume([first])
    (second,) = told(again, smoke(1, 30 * DAY))
    assert (second.onset, second.revision) == (MORNING + 30 * DAY, 0)


def test_an_alarm_that_repeats_itself_for_a_day_is_one_finding(detector):
    found = told(detector, *(smoke(1, n * 30 * MINUTE) for n in range(48)), smoke(1, 6 * HOUR))
    assert len(found) == 1


def test_the_all_clear_ends_all_that_was_left_open(detector):
    first, second, *ends = told(detector, smoke(1, 0), smoke(1, DAY), smoke(0, DAY + HOUR))
    assert {f.id for f in ends} == {first.id, second.id}
    assert all(f.cleared for f in ends)


def test_after_a_restart_an_alarm_that_stood_for_hours_is_not_told_again(detector):
    repeats = [smoke(1, n * 10 * MINUTE) for n in range(60)]
    (raised,) = told(detector, *repeats)
    again = ImmediateDetector()
    again.know(town.directory)
    again.heard([(town.devices[1, "smoke"].id, repeats[-1].received)])
    again.resume([raised])
    assert told(again, *repeats[-7:], smoke(1, 600 * MINUTE), smoke(1, 640 * MINUTE)) == []
    (cleared,) = told(again, smoke(0, 11 * HOUR))
    assert (cleared.id, cleared.revision) == (raised.id, 1)


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
    (cleared,) = told(again, smoke(1, 50 * MINUTE), smoke(0, 2 * HOUR))
    assert (cleared.id, cleared.revision, cleared.cleared) == (raised.id, 1, True)


def test_a_worn_device_that_reports_a_fall_is_believed(detector):
    (fall,) = told(detector, town.says(1, "wearable", "fall", 1, MORNING))
    assert (fall.kind, fall.severity, fall.resident) == ("fall", "reported", 101)


def test_the_wearers_answers_are_findings_of_their_own(detector):
    fine = town.says(1, "wearable", "all_right", 1, MORNING)
    help_me = town.says(1, "wearable", "need_help", 1, MORNING + 2 * MINUTE)
    assert [(f.kind, f.resident) for f in told(detector, fine, help_me)] == [("all_right", 101), ("sos", 101)]


def test_an_answer_survives_a_restart_as_what_it_was(detector):
    (fine,) = told(detector, town.says(1, "wearable", "all_right", 1, MORNING))
    again = ImmediateDetector()
    again.know(town.directory)
    again.resume([fine])
    assert told(again, town.says(1, "wearable", "all_right", 1, MORNING)) == []
    assert [f.kind for f in told(again, press(0))] == ["sos"]


def test_a_smoke_detector_handed_on_is_heard_at_once_in_its_new_home(detector):
    """Whatever it said where it hung before, and whether its all-clear ever came."""
    (old,) = told(detector, smoke(1, 0))
    device = town.devices[1, "smoke"]
    moved = replace(device, home=2, home_code="home-2")
    rest = [entry for entry in town.directory.by_id.values() if entry.id != device.id]
    detector.know(Directory.of([*rest, moved], town.directory.residents))
    readings = town.readings([smoke(1, 10 * MINUTE), smoke(0, 20 * MINUTE)])
    readings["home"] = 2
    raised, cleared = detector.fold(Batch(MORNING + HOUR, readings))
    assert (old.home, raised.home, cleared.home) == (1, 2, 2)
    assert raised.id == cleared.id != old.id
