"""Simulated motion obeys mechanics, and the shipped detector sees it as it sees recorded motion."""

import numpy as np
import pytest

from analytics.falls.detector import FallDetector
from core.instant import SECOND
from core.motion import MotionWindow
from simulators import body, daily, falling
from simulators.wearables import Chip, Samples, activity, mounting, sample, windows

NOON = 1_760_000_000 * SECOND
FALLS = [kind for kind in falling.KINDS if kind != "slide"]


def fallen(kind: str, seed: int, chip: Chip | None = None) -> tuple[falling.Fall, Samples]:
    draw = np.random.default_rng([7, seed, list(falling.KINDS).index(kind)])
    fall = falling.fall(kind, draw, still_s=10)
    return fall, sample(fall.track, chip or Chip(turn=mounting(draw)), draw)


def found(samples: Samples, hz: float = 50) -> int:
    detector = FallDetector()
    said = detector.fold(
        [MotionWindow(1, 1, 1, at, hz, acc, None, "wrist") for at, acc in windows(samples, hz, NOON, 2)]
    )
    return len({f.id for f in [*said, *detector.tick(NOON + 120 * SECOND)] if f.kind == "fall"})


@pytest.mark.parametrize("kind", falling.KINDS)
def test_a_fall_is_light_then_hard_then_still(kind: str) -> None:
    fall, samples = fallen(kind, 1)
    size = np.linalg.norm(samples.astype(float), axis=1)
    impact = round(fall.impact_s * 50)
    assert size[impact - 40 : impact].min() < 800
    assert size[impact - 5 : impact + 50].max() > 1300
    assert size[-100:].std() < 20
    assert 950 < size[-100:].mean() < 1050


def test_the_shipped_detector_finds_nine_of_ten_simulated_falls() -> None:
    tried = [found(fallen(kind, seed)[1]) for kind in FALLS for seed in range(8)]
    assert np.mean([n > 0 for n in tried]) >= 0.9


def test_an_hour_of_ordinary_life_is_no_fall() -> None:
    for seed in range(5):
        draw = np.random.default_rng([8, seed])
        assert found(sample(activity(draw, 720), Chip(turn=mounting(draw)), draw)) == 0


@pytest.mark.parametrize(("hz", "range_g"), [(20, 2), (31.25, 4), (104, 16), (238, 8)])
def test_a_chip_has_its_rate_its_range_and_its_step(hz: float, range_g: float) -> None:
    fall, samples = fallen("trip", 3, Chip(hz=hz, range_g=range_g, step_mg=10))
    assert len(samples) == pytest.approx(len(fall.track) / body.RATE * hz, abs=2)
    assert np.abs(samples).max() <= range_g * 1000
    assert (samples % 10 == 0).all()


def test_the_same_seed_gives_the_same_samples() -> None:
    assert np.array_equal(fallen("forward", 5)[1], fallen("forward", 5)[1])
    assert not np.array_equal(fallen("forward", 5)[1][:100], fallen("forward", 6)[1][:100])


def test_lying_still_feels_one_g() -> None:
    draw = np.random.default_rng(1)
    felt = daily.rest(daily.pose("wrist", "lying", draw), 10, draw).felt()
    assert np.linalg.norm(felt, axis=1) == pytest.approx(1.0, abs=0.03)


def test_a_blow_takes_away_the_speed_it_met() -> None:
    push = body.blow(4000, 0, 3.0, 6, 0.4)
    velocity = np.cumsum(push) * 9.81 / body.RATE
    assert velocity.max() > 3.0  # stopped, and a little bounce
    assert velocity[-1] == pytest.approx(3.0, rel=0.05)


def test_a_person_who_gets_up_walks_again() -> None:
    draw = np.random.default_rng(3)
    fall = falling.fall("forward", draw, still_s=12, up_again_s=8)
    samples = sample(fall.track, Chip(), draw).astype(float)
    assert samples[-300:].std(axis=0).max() > 50
