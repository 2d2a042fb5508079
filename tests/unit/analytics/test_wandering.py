"""Fences, jitter, batteries and doors at night: when somebody has gone off, and when it only looks so."""

from dataclasses import replace
from math import cos, radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.memory import Keeper
from analytics.wandering import WanderingDetector
from analytics.whereabouts import Fix, Proof, judge
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.fence import Fence, apart_m
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.quantity import BY_NAME
from tests.unit.analytics.town import MORNING

HOME = (34.79, 114.35)
NIGHT = MORNING + 18 * HOUR  # two in the morning
AROUND_HOME = Fence("home", (HOME,), 200.0)
TRACKER = DeviceEntry(1, "t1", 1, "h1", 1, resident=101, kind="wearable", report_every_s=120)
DOOR = DeviceEntry(2, "d1", 1, "h1", 1, kind="door", room="front-door")
PIR = DeviceEntry(3, "p1", 1, "h1", 1, kind="pir", room="hallway")


def directory(*fences: Fence) -> Directory:
    return Directory.of([TRACKER, DOOR, PIR], {1: (101,)}, {101: fences} if fences else {})


def north(metres: float, east: float = 0.0):
    """A place so many metres from home."""
    return HOME[0] + metres / 111_320, HOME[1] + east / (111_320 * cos(radians(HOME[0])))


def rows(device, at, late, **values):
    resident = device.resident or 0
    return [
        (at, value, at + late, 1, device.id, resident, BY_NAME[name].id, late < 2 * MINUTE)
        for name, value in values.items()
    ]


def at_place(at, metres, accuracy_m=10.0, late=SECOND, **more):
    lat, lon = north(metres)
    return rows(TRACKER, at, late, lat=lat, lon=lon, accuracy_m=accuracy_m, **more)


def live(said, until, fences=(AROUND_HOME,), begin=MORNING, every=10 * SECOND, detector=None):
    """All findings of what was said, ticking every few seconds."""
    if detector is None:
        detector = WanderingDetector()
        detector.know(directory(*fences))
    readings = np.array([row for one in said for row in one], READING)
    readings = readings[np.argsort(readings["received"], kind="stable")]
    found = []
    for now in range(begin, until + 1, every):
        arrived = (readings["received"] > now - every) & (readings["received"] <= now)
        if arrived.any():
            found += detector.fold(Batch(now, readings[arrived]))
        found += detector.tick(now)
    return found


def walk(*metres, begin=MORNING + MINUTE, every=2 * MINUTE, **how):
    return [at_place(begin + i * every, m, **how) for i, m in enumerate(metres)]


def kinds(found):
    return [(f.kind, f.cleared) for f in found]


def test_leaving_and_coming_back():
    found = live(walk(0, 50, 300, 320, 350, 150), MORNING + 15 * MINUTE)
    left, back = found
    assert kinds(found) == [("wandering", False), ("wandering", True)]
    assert (left.resident, left.onset, left.at) == (101, MORNING + 5 * MINUTE, MORNING + 7 * MINUTE)
    assert left.reason.params["beyond"] == pytest.approx(120, abs=1)
    assert (back.id, back.revision, back.at) == (left.id, 1, MORNING + 11 * MINUTE)


def test_one_wild_fix_is_no_exit():
    assert live(walk(0, 10, 5000, 12, 8), MORNING + 15 * MINUTE) == []


def test_two_wild_fixes_of_one_moment_are_no_exit():
    assert live(walk(0, 5000, 5000, 10, every=5 * SECOND), MORNING + 15 * MINUTE) == []


@given(st.lists(st.floats(170, 224), min_size=2, max_size=40))
@settings(max_examples=20, deadline=None)
def test_jitter_at_the_edge_raises_nothing(metres):
    assert live(walk(*metres), MORNING + 90 * MINUTE, every=MINUTE) == []


@given(st.lists(st.floats(195, 260), min_size=2, max_size=40))
@settings(max_examples=20, deadline=None)
def test_jitter_outside_the_edge_is_one_exit_at_most(metres):
    found = live(walk(*metres), MORNING + 20 * MINUTE, every=MINUTE)
    assert len([f for f in found if f.kind == "wandering" and f.revision == 0]) <= 1


def test_a_fix_of_500_m_accuracy_does_not_prove_an_exit():
    assert live(walk(700, 750, 800, accuracy_m=500), MORNING + 8 * MINUTE) == []


def test_a_fix_of_500_m_accuracy_twenty_kilometres_away_does():
    assert kinds(live(walk(20_000, 20_100, accuracy_m=500), MORNING + 8 * MINUTE)) == [("wandering", False)]


