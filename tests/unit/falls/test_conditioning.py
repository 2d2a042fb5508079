"""The grid: means of the signal over cells, whatever the rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.falls.conditioning import STEP, Run, resample, sample_instants


def run(samples, hz, start=10_000_000):
    instants = sample_instants(start, hz, len(samples))
    return Run(instants, np.asarray(samples, np.int16), -(-start // STEP), int(instants[-1]) // STEP)


@pytest.mark.parametrize("hz", [20, 25, 31.25, 50, 104, 238])
def test_a_constant_stays_itself(hz):
    cells = resample([run(np.tile([10, -20, 1000], (400, 1)), hz)])
    assert (cells == [10, -20, 1000]).all()


@pytest.mark.parametrize("hz", [20, 33, 50, 238])
def test_a_slope_keeps_its_time(hz):
    seconds = np.arange(int(4 * hz)) / hz
    cells = resample([run(np.outer(seconds * 1000, [1, 2, -1]), hz, start=0)])
    centre = (np.arange(len(cells)) + 0.5) * STEP / 1e6
    assert np.abs(cells - np.outer(centre * 1000, [1, 2, -1])).max() <= 2


def test_fast_shaking_above_the_grid_is_damped():
    fast = 4000 * np.sin(2 * np.pi * 100 * np.arange(800) / 238)
    assert np.abs(resample([run(np.outer(fast, [1, 0, 0]), 238)])).max() < 1500


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 150), st.integers(0, 2**31))
def test_other_runs_beside_it_change_no_bit(others, seed):
    rng = np.random.default_rng(seed)
    mine = run(rng.integers(-8000, 8000, (120, 3)), 50)
    crowd = [
        run(rng.integers(-8000, 8000, (60, 3)), 52.7, start=int(seed) + 10**15) for _ in range(others % 7)
    ]
    alone = resample([mine])
    assert (resample([*crowd, mine])[-len(alone) :] == alone).all()


def test_nothing_to_make_is_nothing():
    assert resample([Run(np.array([0, 10]), np.zeros((2, 3), np.int16), 5, 5)]).shape == (0, 3)
