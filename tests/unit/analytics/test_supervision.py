"""Five different silences must not be confused: here the device, the home and the platform."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from analytics.supervision import SupervisionDetector
from core.batch import Batch
from core.directory import Directory
from core.instant import HOUR, MINUTE, SECOND
from core.motion import MotionWindow
from tests.unit.analytics.town import MORNING, Town, play

town = Town(8)


def supervised(where: Town = town) -> SupervisionDetector:
    detector = SupervisionDetector()
    detector.know(where.directory)
    return detector


def kinds(findings):
    return Counter((f.kind, f.cleared) for f in findings)


def test_nothing_is_said_while_everybody_speaks():
    said = town.heartbeats(MORNING + 2 * HOUR)
    assert play(supervised(), town.readings(said), MORNING + 2 * HOUR) == []


def test_a_device_is_missed_after_two_and_a_half_of_its_own_intervals():
    last = MORNING + 10 * MINUTE
    said = town.heartbeats(MORNING + HOUR, silent=[(1, "wearable")])
    said.append(town.says(1, "wearable", "rssi", -60, last, late_s=0))
    (offline,) = play(supervised(), town.readings(said), MORNING + HOUR, every_s=1)
    assert offline.device == town.devices[1, "wearable"].id
    assert (offline.onset, offline.at) == (last, last + 150 * SECOND)
    assert offline.reason.params["every_s"] == 60


def test_it_clears_when_the_device_speaks_again():
    said = town.heartbeats(MORNING + HOUR, silent=[(1, "wearable")])
    said += [town.says(1, "wearable", "rssi", -60, MORNING + after * MINUTE) for after in (1, 30)]
    gone, back, gone_again = play(supervised(), town.readings(said), MORNING + HOUR)
    assert (back.id, back.revision, back.cleared) == (gone.id, 1, True)
    assert gone_again.id != gone.id


def test_a_last_will_is_believed_at_once():
    said = town.heartbeats(MORNING + HOUR, silent=[(1, "wearable")])
    said += [town.says(1, "wearable", "rssi", -60, MORNING + MINUTE)]
    said += [town.says(1, "wearable", "online", 0, MORNING + 90 * SECOND, late_s=0)]
    (offline,) = play(supervised(), town.readings(said), MORNING + HOUR, every_s=1)
    assert offline.reason.key == "offline.last_will"
    assert offline.at - (MORNING + 90 * SECOND) <= 2 * SECOND


def cut_line(town, spread_s):
    """Everybody's line is cut after half an hour: the broker speaks for each device, then nobody does."""
    cut = MORNING + 30 * MINUTE
    said = town.heartbeats(cut)
    for home in range(1, len(town.directory.residents) + 1):
        at = cut + round(spread_s * SECOND * home / len(town.directory.residents))
        said += [town.says(home, kind, "online", 0, at, late_s=0) for kind in ("wearable", "pir", "button")]
    return play(supervised(town), town.readings(said), MORNING + HOUR, every_s=1)


def test_the_wills_of_a_cut_line_are_one_outage():
    assert kinds(cut_line(Town(20), 1)) == {("platform_outage", False): 1}


def test_of_wills_that_come_bit_by_bit_only_the_first_few_are_believed_and_those_are_taken_back():
    found = kinds(cut_line(Town(40), 60))
    assert found[("platform_outage", False)] == 1
    assert found[("offline", False)] == found[("offline", True)] <= 3 * 6


def test_the_wills_of_one_home_are_believed_at_once_also_in_a_town():
    town = Town(40)
    said = town.heartbeats(MORNING + HOUR, silent=[(7, "wearable"), (7, "pir")])
    said += [town.says(7, kind, "rssi", -60, MORNING + MINUTE) for kind in ("wearable", "pir")]
    said += [town.says(7, kind, "online", 0, MORNING + 2 * MINUTE, late_s=0) for kind in ("wearable", "pir")]
    found = play(supervised(town), town.readings(said), MORNING + 3 * MINUTE, every_s=1)
    assert kinds(found) == {("offline", False): 2}


def test_the_old_will_of_a_device_that_reconnected_is_not():
    said = town.heartbeats(MORNING + HOUR)
    said += [town.says(1, "wearable", "online", 0, MORNING + MINUTE, late_s=0.5)]
    said += [town.says(1, "wearable", "online", 1, MORNING + MINUTE, late_s=0.6)]
    assert play(supervised(), town.readings(said), MORNING + HOUR) == []


def test_retained_and_stored_messages_are_no_sign_of_life():
    said = town.heartbeats(MORNING + HOUR, silent=[(1, "wearable")])
    said += [town.says(1, "wearable", "rssi", -60, MORNING + MINUTE)]
    said += [
        town.says(1, "wearable", "battery", 0.9, MORNING + at * MINUTE, live=False) for at in range(2, 60)
    ]
    assert kinds(play(supervised(), town.readings(said), MORNING + HOUR)) == {("offline", False): 1}