def test_a_rough_fix_does_not_prove_a_return_either():
    said = [*walk(400, 410), *walk(50, 60, begin=MORNING + 10 * MINUTE, accuracy_m=600)]
    assert kinds(live(said, MORNING + 15 * MINUTE)) == [("wandering", False)]


def test_indoor_fixes_are_no_exit():
    assert live(walk(300, 310, 320, indoor=1), MORNING + 10 * MINUTE) != live(
        walk(300, 310, 320), MORNING + 10 * MINUTE
    )
    assert live(walk(300, 310, 320, indoor=1), MORNING + 10 * MINUTE) == []


def test_under_another_roof_is_not_at_home():
    said = [*walk(400, 410), *walk(3000, 3000, begin=MORNING + 10 * MINUTE, indoor=1)]
    assert kinds(live(said, MORNING + 15 * MINUTE)) == [("wandering", False)]


def test_an_indoor_fix_at_home_is_a_return_however_rough():
    said = [*walk(400, 410), at_place(MORNING + 10 * MINUTE, 230, accuracy_m=60, indoor=1)]
    assert kinds(live(said, MORNING + 15 * MINUTE)) == [("wandering", False), ("wandering", True)]


def test_no_fix_at_all_is_no_place():
    nowhere = [
        rows(TRACKER, MORNING + i * MINUTE, SECOND, lat=0.0, lon=0.0, accuracy_m=5.0) for i in (1, 3, 5)
    ]
    assert live(nowhere, MORNING + 10 * MINUTE) == []


def test_where_somebody_was_yesterday_is_no_alarm():
    assert live(walk(400, 410, 420, late=DAY), MORNING + DAY + 10 * MINUTE, every=MINUTE) == []


def test_who_has_no_fence_may_go_anywhere():
    assert live(walk(4000, 5000, 6000), MORNING + 10 * MINUTE, fences=()) == []


def test_a_new_place_is_told_now_and_then():
    found = live(walk(*range(300, 2300, 100)), MORNING + 45 * MINUTE)
    assert [f.revision for f in found if f.kind == "wandering"] == list(range(len(found)))
    assert 5 <= len(found) <= 9
    assert found[-1].reason.key == "wandering.moving"


VILLAGE = Fence("village", (HOME,), 2000.0, 6 * 60, 22 * 60)
BED = Fence("home", (HOME,), 100.0, 22 * 60, 6 * 60)


@pytest.mark.parametrize(("begin", "found"), [(MORNING + HOUR, 0), (NIGHT, 1)])
def test_by_day_the_village_and_at_night_the_home(begin, found):
    said = walk(1000, 1010, 1020, begin=begin)
    assert len(live(said, begin + 8 * MINUTE, (VILLAGE, BED), begin=begin)) == found


def test_who_is_in_the_village_when_night_falls_is_outside():
    dusk = MORNING + 14 * HOUR - 10 * MINUTE
    said = walk(*[1000] * 10, begin=dusk, every=2 * MINUTE)
    (left,) = live(said, dusk + 20 * MINUTE, (VILLAGE, BED), begin=dusk)
    assert left.onset == dusk + 10 * MINUTE


AT_NIGHT = Fence("night", (HOME,), 200.0, 22 * 60, 6 * 60)
FIVE = MORNING - 3 * HOUR  # in the morning


def test_who_walked_off_at_night_is_not_back_because_the_night_is_over():
    said = walk(0, 900, 1500, *[3000 + 50 * i for i in range(35)], begin=FIVE + MINUTE)
    found = live(said, FIVE + 75 * MINUTE, (AT_NIGHT,), begin=FIVE)
    assert found
    assert {(f.kind, f.cleared) for f in found} == {("wandering", False)}


def test_who_walked_off_at_night_is_back_by_day_when_a_fix_says_so():
    said = walk(0, 900, 1500, begin=FIVE + MINUTE)
    said += walk(1500, 1500, 40, begin=FIVE + 65 * MINUTE)
    found = [f for f in live(said, FIVE + 2 * HOUR, (AT_NIGHT,), begin=FIVE) if f.kind == "wandering"]
    assert [(f.cleared, f.at - FIVE) for f in found] == [(False, 5 * MINUTE), (True, 69 * MINUTE)]


def test_by_day_nobody_leaves_a_fence_of_the_night():
    assert live(walk(0, 900, 1500, 3000), MORNING + 10 * MINUTE, (AT_NIGHT,)) == []


