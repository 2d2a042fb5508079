"""What must hold for any cut, order, redelivery and orientation."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.falls import FallDetector
from analytics.falls.model import load
from core.instant import MINUTE
from tests.unit.falls import acted

MODEL = load()
RELAXED = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def fold(pieces, end):
    """What one detector says of windows that come in lots."""
    detector = FallDetector(MODEL)
    said = []
    for lot in pieces:
        said += detector.fold(lot)
    return sorted(said + detector.tick(end), key=lambda finding: (finding.onset, finding.revision))


def recut(samples, hz, cuts):
    """The same stream in windows that end at `cuts`."""
    edges = sorted({0, len(samples), *(cut for cut in cuts if 0 < cut < len(samples))})
    first = acted.windows(samples, hz, seconds=len(samples) / hz)[0]
    return [
        dataclasses.replace(first, start=acted.START + round(low * 1e6 / hz), acc=samples[low:high])
        for low, high in pairwise(edges)
    ]


DAY = np.concatenate([acted.fall(after=40), acted.walk(12), acted.tumble(seed=9), acted.lie(5)])
END = acted.START + 5 * MINUTE
BATCH = fold([recut(DAY, 50, [])], END)


def test_the_reference_says_something():
    assert [finding.severity for finding in BATCH if finding.kind == "fall"][:2] == ["possible", "long_lie"]


@RELAXED
@given(st.lists(st.integers(1, len(DAY) - 1), max_size=80))
def test_any_cut_says_the_same(cuts):
    assert fold([[window] for window in recut(DAY, 50, cuts)], END) == BATCH


@RELAXED
@given(st.randoms(use_true_random=False))
def test_order_and_redelivery_within_a_lot_change_nothing(chance):
    windows = acted.windows(DAY) + acted.windows(DAY, seconds=0.7)
    chance.shuffle(windows)
    assert fold([windows], END) == BATCH


@RELAXED
@given(st.randoms(use_true_random=False))
def test_neighbours_may_swap_and_come_twice(chance):
    windows = acted.windows(DAY)
    for index in range(0, len(windows) - 1, 2):
        if chance.random() < 0.5:
            windows[index : index + 2] = [windows[index + 1], windows[index]]
    lots = [[window] for window in windows for _ in range(chance.choice([1, 1, 2]))]
    assert fold(lots, END) == BATCH


@RELAXED
@given(st.integers(0, 2**31), st.sampled_from([25, 50, 100]))
def test_devices_do_not_disturb_each_other(seed, hz):
    other = dataclasses.replace
    noise = np.random.default_rng(seed).normal((0, 0, 1000), 900, (20 * hz, 3))
    crowd = [other(w, resident=9) for w in acted.windows(noise.astype(np.int16), hz, device=9)]
    mixed = sorted(acted.windows(DAY) + crowd, key=lambda window: window.start)
    said = [finding for finding in fold([mixed], END) if finding.device == 1]
    assert said == BATCH


def probabilities(samples):
    heard = []
    detector = FallDetector(MODEL, on_candidate=lambda _d, _i, found: heard.append(found))
    detector.fold(acted.windows(samples))
    detector.tick(END)
    return max(heard, default=0.0)


def test_turning_the_device_hardly_changes_the_probability():
    rng = np.random.default_rng(5)
    changes = []
    for seed in range(12):
        samples = np.concatenate(
            [acted.walk(5.1, seed=seed), acted.tumble(seed=seed, peak=3000), acted.lie(4)]
        )
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        turned = np.rint(samples @ turn.T).astype(np.int16)
        changes.append(abs(probabilities(samples) - probabilities(turned)))
    assert np.median(changes) < 0.02


@pytest.mark.parametrize("fill", [0, 1, 1000, 8000, 32767, -32768])
@pytest.mark.parametrize("seconds", [1, 3600])
def test_constant_and_saturated_input_never_alarms(fill, seconds):
    samples = np.full((25 * seconds, 3), fill, np.int16)
    said = fold([acted.windows(samples, 25, seconds=seconds)], acted.START + 3700 * 1_000_000)
    assert not [finding for finding in said if finding.kind == "fall"]


@pytest.mark.parametrize("hz", [float("nan"), 0.0, -50.0, float("inf"), 1e9])
def test_absurd_rates_are_flagged(hz):
    windows = [dataclasses.replace(window, hz=hz) for window in acted.windows(acted.fall())]
    said = fold([[window] for window in windows], END)
    assert {(finding.kind, finding.severity) for finding in said} == {("motion_unusable", "rate")}
    assert len(said) == 1


def test_empty_windows_are_harmless():
    empty = dataclasses.replace(acted.windows(acted.walk(1))[0], acc=np.empty((0, 3), np.int16))
    assert FallDetector(MODEL).fold([empty]) == []


@st.composite
def odd_windows(draw):
    """Windows no honest device sends: single samples, wild starts, any rate, any content."""
    count = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    start = acted.START
    made = []
    for _ in range(count):
        start += draw(st.sampled_from([-(10**9), -1, 0, 1, 20_000, 10**6, 10**7, 10**10]))
        size = draw(st.sampled_from([1, 2, 3, 50, 500]))
        fill = draw(st.sampled_from(["noise", "extremes", "zero"]))
        acc = {
            "noise": rng.integers(-4000, 4000, (size, 3)),
            "extremes": rng.choice([-32768, 32767], (size, 3)),
            "zero": np.zeros((size, 3)),
        }[fill].astype(np.int16)
        window = acted.windows(acc, draw(st.sampled_from([18.0, 20.0, 52.7, 238.0])), seconds=1000)[0]
        made.append(dataclasses.replace(window, start=start, device=draw(st.sampled_from([1, 2]))))
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(odd_windows(), st.integers(0, 10**11))
def test_nothing_crashes_it(windows, ahead):
    detector = FallDetector(MODEL)
    for window in windows:
        for finding in detector.fold([window]):
            assert 0 <= (finding.probability or 0) <= 1
    detector.tick(acted.START + ahead)
    detector.forget(1)
    detector.tick(acted.START + ahead + MINUTE)


@pytest.mark.parametrize("hz", [25, 50])
def test_an_hour_of_walking_at_once_neither_crashes_nor_alarms(hz):
    hour = acted.windows(acted.walk(3600, hz), hz, seconds=3600)
    assert fold([hour], acted.START + 3700 * 1_000_000) == []


def test_a_fall_at_the_end_of_an_hour_in_one_window_is_found():
    samples = np.concatenate([acted.walk(3590), acted.fall(after=45)])
    said = fold([acted.windows(samples, seconds=len(samples) / 50)], acted.START + 3700 * 1_000_000)
    assert [finding.severity for finding in said] == ["possible", "long_lie"]