def test_motion_windows_are_life():
    alone = Town(1)
    detector = supervised(alone)
    wearable = alone.devices[1, "wearable"].id
    still = np.zeros((50, 3), np.int16)
    for second in range(0, 1800, 10):
        now = MORNING + second * SECOND
        window = MotionWindow(1, wearable, 101, now - SECOND, 50, still)
        detector.fold(Batch(now=now, motion=[window]))
        assert detector.tick(now) == []
    assert [f.device for f in detector.tick(MORNING + HOUR)] == [wearable]


def test_a_home_whose_devices_all_fall_silent_is_one_finding():
    gone = [(3, kind) for kind in ("wearable", "pir", "smoke", "door")]
    said = town.heartbeats(MORNING + 10 * MINUTE, silent=[])
    said += town.heartbeats(MORNING + 2 * HOUR, begin=MORNING + 10 * MINUTE, silent=gone)
    found = play(supervised(), town.readings(said), MORNING + 2 * HOUR)
    (home,) = [f for f in found if f.kind == "home_offline"]
    assert home.home == 3
    # Its wearable was missed first, on its own; the home's finding then takes that back.
    still_open = {f.id for f in found} - {f.id for f in found if f.cleared}
    assert still_open == {home.id}


def test_the_home_clears_with_the_first_word_and_what_stays_silent_is_said_then():
    gone = [(3, kind) for kind in ("wearable", "pir", "smoke", "door")]
    said = town.heartbeats(MORNING + 10 * MINUTE)
    said += town.heartbeats(MORNING + HOUR, begin=MORNING + 10 * MINUTE, silent=gone)
    said += town.heartbeats(MORNING + 2 * HOUR, begin=MORNING + HOUR, silent=[(3, "pir")])
    found = play(supervised(), town.readings(said), MORNING + 2 * HOUR)
    last = {f.id: f for f in found}
    (open_one,) = [f for f in last.values() if not f.cleared]
    assert (open_one.kind, open_one.device) == ("offline", town.devices[3, "pir"].id)
    assert Counter(f.kind for f in last.values() if f.cleared)["home_offline"] == 1


def test_when_all_homes_fall_silent_it_is_one_finding_and_no_burst_after_it():
    big = Town(40)
    said = big.heartbeats(MORNING + HOUR)
    said += big.heartbeats(MORNING + 8 * HOUR, begin=MORNING + 4 * HOUR)
    found = play(supervised(big), big.readings(said), MORNING + 8 * HOUR)
    assert kinds(found) == {("platform_outage", False): 1, ("platform_outage", True): 1}
    start, end = found
    assert (start.home, start.id) == (0, end.id)
    assert start.at - (MORNING + HOUR) < 2 * MINUTE
    assert abs(end.at - (MORNING + 4 * HOUR)) < 2 * MINUTE


def test_a_device_that_does_not_come_back_after_the_outage_is_missed_then():
    big = Town(40)
    said = big.heartbeats(MORNING + HOUR)
    said += big.heartbeats(MORNING + 8 * HOUR, begin=MORNING + 4 * HOUR, silent=[(7, "pir")])
    found = play(supervised(big), big.readings(said), MORNING + 8 * HOUR)
    (missed,) = [f for f in found if f.kind == "offline"]
    assert missed.device == big.devices[7, "pir"].id


def test_four_homes_of_forty_are_no_outage():
    big = Town(40)
    gone = [(home, kind) for home in (1, 2, 3, 4) for kind in ("wearable", "pir", "smoke", "door")]
    said = big.heartbeats(MORNING + HOUR)
    said += big.heartbeats(MORNING + 3 * HOUR, begin=MORNING + HOUR, silent=gone)
    found = play(supervised(big), big.readings(said), MORNING + 3 * HOUR)
    assert kinds(found)["home_offline", False] == 4
    assert not [f for f in found if f.kind == "platform_outage"]


def test_a_restart_neither_repeats_nor_forgets():
    said = town.heartbeats(MORNING + 2 * HOUR, silent=[(1, "wearable")])
    said += [town.says(1, "wearable", "rssi", -60, MORNING + after * MINUTE) for after in (1, 90)]
    readings = town.readings(said)
    first = play(supervised(), readings, MORNING + HOUR)
    again = supervised()
    again.resume(first)
    replay = readings[
        (readings["received"] > MORNING + 50 * MINUTE) & (readings["received"] <= MORNING + HOUR)
    ]
    assert again.fold(Batch(now=MORNING + HOUR, readings=replay)) == []
    (back, _) = play(again, readings, MORNING + 2 * HOUR, begin=MORNING + HOUR)
    assert (back.id, back.revision, back.cleared) == (first[0].id, 1, True)