def square(metres):
    return tuple(north(a * metres, b * metres) for a, b in ((-1, -1), (-1, 1), (1, 1), (1, -1)))


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(50, 2000))
def test_a_polygon_knows_inside_from_outside_and_how_far(a, b, size):
    fence = Fence("yard", square(size))
    beyond = fence.beyond_m(north(a * size, b * size))
    outside = max(abs(a), abs(b)) > 1
    if abs(max(abs(a), abs(b)) - 1) > 0.01:
        assert (beyond > 0) == outside
    expected = max(abs(a), abs(b)) - 1 if not outside else np.hypot(max(abs(a) - 1, 0), max(abs(b) - 1, 0))
    assert beyond == pytest.approx(expected * size, abs=max(2.0, size * 0.01))


def test_a_polygon_with_a_bay_leaves_the_bay_outside():
    corners = [(0, 0), (0, 300), (100, 300), (100, 100), (200, 100), (200, 300), (300, 300), (300, 0)]
    fence = Fence("park", tuple(north(*corner) for corner in corners))
    assert fence.beyond_m(north(150, 200)) == pytest.approx(50, abs=1)
    assert fence.beyond_m(north(150, 50)) == pytest.approx(-50, abs=1)


def test_a_fence_across_the_date_line():
    fence = Fence("island", ((-17.0, 179.999),), 500.0)
    assert fence.beyond_m((-17.0, -179.999)) < 0
    assert apart_m((0.0, 179.9), (0.0, -179.9)) == pytest.approx(22_264, rel=0.01)


def test_each_fence_of_several_will_do():
    fix = Fix(0, *north(5000), 10.0, False)
    market = Fence("market", (north(5000),), 150.0)
    assert judge(fix, [AROUND_HOME], 600).proof is Proof.OUTSIDE
    assert judge(fix, [AROUND_HOME, market], 600).proof is Proof.INSIDE


def charge(at, share):
    return rows(TRACKER, at, SECOND, battery=share)


def test_when_the_battery_dies_the_last_place_is_told():
    said = [*walk(300, 350, 400), charge(MORNING + 8 * MINUTE, 0.04), charge(MORNING + 9 * MINUTE, 0.03)]
    lost = [f for f in live(said, MORNING + 10 * MINUTE) if f.kind == "tracker_lost"]
    assert [(f.severity, f.reason.params["seen_at"]) for f in lost] == [("battery", MORNING + 5 * MINUTE)]
    assert lost[0].evidence["lat"] == pytest.approx(north(400)[0])


def test_charged_again_it_is_over():
    said = [*walk(0), charge(MORNING + 8 * MINUTE, 0.04), charge(MORNING + 50 * MINUTE, 0.5)]
    assert kinds(live(said, MORNING + HOUR)) == [("tracker_lost", False), ("tracker_lost", True)]


def test_outside_and_silent_the_last_place_is_told_and_a_word_from_it_ends_that():
    said = [*walk(300, 350, 400), at_place(MORNING + HOUR, 500)]
    found = live(said, MORNING + HOUR + MINUTE)
    lost = [f for f in found if f.kind == "tracker_lost"]
    assert [(f.severity, f.at - MORNING, f.cleared) for f in lost] == [
        ("silent", 20 * MINUTE, False),
        ("silent", HOUR, True),
    ]


def test_silent_at_home_is_supervisions_matter():
    assert live(walk(0, 10), MORNING + 3 * HOUR, every=MINUTE) == []


def test_two_trackers_of_one_person_make_one_finding():
    both = walk(300, 320, 340)
    assert len(with_phone(both, both, MORNING + 10 * MINUTE)) == 1


PHONE = replace(TRACKER, id=9, code="t9")


def with_phone(said, phone, until):
    """What is found of somebody who wears a tracker and carries a phone."""
    detector = WanderingDetector()
    detector.know(Directory.of([TRACKER, PHONE], {1: (101,)}, {101: (AROUND_HOME,)}))
    also = [[(*row[:4], PHONE.id, *row[5:]) for row in fix] for fix in phone]
    return [f for f in live([*said, *also], until, detector=detector) if f.kind == "wandering"]


def test_a_tracker_that_died_outside_does_not_silence_the_next_exit():
    died = walk(0, 300, 320)
    later = walk(0, 10, 3000, 3100, begin=MORNING + 3 * HOUR)
    found = with_phone(died, later, MORNING + 3 * HOUR + 10 * MINUTE)
    assert [(f.device, f.cleared) for f in found] == [(1, False), (1, True), (9, False)]
    assert found[1].at == MORNING + 3 * HOUR  # home again, as the phone shows


