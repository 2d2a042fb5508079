"""A fall that a device reports itself and the motion of the same person are one fall."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from analytics.detectors import Falls, all_detectors
from analytics.falls import FallDetector
from analytics.falls.calibration import adjusted
from analytics.falls.fusion import REPORTED, TOGETHER
from analytics.falls.model import load
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.instant import HOUR, MINUTE, SECOND
from core.messages import LANGUAGES, catalogue, render
from core.quantity import BY_NAME
from tests.unit.falls import acted
from tests.unit.falls.judges import certain_from

WATCH, RADAR, BELT = 1, 2, 3
IMPACT = acted.START + 6 * SECOND
ALONE = Directory.of(
    [
        DeviceEntry(WATCH, "w1", 1, "h1", 1, resident=1, kind="wearable", site="wrist"),
        DeviceEntry(RADAR, "r1", 1, "h1", 1, kind="radar", room="bathroom"),
        DeviceEntry(BELT, "b1", 1, "h1", 1, resident=1, kind="wearable", site="waist"),
    ],
    {1: (1,)},
)
COUPLE = Directory(ALONE.by_code, ALONE.by_id, {1: (1, 2)})


def reported(device, at, received=None):
    """A batch in which `device` says at `at` that somebody fell."""
    readings = np.zeros(1, READING)
    readings[0] = (at, 1, received or at, 1, device, 0, BY_NAME["fall"].id, True)
    return Batch(received or at, readings)


def moved(window):
    return Batch(window.start + SECOND, motion=[window])


def play(batches, falls=None, directory=ALONE, minutes=2):
    """What is said of `batches`, each when it comes, and of the minutes after the last."""
    falls = falls or Falls()
    falls.know(directory)
    said = []
    for batch in batches:
        said += falls.fold(batch)
    return said + falls.tick(max(batch.now for batch in batches) + minutes * MINUTE)


def motion(samples=None, device=WATCH, site="wrist"):
    windows = acted.windows(acted.fall(after=45) if samples is None else samples, device=device, site=site)
    return [moved(replace(window, resident=1)) for window in windows]


def final(said):
    """The last revision of every fall."""
    return {one.id: one for one in sorted(said, key=lambda one: one.revision) if one.kind == "fall"}


@pytest.mark.parametrize("device", [WATCH, RADAR])
@pytest.mark.parametrize("after_s", [-3, 0, 4, 50])
@pytest.mark.parametrize("place", [0, 7, 9, 30, -1])
def test_motion_and_a_report_are_one_fall_whichever_comes_first(device, after_s, place):
    batches = motion()
    batches.insert(place if place >= 0 else len(batches), reported(device, IMPACT + after_s * SECOND))
    (fall,) = final(play(batches)).values()
    assert fall.severity == "long_lie"
    assert fall.resident == 1
    assert fall.evidence["reported_by"] == device
    assert fall.evidence["reported_at"] == IMPACT + after_s * SECOND
    alone = final(play(motion()))
    (seen,) = alone.values()
    assert fall.evidence["peak_g"] == seen.evidence["peak_g"]
    assert fall.probability == round(adjusted(seen.probability, REPORTED), 3)


def test_two_falls_stay_two():
    batches = motion()
    batches.append(reported(RADAR, IMPACT + TOGETHER + 10 * SECOND))
    assert len(final(play(batches))) == 2


def test_a_radar_alone_is_believed_at_once():
    (said,) = play([reported(RADAR, IMPACT)])
    assert (said.severity, said.onset, said.at, said.resident) == ("reported", IMPACT, IMPACT, 1)


def test_a_radar_that_cannot_know_who_adds_to_the_wearable_that_felt_it():
    batches = [*motion(), reported(RADAR, IMPACT + 5 * SECOND)]
    (fall,) = final(play(batches, directory=COUPLE)).values()
    assert (fall.resident, fall.evidence["reported_by"]) == (1, RADAR)


def test_two_wearables_that_feel_one_fall_say_it_once():
    batches = motion()
    for index, other in enumerate(motion(device=BELT, site="waist")):
        batches.insert(2 * index, other)
    (fall,) = final(play(batches)).values()
    assert {source[1] for source in fall.evidence["sources"]} == {WATCH, BELT}


def doubtful():
    """A made-up fall, and a detector for which it is not certain by itself."""
    samples = acted.fall(peak=2500, after=45)
    heard = []
    FallDetector(on_candidate=lambda _d, _i, p: heard.append(p)).fold(acted.windows(samples))
    model = certain_from(load(), adjusted(max(heard), REPORTED / 2))
    return samples, lambda: Falls(FallDetector(model))


@pytest.mark.parametrize("place", [0, 8, 12])
def test_a_report_settles_a_doubtful_impact_whichever_comes_first(place):
    samples, falls = doubtful()
    assert play(motion(samples), falls()) == []
    batches = motion(samples)
    batches.insert(place, reported(RADAR, IMPACT + 2 * SECOND))
    (fall,) = final(play(batches, falls())).values()
    assert (fall.severity, "peak_g" in fall.evidence) == ("long_lie", True)


def test_a_fall_nobody_felt_is_reported_and_what_follows_is_watched():
    still = play([*motion(acted.lie(60)), reported(WATCH, IMPACT)][-1:] + motion(acted.lie(60)))
    assert [one.severity for one in still] == ["reported", "long_lie"]
    assert len({one.id for one in still}) == 1


def test_a_wearer_who_walks_on_is_said_to_be_up_but_the_report_stands():
    said = play([reported(WATCH, IMPACT), *motion(acted.walk(60))])
    assert [(one.severity, one.revision, one.cleared) for one in said] == [
        ("reported", 0, False),
        ("recovered", 1, False),
    ]


def test_a_radar_says_nothing_of_a_watch_that_lies_on_the_table():
    assert [one.severity for one in play([reported(RADAR, IMPACT), *motion(acted.lie(60))])] == ["reported"]


@pytest.mark.parametrize("cut", [3, 8, 10, 20, 40])
def test_a_restart_says_nothing_twice_and_forgets_nothing(cut):
    batches = motion()
    batches.insert(9, reported(RADAR, IMPACT + 2 * SECOND))
    whole = play(batches)
    first = Falls()
    first.know(ALONE)
    told = [one for batch in batches[:cut] for one in first.fold(batch)]
    again = Falls()
    again.know(ALONE)
    again.resume(sorted(final(told).values(), key=lambda one: one.at))
    # As a worker does: all readings of the last hour, then all motion of the last minute and a half.
    for batch in [b for b in batches[:cut] if len(b.readings)] + [b for b in batches[:cut] if b.motion]:
        told += again.fold(batch)
    told += play(batches[cut:], again)
    assert [(one.id, one.revision, one.severity) for one in told] == [
        (one.id, one.revision, one.severity) for one in whole
    ]


def test_delivering_everything_again_says_nothing_new():
    batches = motion()
    batches.insert(9, reported(RADAR, IMPACT + 2 * SECOND))
    falls = Falls()
    assert play(batches, falls)
    assert play(batches, falls) == []


def test_the_same_facts_in_any_order_end_the_same():
    """A watch that reports, a radar, and the motion itself, however they come."""
    ends = set()
    for order in itertools.permutations(
        [reported(WATCH, IMPACT + SECOND), reported(RADAR, IMPACT + 3 * SECOND), None]
    ):
        batches = [batch for one in order for batch in (motion() if one is None else [one])]
        (fall,) = final(play(batches)).values()
        ends.add((fall.severity, fall.probability, fall.revision, str(fall.evidence["sources"])))
    assert len(ends) == 1


def test_another_hour_is_another_fall():
    batches = [*motion(), reported(RADAR, IMPACT + HOUR)]
    assert len(final(play(batches))) == 2


def test_every_sentence_can_be_said():
    batches = motion()
    batches.insert(9, reported(RADAR, IMPACT + 2 * SECOND))
    said = play(batches) + play([reported(WATCH, IMPACT), *motion(acted.lie(60))])
    for finding, language in itertools.product(said, LANGUAGES):
        assert finding.reason.key in catalogue()
        assert "{" not in render(finding.reason.key, finding.reason.params, language, "Asia/Shanghai")


def test_only_one_detector_tells_of_a_reported_fall():
    told = [one for detector in all_detectors() for one in detector.fold(reported(RADAR, IMPACT))]
    assert [one.kind for one in told] == ["fall"]


def new_home(batch):
    """The same, said where the wearable is worn after it was handed on."""
    readings = batch.readings.copy()
    readings["home"] = 2
    return Batch(batch.now, readings, [replace(window, home=2, resident=9) for window in batch.motion])


def later(batch, by):
    readings = batch.readings.copy()
    readings["time"] += by
    readings["received"] += by
    return Batch(
        batch.now + by, readings, [replace(window, start=window.start + by) for window in batch.motion]
    )


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("after_s", [65, 7 * 3600])
def test_a_watch_installed_in_another_home_tells_of_the_next_fall_there(after_s, restarted):
    """It feels a fall and reports it, in the first home and soon after in the second."""
    first = [*motion(), reported(WATCH, IMPACT + SECOND)]
    second = [new_home(later(batch, after_s * SECOND)) for batch in first]
    falls = Falls()
    said = play(first, falls, minutes=0)
    watch = replace(ALONE.by_id[WATCH], home=2, home_code="h2", resident=9)
    moved = Directory.of([watch, ALONE.by_id[RADAR]], {1: (1,), 2: (9,)})
    if restarted:
        falls = Falls()
        falls.know(moved)
        falls.resume(final(said).values())
    told = play(second, falls, moved)
    assert [(one.home, one.resident, one.severity) for one in final(said).values()] == [(1, 1, "long_lie")]
    assert [(one.home, one.resident, one.severity) for one in final(told).values()] == [(2, 9, "long_lie")]
    assert {(one.home, one.resident) for one in told} == {(2, 9)}
    assert all(one.onset >= IMPACT + after_s * SECOND for one in told)
