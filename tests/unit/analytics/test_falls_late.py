"""A fall in a watch's memory is a fall: windows handed over late are judged as if they had come in time."""

from collections.abc import Iterator

import numpy as np
import pytest

from analytics.detectors import Falls
from analytics.falls.detector import FUTURE
from core.batch import Batch
from core.finding import Finding
from core.instant import HOUR, MINUTE, SECOND
from core.motion import MotionWindow
from simulators.falling import fall
from simulators.wearables import Chip, sample, windows

START = 1_790_000_000 * SECOND
HZ = 50


def worn(seed: int) -> Iterator[MotionWindow]:
    draw = np.random.default_rng(seed)
    acc = sample(fall("forward", draw, still_s=50).track, Chip(HZ), draw)
    for start, piece in windows(acc, HZ, START, 1.0):
        yield MotionWindow(1, 1, 1, start, HZ, piece, site="wrist")


def said(seed: int, late: int) -> list[Finding]:
    """What is found when every window comes `late` after its end, and a minute more."""
    falls, found, now = Falls(), [], START
    for window in worn(seed):
        now = window.start + SECOND + late
        found += falls.fold(Batch(now, motion=[window]))
        found += falls.tick(now + SECOND // 2)
    for _ in range(60):
        now += SECOND
        found += falls.tick(now)
    return found


@pytest.mark.parametrize("seed", [3, 4, 5])
@pytest.mark.parametrize("late", [3 * SECOND, 3 * MINUTE, 300 * MINUTE])
def test_lateness_changes_nothing(seed: int, late: int) -> None:
    in_time = said(seed, 0)
    assert {finding.severity for finding in in_time} >= {"possible", "long_lie"}
    assert said(seed, late) == in_time


@pytest.mark.parametrize("away", [119 * SECOND, 3 * MINUTE, 45 * MINUTE])
@pytest.mark.parametrize("backlog", [False, True])
def test_a_fall_right_after_the_broker_was_away_is_heard(away: int, backlog: bool) -> None:
    """No time passes while nothing can be heard: the last tick lies before it. What waited comes at once."""
    falls, heard = Falls(), START - away
    falls.tick(heard)
    fallen = list(worn(3))
    came = fallen[-1].start + SECOND if backlog else None
    found = [
        finding
        for window in fallen
        for finding in falls.fold(Batch(came or window.start + SECOND, motion=[window]))
    ]
    assert [finding.severity for finding in found if finding.kind == "fall"] == ["possible", "long_lie"]


def test_a_window_from_the_future_is_left_out_all_the_same() -> None:
    falls, window = Falls(), next(worn(3))
    falls.tick(START - HOUR)
    assert window.start > START - HOUR + FUTURE
    falls.fold(Batch(START - HOUR, motion=[window]))
    assert falls.tick(START + MINUTE) == []
    assert not falls.detector._wearables
