"""A wearable whose motion is unusable is one finding, over restarts too, and ends when all is well."""

import numpy as np

from analytics.detectors import Falls
from core.batch import Batch
from core.directory import DeviceEntry, Directory
from core.instant import SECOND
from tests.unit.falls import acted

HOME = Directory.of([DeviceEntry(1, "w1", 1, "h1", 1, resident=1, kind="wearable", site="wrist")], {1: (1,)})


def spoilt(seconds, start):
    samples = (acted.walk(seconds).astype(np.int32) - [0, 1000, 0]).astype(np.int16)
    return acted.windows(samples, start=start)


def live(detector, windows):
    said = []
    for window in windows:
        at = window.start + SECOND
        said += detector.fold(Batch(at, motion=[window])) + detector.tick(at)
    return [f for f in said if f.kind == "motion_unusable"]


def test_a_restart_makes_no_second_finding_and_the_first_one_ends():
    bad = spoilt(300, acted.START)
    well = acted.windows(acted.walk(60), start=acted.START + 300 * SECOND)
    before = Falls()
    before.know(HOME)
    found = live(before, bad[:240])
    assert len(found) == 1
    again = Falls()
    again.know(HOME)
    again.resume(found)
    replay = bad[150:240]  # the last ninety seconds
    said = [
        f for f in again.fold(Batch(replay[-1].start + SECOND, motion=replay)) if f.kind == "motion_unusable"
    ]
    said += live(again, [*bad[240:], *well])
    assert {f.id for f in said} == {found[0].id}
    assert [(f.revision, f.cleared) for f in said if (f.revision, f.cleared) != (0, False)] == [(1, True)]


def test_it_also_ends_when_it_was_well_again_while_nobody_listened():
    found_in = Falls()
    found_in.know(HOME)
    found = live(found_in, spoilt(60, acted.START))
    again = Falls()
    again.know(HOME)
    again.resume(found)
    (over,) = live(again, acted.windows(acted.walk(60), start=acted.START + 4000 * SECOND))
    assert (over.id, over.cleared) == (found[0].id, True)
