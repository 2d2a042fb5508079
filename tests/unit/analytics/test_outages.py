"""Many homes silent at once are one thing to say, not many. And when they come back, there is no burst."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from analytics.detectors import all_detectors
from analytics.hush import Hush
from analytics.recording import read_tihm
from analytics.supervision import SupervisionDetector
from core.batch import Batch
from core.directory import DeviceEntry, Directory
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.kind import BY_NAME
from tests.unit.analytics.town import MORNING, Town, play

ABOUT_PEOPLE = {kind.name for kind in BY_NAME.values() if kind.about == "resident"}
DATA = os.environ.get("NOWALLS_DATA", "")
TIHM = Path(DATA) / "homes" / "tihm" if DATA else None

SENSORS = (
    ("pir", "kitchen", None, False),
    ("hall", "hallway", None, False),
    ("door", "front-door", None, False),
)


def lively(town, homes, days, outage, seed=1):
    """Days of life by day, some at night, in homes whose sensors never say how often they report."""
    draw = np.random.default_rng(seed)
    said = []
    for home in range(1, homes + 1):
        for day in range(days):
            awake = draw.uniform(-HOUR, 14.5 * HOUR, 90)
            asleep = draw.uniform(14.5 * HOUR, 23 * HOUR, 4)
            for at in (MORNING + day * DAY + np.concatenate([awake, asleep])).astype(np.int64).tolist():
                kind = str(draw.choice(["pir", "hall"]))
                if not outage[0] < at < outage[1] and at > MORNING:
                    said.append(town.says(home, kind, "presence", 1, at))
    return town.readings(said)


def watched(directory, readings, begin, until, every_s, detectors=None):
    """Everything all detectors say, on virtual time, as the worker drives them."""
    if detectors is None:
        detectors = all_detectors()
        for detector in detectors:
            detector.know(directory)
    found = []
    times = readings["received"]
    for now in range(begin, until, every_s * SECOND):
        low, high = np.searchsorted(times, [now - every_s * SECOND, now], side="right")
        for detector in detectors:
            if high > low:
                found += detector.fold(Batch(now, readings[low:high]))
            found += detector.tick(now)
            if hasattr(detector, "routine_rows"):
                detector.routine_rows()
    return found


def judge(found, outage, homes):
    """One platform incident for the outage, nothing about people because of it, and no burst after it."""
    begin, end = outage
    raised = [f for f in found if f.revision == 0 and not f.cleared]
    platform = [f for f in raised if f.kind == "platform_outage" and begin - HOUR <= f.onset < end]
    assert len(platform) == 1
    ends = [f.at for f in found if f.id == platform[0].id and f.cleared]
    assert len(ends) == 1
    assert ends[0] - end < HOUR
    # A silence that began long before, and was called before anybody could know, is its own.
    caused = [f for f in raised if f.at > platform[0].at or f.onset > begin - HOUR]
    of_outage = [f for f in caused if begin < f.at <= end and f.kind != "platform_outage"]
    assert Counter(f.kind for f in of_outage) == {}
    spanning = [f for f in raised if end < f.at <= end + DAY and f.onset <= end]
    assert [f.kind for f in spanning if f.kind in ABOUT_PEOPLE] == []
    per_day = Counter((f.at - begin) // DAY for f in raised if f.at <= begin)
    usual = max(per_day.values(), default=0)
    assert len([f for f in raised if end < f.at <= end + DAY]) <= max(usual, homes // 10)
    return platform[0]


def test_58_hours_of_outage_are_one_incident_in_homes_that_never_say_how_often_they_report():
    town = Town(25, SENSORS)
    outage = (MORNING + 8 * DAY - 5 * HOUR, MORNING + 10 * DAY + 5 * HOUR)
    readings = lively(town, 25, 12, outage)
    found = watched(town.directory, readings, MORNING, MORNING + 12 * DAY, 600)
    platform = judge(found, outage, 25)
    assert platform.reason.key == "platform_outage.hush"
    assert platform.at - platform.onset < 8 * HOUR


def test_58_hours_of_outage_are_one_incident_in_homes_whose_devices_report():
    town = Town(12)
    outage = (MORNING + DAY, MORNING + DAY + 58 * HOUR)
    said = town.heartbeats(outage[0]) + town.heartbeats(outage[1] + 8 * HOUR, begin=outage[1])
    found = watched(town.directory, town.readings(said), MORNING, outage[1] + 8 * HOUR, 60)
    platform = judge(found, outage, 12)
    assert platform.at - platform.onset <= 10 * MINUTE


@pytest.mark.skipif(TIHM is None or not TIHM.is_dir(), reason="NOWALLS_DATA names no folder of recordings")
@pytest.mark.timeout(600)
def test_the_outage_of_june_2019_is_one_platform_incident_and_no_one_is_alarmed_for_a_person():
    recording = read_tihm(TIHM)
    assert len(recording.directory.residents) == 28
    (outage,) = recording.outages()
    assert 58 * HOUR <= outage[1] - outage[0] < 59 * HOUR
    begin, near, until = outage[0] - 32 * DAY, outage[0] - 2 * DAY, outage[1] + 3 * DAY
    begin, near = begin - begin % HOUR, near - near % HOUR
    readings = recording.readings
    readings = readings[(readings["time"] >= begin) & (readings["time"] < until)]
    detectors = all_detectors()
    for detector in detectors:
        detector.know(recording.directory)
    # A month to learn from, then the days that matter, looked at more closely.
    found = watched(recording.directory, readings, begin, near, 1800, detectors)
    found += watched(recording.directory, readings, near, until, 300, detectors)
    platform = judge(found, outage, 28)
    assert platform.at - platform.onset < 2 * HOUR


def stations(homes: int) -> Directory:
    """`homes` homes with a reporting gateway each, six homes to a station."""
    entries = [
        DeviceEntry(
            home, f"g{home}", home, f"h{home}", (home - 1) // 6 + 1, kind="gateway", report_every_s=60
        )
        for home in range(1, homes + 1)
    ]
    return Directory.of(entries, {home: (home,) for home in range(1, homes + 1)})


class Region(Town):
    """A town of several stations."""

    def __init__(self, homes):
        self.directory = stations(homes)
        self.devices = {(e.home, "gateway"): e for e in self.directory.by_id.values()}


def supervised(town):
    detector = SupervisionDetector()
    detector.know(town.directory)
    return detector


def test_a_station_that_falls_silent_is_one_finding_and_the_others_go_on():
    town = Region(24)
    gone = {(home, "gateway") for home in range(7, 13)}
    back = MORNING + 3 * HOUR
    said = town.heartbeats(MORNING + HOUR)
    said += town.heartbeats(back, begin=MORNING + HOUR, silent={*gone, (20, "gateway")})
    said += town.heartbeats(back + 2 * HOUR, begin=back, silent={(9, "gateway"), (20, "gateway")})
    found = play(supervised(town), town.readings(said), back + 2 * HOUR, every_s=10)
    region = [f for f in found if f.kind == "platform_outage"]
    assert [(f.evidence["station"], f.severity, f.cleared) for f in region] == [
        (2, "region", False),
        (2, "region", True),
    ]
    assert region[0].reason.key == "platform_outage.silent_station"
    raised = [f for f in found if f.kind == "offline" and f.revision == 0 and not f.cleared]
    # Home 20 is another station's and died by itself; home 9 stays silent after its station is back.
    assert [(f.home, f.at > back) for f in raised] == [(20, False), (9, True)]


def test_two_stations_out_at_the_same_instant_are_two_findings_and_a_restart_knows_both():
    town = Region(60)
    gone = {(home, "gateway") for home in range(1, 13)}
    crash = MORNING + 2 * HOUR
    said = town.heartbeats(MORNING + HOUR)
    said += town.heartbeats(crash, begin=MORNING + HOUR, silent=gone)
    first = play(supervised(town), town.readings(said), crash, every_s=10)
    assert len({f.id for f in first}) == 2
    again = supervised(town)
    again.heard({s.device: s.received for s in said}.items())
    again.resume({f.id: f for f in first}.values())
    after = town.heartbeats(crash + HOUR, begin=crash)
    found = play(again, town.readings(after), crash + HOUR, begin=crash, every_s=10)
    assert [(f.kind, f.cleared, f.revision) for f in found] == [("platform_outage", True, 1)] * 2
    assert {f.id for f in found} == {f.id for f in first}


def test_stations_that_fall_one_after_the_other_become_one_outage_of_the_platform():
    town = Region(24)
    said = town.heartbeats(MORNING + HOUR)
    first = {(home, "gateway") for home in range(1, 7)}
    said += town.heartbeats(MORNING + 70 * MINUTE, begin=MORNING + HOUR, silent=first)
    found = play(supervised(town), town.readings(said), MORNING + 3 * HOUR, every_s=10)
    platform = [(f.severity, f.cleared) for f in found if f.kind == "platform_outage"]
    assert platform[:1] == [("region", False)]
    assert platform.count(("", False)) == 1
    assert [f.kind for f in found if f.at > MORNING + 80 * MINUTE and not f.cleared] == []


@pytest.mark.parametrize(("silent_min", "deadly"), [(29, False), (31, True)])
def test_nobody_speaks_for_much_longer_than_ever_at_this_hour(silent_min, deadly):
    hush = Hush()
    hush.start(MORNING - DAY)
    talk = np.arange(MORNING - 5 * DAY, MORNING, 4 * MINUTE)
    hush.start(MORNING - 5 * DAY)
    hush.listen(talk, learn=True)
    assert hush.is_deadly(int(talk[-1]) + silent_min * MINUTE) == deadly


def test_what_is_usual_is_not_known_on_the_first_days():
    hush = Hush()
    hush.listen(np.arange(MORNING, MORNING + DAY, 4 * MINUTE), learn=True)
    assert not hush.is_deadly(hush.last + 5 * HOUR)
    assert hush.is_deadly(hush.last + 7 * HOUR)


def test_a_quiet_hour_every_night_is_usual_and_a_restart_remembers_it():
    hush = Hush()
    for day in range(6):
        begin = MORNING + day * DAY
        hush.listen(np.r_[np.arange(begin, begin + 20 * HOUR, 4 * MINUTE)], learn=True)
    again = Hush()
    again.recall(hush.numbers())
    again.last = hush.last
    for one in (hush, again):
        assert not one.is_deadly(hush.last + 8 * HOUR)
        assert one.is_deadly(hush.last + 13 * HOUR)


CUT, DEAD = MORNING + HOUR, MORNING + 2 * HOUR
HOME = (("pir", "lounge", 60, False), ("smoke", "kitchen", 900, False))


def cut_off(town, homes, until):
    """The `homes` are cut off at nine; at ten the smoke detector of home 15, which is not, dies."""
    gone = {(home, kind) for home in homes for kind in ("pir", "smoke")}
    said = town.heartbeats(CUT)
    said += town.heartbeats(DEAD, begin=CUT, silent=gone)
    return said + town.heartbeats(until, begin=DEAD, silent={*gone, (15, "smoke")})


def test_an_outage_of_most_homes_does_not_mute_those_that_still_speak():
    town, until = Town(20, HOME), MORNING + 5 * HOUR
    readings = town.readings(cut_off(town, range(1, 12), until))
    found = play(supervised(town), readings, until, every_s=10)
    assert [(f.kind, f.home, f.cleared) for f in found] == [
        ("platform_outage", 0, False),
        ("offline", 15, False),
    ]
    assert found[1].at - DEAD <= 2.5 * 15 * MINUTE


@pytest.mark.parametrize("restart", [False, True])
def test_homes_that_come_back_one_by_one_are_not_asked_at_once_where_their_other_devices_have_been(restart):
    town, end = Town(20, HOME), MORNING + 4 * HOUR
    until = end + 45 * MINUTE
    said = cut_off(town, range(1, 20), until)
    for home in range(1, 9):
        # A home every five minutes; the sensor that speaks often is heard long before the other.
        said += [s for s in town.heartbeats(until, begin=end + home * 5 * MINUTE) if s.device // 10 == home]
    readings = town.readings(said)
    detector, begin = supervised(town), MORNING
    if restart:
        begin = end + 12 * MINUTE
        first = play(detector, readings, begin)
        detector = supervised(town)
        detector.heard({s.device: s.received for s in said if s.received <= begin}.items())
        detector.resume({f.id: f for f in first}.values())
    found = play(detector, readings, until, begin=begin)
    assert [f.kind for f in found if f.at >= end] == []
