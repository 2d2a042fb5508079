"""The same movement, worn by somebody else, on another maker's device.

Every augmentation is something that differs between devices or wearers in the field. Rotation comes
first: the features do not see it, but clipping and quantisation act on axes.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.falls.conditioning import RATE
from analytics.falls.dataset import Trial
from analytics.falls.trigger import BEFORE

BEGUN_LATE, ENDED_EARLY = 0.3, 0.12
"""Shares of the candidates of which the beginning or the end is missing."""

Signal = NDArray[np.float64]

CLIPS = (2000, 4000, 8000)
GRAINS = (4, 10, 16, 31, 62)
"""Steps of coarse devices, milli-g."""


def augment(trial: Trial, rng: np.random.Generator) -> Trial:
    """A variant of `trial`: one draw of everything that may differ."""
    signal = np.asarray(trial.samples).astype(np.float64) @ _rotation(rng).T
    signal = _vigour(signal, trial.hz, rng)
    signal = signal * rng.normal(1, 0.03, 3) + rng.normal(0, 20, 3)
    pace = rng.uniform(0.88, 1.14)
    signal, hz = _resampled(signal, trial.hz * pace, rng)
    signal = _band_limited(signal, hz, rng)
    signal = signal + rng.normal(0, rng.choice([2, 8, 15]), signal.shape)
    if rng.random() < 0.3:
        limit = rng.choice(CLIPS, p=[0.25, 0.45, 0.3])
        signal = np.clip(signal, -limit, limit)
    if rng.random() < 0.5:
        grain = rng.choice(GRAINS)
        signal = np.rint(signal / grain) * grain
    samples = np.clip(np.rint(signal), -32000, 32000).astype(np.int16)
    return replace(
        trial,
        samples=samples,
        hz=hz,
        fall_start_s=None if trial.fall_start_s is None else trial.fall_start_s / pace,
        fall_end_s=None if trial.fall_end_s is None else trial.fall_end_s / pace,
    )


def curtailed(acc: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Candidates (n, T, 3), of which some look as if the device began just before the impact or fell silent
    just after it: cells without data repeat the nearest known one, as they do live."""
    curt = acc.copy()
    for one in np.flatnonzero(rng.random(len(acc)) < BEGUN_LATE):
        begin = BEFORE - int(rng.uniform(0.6, 2.4) * RATE)
        curt[one, :begin] = curt[one, begin]
    for one in np.flatnonzero(rng.random(len(acc)) < ENDED_EARLY):
        end = BEFORE + 1 + int(rng.uniform(1.0, 2.0) * RATE)
        curt[one, end:] = curt[one, end - 1]
    return curt


def _rotation(rng: np.random.Generator) -> Signal:
    """A rotation drawn evenly, mirrored half of the time (the other arm)."""
    turned, scale = np.linalg.qr(rng.normal(size=(3, 3)))
    return np.asarray(turned * np.sign(np.diag(scale)))


def _vigour(signal: Signal, hz: float, rng: np.random.Generator) -> Signal:
    """The same posture, moved more or less hard: scales what is left beside slow gravity."""
    width = max(1, round(hz))
    padded = np.pad(signal, ((width, width), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=0)
    slow = (total[2 * width :] - total[: -2 * width]) / (2 * width)
    slow = slow[: len(signal)]
    return np.asarray(slow + (signal - slow) * np.exp(rng.normal(0, 0.2)))


def _resampled(signal: Signal, hz: float, rng: np.random.Generator) -> tuple[Signal, float]:
    """Point samples at another rate, with jitter, as a device that polls its sensor takes them."""
    if rng.random() < 0.4 or hz < 21:
        return signal, hz
    rate = rng.uniform(20, max(21, hz))
    count = max(2, int(len(signal) / hz * rate))
    when = (np.arange(count) + rng.normal(0, 0.1, count)) / rate
    where = np.clip(when * hz, 0, len(signal) - 1)
    axes = [np.interp(where, np.arange(len(signal)), signal[:, axis]) for axis in range(3)]
    return np.stack(axes, axis=1), rate


def _band_limited(signal: Signal, hz: float, rng: np.random.Generator) -> Signal:
    """A slow sensor: two passes of a short moving mean."""
    width = int(rng.choice([1, 1, 1, 2, 3])) * max(1, round(hz / 50))
    if width == 1:
        return signal
    kernel = np.convolve(np.ones(width) / width, np.ones(width) / width)
    half = len(kernel) // 2
    padded = np.pad(signal, ((half, len(kernel) - 1 - half), (0, 0)), mode="edge")
    axes = [np.convolve(padded[:, axis], kernel, mode="valid") for axis in range(3)]
    return np.stack(axes, axis=1)