def test_the_time_in_which_the_platform_itself_was_down_is_not_silence_of_the_devices():
    readings = town.readings(town.heartbeats(MORNING + HOUR))
    again = supervised()
    again.fold(Batch(now=MORNING + HOUR, readings=readings))
    assert again.tick(MORNING + 5 * HOUR) == []
    afterwards = town.readings(town.heartbeats(MORNING + 6 * HOUR, begin=MORNING + 5 * HOUR))
    assert play(again, afterwards, MORNING + 6 * HOUR, begin=MORNING + 5 * HOUR) == []


SLOW = Town(
    8, [("wearable", "", 60, True), ("pir", "bathroom", 3600, False), ("door", "hallway", 3600, False)]
)


def restarted(where: Town, said, findings=()) -> SupervisionDetector:
    """A new detector that learns from the store when each device was last heard, and folds nothing again."""
    last: dict[int, int] = {}
    for one in said:
        last[one.device] = max(one.received, last.get(one.device, 0))
    detector = supervised(where)
    detector.heard(last.items())
    detector.resume({f.id: f for f in findings}.values())
    return detector


def test_a_device_that_reports_hourly_and_died_while_nobody_listened_is_missed():
    crash, restart = MORNING + 6 * HOUR, MORNING + 9 * HOUR
    before = SLOW.heartbeats(crash)
    after = SLOW.heartbeats(restart + 8 * HOUR, begin=restart, silent=[(3, "pir")])
    again = restarted(SLOW, before)
    found = play(again, SLOW.readings(after), restart + 8 * HOUR, begin=restart, every_s=60)
    (offline,) = found
    assert offline.device == SLOW.devices[3, "pir"].id
    assert 90 * MINUTE <= offline.at - restart <= 150 * MINUTE
    assert offline.onset <= crash


def test_a_device_that_was_overdue_already_is_said_at_the_restart_and_once():
    crash, restart = MORNING + 12 * HOUR, MORNING + 12 * HOUR + 20 * MINUTE
    before = SLOW.heartbeats(crash, silent=[(3, "pir")])
    before += [SLOW.says(3, "pir", "rssi", -60, MORNING)]
    after = SLOW.readings(SLOW.heartbeats(restart + 8 * HOUR, begin=restart, silent=[(3, "pir")]))
    found = play(restarted(SLOW, before), after, restart + 8 * HOUR, begin=restart, every_s=60)
    (offline,) = found
    assert (offline.device, offline.at) == (SLOW.devices[3, "pir"].id, restart)
    assert restarted(SLOW, before, found).tick(restart + HOUR) == []


@pytest.mark.parametrize("deaf", [2 * MINUTE, 20 * MINUTE, 3 * HOUR, 3 * 24 * HOUR])
def test_a_restart_after_a_long_time_does_not_call_everybody_offline(deaf):
    crash = MORNING + 6 * HOUR
    restart = crash + deaf
    again = restarted(SLOW, SLOW.heartbeats(crash))
    after = SLOW.readings(SLOW.heartbeats(restart + 6 * HOUR, begin=restart))
    # Some speak before time begins to pass for the detectors.
    early = after[after["received"] <= restart + 10 * SECOND]
    again.fold(Batch(now=restart + 10 * SECOND, readings=early))
    assert play(again, after, restart + 6 * HOUR, begin=restart + 10 * SECOND) == []


def test_a_platform_that_stays_silent_after_the_restart_is_one_finding():
    crash, restart = MORNING + 6 * HOUR, MORNING + 9 * HOUR
    again = restarted(SLOW, SLOW.heartbeats(crash))
    found = play(again, SLOW.readings([]), restart + 8 * HOUR, begin=restart, every_s=10)
    assert kinds(found) == {("platform_outage", False): 1}
    assert found[0].at - restart < 3 * MINUTE


def test_a_crash_right_after_an_outage_does_not_call_those_offline_who_are_not_back_yet():
    big = Town(40)
    said = big.heartbeats(MORNING + HOUR)
    said += big.heartbeats(MORNING + 8 * HOUR, begin=MORNING + 4 * HOUR)
    readings = big.readings(said)
    found = play(supervised(big), readings, MORNING + 5 * HOUR, every_s=5)
    end = next(f.at for f in found if f.cleared)
    early = [s for s in said if s.received <= end]
    again = restarted(big, early, [f for f in found if f.at <= end])
    assert play(again, readings, MORNING + 8 * HOUR, begin=end + 10 * SECOND) == []


