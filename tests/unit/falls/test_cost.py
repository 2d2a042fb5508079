"""The cost is measured, not promised; here only that the measuring works and memory stays bounded."""

import dataclasses

from analytics.falls import FallDetector, cost
from core.instant import MINUTE, SECOND
from tests.unit.falls import acted


def test_measuring_works():
    measured = cost.measure(wearers=60, seconds=9)
    assert measured.share > 0
    assert measured.small_batch_ms > 0
    assert measured.candidates > 0


def test_a_wearer_takes_at_most_eight_kilobytes():
    assert cost.memory(wearers=256) <= 8_000


def test_forgotten_wearers_give_their_row_back():
    detector = FallDetector()
    for round_ in range(200):
        for window in acted.windows(acted.walk(3), device=round_):
            detector.fold([window])
        detector.forget(round_)
    assert len(detector._history.head) == 16


def test_windows_that_never_become_due_are_bounded():
    detector = FallDetector()
    first = acted.windows(acted.walk(1))[0]
    for step in range(300):
        detector.fold([dataclasses.replace(first, start=first.start + step * 3 * SECOND)])
    assert len(detector._wearables[1].intake.pending) <= 64


def test_a_clock_far_ahead_is_left_out():
    detector = FallDetector()
    detector.tick(acted.START)
    ahead = acted.windows(acted.fall(), start=acted.START + 10 * MINUTE)
    said = [finding for window in ahead for finding in detector.fold([window])]
    assert said == []
    assert not detector.tick(acted.START + MINUTE)
