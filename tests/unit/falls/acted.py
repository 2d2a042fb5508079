"""Made-up wearers: enough physics to exercise the detector, none of anybody's recordings."""

import numpy as np

from core.motion import MotionWindow

START = 1_700_000_000_000_000


def _noise(count, spread, seed):
    return np.random.default_rng(seed).normal(0, spread, (count, 3))


def walk(seconds, hz=50, seed=1):
    """Steps at 2 Hz, arm hanging along y."""
    time = np.arange(round(seconds * hz)) / hz
    wave = 180 * np.sin(2 * np.pi * 2 * time)
    samples = np.stack([0.5 * wave, 1000 + wave, 0.3 * wave], axis=1) + _noise(len(time), 40, seed)
    return np.rint(samples).astype(np.int16)


def lie(seconds, hz=50, seed=2):
    """Flat on the floor: gravity along z."""
    samples = np.array([60.0, 80.0, 990.0]) + _noise(round(seconds * hz), 8, seed)
    return np.rint(samples).astype(np.int16)


def tumble(hz=50, peak=5200, seed=3):
    """Half a second of lightness, an impact, a rebound, a second of coming to rest."""
    time = np.arange(round(1.9 * hz)) / hz
    turn = np.clip((time - 0.2) / 0.6, 0, 1) * np.pi / 2
    light = 1 - 0.75 * np.exp(-(((time - 0.55) / 0.2) ** 2))
    blow = peak / 1000 * np.exp(-(((time - 0.9) / 0.03) ** 2)) + 1.2 * np.exp(-(((time - 1.12) / 0.05) ** 2))
    swing = 0.25 * np.exp(-np.maximum(time - 0.95, 0) / 0.25) * (time > 0.95)
    size = 1000 * (light + blow)
    samples = np.stack([400 * swing, size * np.cos(turn), size * np.sin(turn)], axis=1)
    return np.rint(samples + _noise(len(time), 30, seed) * (1 + 4 * swing[:, None])).astype(np.int16)


def fall(before=5.1, after=8, hz=50, then=None, peak=5200):
    """Walking, falling at about six seconds, lying."""
    parts = [walk(before, hz), tumble(hz, peak), lie(after, hz)]
    return np.concatenate(parts if then is None else [*parts, then])


def windows(samples, hz=50, seconds=1.0, device=1, site="wrist", start=START):
    """`samples` as a wearable sends them."""
    size = round(seconds * hz)
    return [
        MotionWindow(
            home=1,
            device=device,
            resident=device,
            start=start + round(first * 1e6 / hz),
            hz=hz,
            acc=samples[first : first + size],
            site=site,
        )
        for first in range(0, len(samples), size)
    ]