def test_an_outage_that_spans_a_restart_ends_although_many_homes_were_given_up_long_ago():
    big, outage = Town(40), MORNING + 12 * HOUR
    given_up = [(home, kind) for home in range(1, 31) for kind in ("wearable", "pir", "smoke", "door")]
    last = {big.devices[key].id: MORNING + key[0] * 20 * MINUTE for key in given_up}  # one home after another
    said = [s for s in big.heartbeats(outage) if s.at < last.get(s.device, outage)]
    first = play(supervised(big), big.readings(said), outage + HOUR, every_s=60)
    standing = [f for f in {f.id: f for f in first}.values() if not f.cleared]
    assert Counter(f.kind for f in standing) == {"home_offline": 30, "platform_outage": 1}
    restart = outage + 2 * HOUR
    again = restarted(big, said, first)
    back = big.heartbeats(restart + 2 * HOUR, begin=restart, silent=given_up)
    found = play(again, big.readings(back), restart + 2 * HOUR, begin=restart)
    assert kinds(found) == {("platform_outage", True): 1}


def test_a_home_that_is_offline_stays_one_finding_over_a_restart():
    gone = [(3, kind) for kind in ("wearable", "pir", "door")]
    crash = MORNING + 12 * HOUR
    before = SLOW.heartbeats(MORNING + HOUR) + SLOW.heartbeats(crash, begin=MORNING + HOUR, silent=gone)
    first = play(supervised(SLOW), SLOW.readings(before), crash, every_s=60)
    assert [f.kind for f in {f.id: f for f in first}.values() if not f.cleared] == ["home_offline"]
    restart = crash + 30 * MINUTE
    after = SLOW.heartbeats(restart + 2 * HOUR, begin=restart, silent=gone)
    after += SLOW.heartbeats(restart + 8 * HOUR, begin=restart + 2 * HOUR, silent=[(3, "pir")])
    found = play(
        restarted(SLOW, before, first), SLOW.readings(after), restart + 8 * HOUR, begin=restart, every_s=60
    )
    assert [(f.kind, f.cleared) for f in found] == [("home_offline", True), ("offline", False)]
    assert found[1].device == SLOW.devices[3, "pir"].id


def test_a_device_that_spoke_right_before_the_crash_is_not_missed_for_ever():
    said = [s for s in town.heartbeats(MORNING + HOUR) if s.device != town.devices[1, "wearable"].id]
    said += [town.says(1, "wearable", "rssi", -60, MORNING + MINUTE)]
    (gone,) = play(supervised(), town.readings(said), MORNING + HOUR)
    word = town.says(1, "wearable", "rssi", -60, MORNING + HOUR)  # stored, and nobody was told any more
    again = restarted(town, [*said, word], [gone])
    (back,) = again.fold(Batch(now=MORNING + HOUR + MINUTE, readings=town.readings([word])))
    assert (back.id, back.revision, back.cleared) == (gone.id, 1, True)


def test_a_home_of_which_one_spoke_right_before_the_crash_is_not_missed_for_ever():
    gone = [(3, kind) for kind in ("wearable", "pir", "door")]
    crash = MORNING + 12 * HOUR
    before = SLOW.heartbeats(MORNING + HOUR) + SLOW.heartbeats(crash, begin=MORNING + HOUR, silent=gone)
    first = play(supervised(SLOW), SLOW.readings(before), crash, every_s=60)
    word = SLOW.says(3, "door", "rssi", -60, crash)
    again = restarted(SLOW, [*before, word], first)
    found = again.fold(Batch(now=crash + MINUTE, readings=SLOW.readings([word])))
    found += again.tick(crash + MINUTE)
    assert [(f.kind, f.home) for f in found if f.cleared] == [("home_offline", 3)]


def test_what_a_device_said_where_it_was_before_is_no_word_from_here():
    moved = replace(town.devices[1, "pir"], since=MORNING)
    detector = SupervisionDetector()
    detector.know(Directory.of([moved], {}))
    detector.heard([(moved.id, MORNING - HOUR), (999_999, MORNING)])
    assert detector.tick(MORNING + 10 * HOUR) == []


@pytest.mark.parametrize(("charge", "said"), [(0.16, 0), (0.15, 1), (0.02, 1)])
def test_a_weak_battery_is_said_once(charge, said):
    beats = [town.says(1, "pir", "battery", charge, MORNING + at * MINUTE) for at in range(0, 60, 5)]
    found = play(supervised(), town.readings(beats), MORNING + HOUR)
    assert len([f for f in found if f.kind == "low_battery"]) == said


def test_a_battery_between_weak_and_well_changes_nothing():
    charges = (0.15, 0.2, 0.14, 0.25, 0.26, 0.2)
    beats = [town.says(1, "pir", "battery", c, MORNING + i * MINUTE) for i, c in enumerate(charges)]
    found = [
        f for f in play(supervised(), town.readings(beats), MORNING + 10 * MINUTE) if f.kind == "low_battery"
    ]
    assert [(f.revision, f.cleared) for f in found] == [(0, False), (1, True)]