def test_a_tracker_that_dies_on_the_way_leaves_the_word_to_the_other():
    found = with_phone(walk(300, 320), walk(*[300 + 20 * i for i in range(20)]), MORNING + 40 * MINUTE)
    assert [(f.device, f.revision, f.cleared) for f in found][:2] == [(1, 0, False), (9, 0, False)]


def test_a_phone_left_at_home_brings_nobody_back():
    found = with_phone(walk(0, 300, 320, 340), walk(*[5] * 60), MORNING + 2 * HOUR)
    assert [(f.device, f.cleared) for f in found] == [(1, False)]


# --- doors at night ------------------------------------------------------------------------------------


def door(at):
    return rows(DOOR, at, SECOND, door=1.0)


def moves(at):
    return rows(PIR, at, SECOND, presence=1.0)


def night(*said, hours=1.0):
    return live(said, NIGHT + round(hours * HOUR), begin=NIGHT - HOUR)


def test_out_at_night_and_nobody_moves():
    (gone,) = night(moves(NIGHT - 2 * MINUTE), door(NIGHT), moves(NIGHT + 20 * SECOND))
    assert (gone.kind, gone.resident, gone.onset) == ("night_exit", 101, NIGHT)
    assert gone.at == NIGHT + 10 * MINUTE


def test_somebody_moves_soon_so_nobody_is_gone():
    assert night(door(NIGHT), door(NIGHT + 20 * SECOND), moves(NIGHT + 3 * MINUTE)) == []


def test_back_at_home_ends_it():
    found = night(door(NIGHT), door(NIGHT + 30 * MINUTE), moves(NIGHT + 31 * MINUTE))
    assert kinds(found) == [("night_exit", False), ("night_exit", True)]
    assert found[1].at == NIGHT + 31 * MINUTE


def test_by_day_the_door_is_nobodys_business():
    assert live([moves(MORNING + MINUTE), door(MORNING + 5 * MINUTE)], MORNING + HOUR) == []


def test_without_fences_the_door_at_night_is_not_watched():
    assert live([door(NIGHT)], NIGHT + HOUR, fences=(), begin=NIGHT - HOUR) == []


def test_a_home_where_nothing_was_seen_for_a_day_proves_nothing():
    said = [moves(MORNING - DAY), door(NIGHT)]
    assert live(said, NIGHT + HOUR, begin=MORNING - DAY - MINUTE, every=MINUTE) == []


# --- restarts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut_min", range(1, 75, 7))
def test_a_restart_at_any_minute_changes_nothing(cut_min):
    said = [*walk(0, 300, 320, 500, 700), *walk(100, 90, begin=MORNING + 50 * MINUTE), door(MORNING + MINUTE)]
    said += [charge(MORNING + 4 * MINUTE, 0.04), charge(MORNING + 60 * MINUTE, 0.9)]
    until, cut = MORNING + 90 * MINUTE, MORNING + cut_min * MINUTE
    whole = live(said, until)
    first = WanderingDetector()
    first.know(directory(AROUND_HOME))
    before = live(said, cut, detector=first)
    again = WanderingDetector()
    assert isinstance(again, Keeper)
    again.know(directory(AROUND_HOME))
    again.recall(first.memories())
    again.resume({f.id: f for f in before}.values())
    heard = [one for one in said if one[0][2] <= cut]
    readings = np.array([row for one in heard for row in one] or [], READING)
    again.fold(Batch(cut, readings))
    after = live([one for one in said if one[0][2] > cut], until, begin=cut + 10 * SECOND, detector=again)
    facts = {(f.id, f.revision, f.cleared, f.at) for f in whole}
    assert {(f.id, f.revision, f.cleared, f.at) for f in [*before, *after]} == facts


def test_the_last_place_is_remembered_for_days():
    first = WanderingDetector()
    first.know(directory(AROUND_HOME))
    live(walk(40), MORNING + 2 * HOUR, detector=first, every=MINUTE)
    rows_kept = []
    for minute in range(120, 181):
        first.tick(MORNING + minute * MINUTE)
        rows_kept += first.memories()
    again = WanderingDetector()
    again.know(directory(AROUND_HOME))
    again.recall(rows_kept)
    later = MORNING + 2 * DAY
    (lost,) = live([charge(later, 0.02)], later + MINUTE, begin=later - MINUTE, detector=again)
    assert lost.reason.key == "tracker_lost.battery"
    assert lost.reason.params["seen_at"] == MORNING + MINUTE
