"""Data that cannot be used are named, once, and never scored."""

import dataclasses

import numpy as np
import pytest

from analytics.falls import FallDetector
from core.instant import MINUTE
from tests.unit.falls import acted

DAY = np.concatenate([acted.walk(20), acted.fall(after=20)])


def said_of(windows):
    detector = FallDetector()
    said = [finding for window in windows for finding in detector.fold([window])]
    return said + detector.tick(windows[-1].start + MINUTE)


def faults(said):
    return [(finding.severity, finding.cleared) for finding in said if finding.kind == "motion_unusable"]


def test_good_data_are_not_flagged():
    assert not faults(said_of(acted.windows(DAY)))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda mg: mg / 1000, "scale"),
        (lambda mg: mg * 9.81 / 1000, "scale"),
        (lambda mg: mg * 0.256, "scale"),
        (lambda mg: mg * 4.096, "scale"),
        (lambda mg: mg * 16.384, "scale"),
        (lambda mg: mg * 0, "stuck"),
    ],
)
def test_other_units_are_flagged_and_not_scored(spoil, reason):
    samples = np.clip(np.rint(spoil(DAY.astype(float))), -32768, 32767).astype(np.int16)
    said = said_of(acted.windows(samples))
    assert faults(said)[0] == (reason, False)
    assert not [finding for finding in said if finding.kind == "fall"]


def test_removed_gravity_is_flagged_and_not_scored():
    slow = np.stack([np.convolve(DAY[:, axis], np.ones(60) / 60, "same") for axis in range(3)], axis=1)
    said = said_of(acted.windows((DAY - slow).astype(np.int16)))
    assert faults(said)[0][0] == "no_gravity"
    assert not [finding for finding in said if finding.kind == "fall"]


@pytest.mark.parametrize("lie", [0.5, 0.7, 1.5, 2.0, 4.0])
def test_a_rate_that_is_a_lie_is_flagged_and_not_scored(lie):
    windows = [dataclasses.replace(window, hz=50 * lie) for window in acted.windows(DAY)]
    said = said_of(windows)
    assert faults(said) == [("rate", False)]
    assert not [finding for finding in said if finding.kind == "fall"]


def test_a_third_of_the_windows_lost_is_no_lie():
    rng = np.random.default_rng(4)
    windows = [window for window in acted.windows(acted.walk(120)) if rng.random() > 0.33]
    assert not faults(said_of(windows))


def test_a_fault_is_taken_back_when_the_data_are_good_again():
    bad = np.full((50 * 20, 3), 16000, np.int16)
    said = said_of(acted.windows(np.concatenate([bad, acted.walk(60)])))
    assert faults(said) == [("stuck", False), ("stuck", True)]
    assert said[0].id == said[-1].id


def test_a_watch_on_the_table_is_no_fault():
    assert not faults(said_of(acted.windows(np.full((50 * 300, 3), [0, 0, 1000], np.int16))))
