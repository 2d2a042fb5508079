"""Numbers that describe a candidate: none of them changes when the device is turned on the body.

Everything is made from magnitudes, angles between directions of the same window, and spreads summed
over the axes. Times are seconds from the impact; accelerations are in g.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.falls.conditioning import RATE
from analytics.falls.history import VOID
from analytics.falls.trigger import BEFORE, smooth

Array = NDArray[np.float32]
Columns = dict[str, Array]

PHASES = {
    "before": (-2.5, -1.5),
    "onset": (-1.5, -0.8),
    "descent": (-0.8, -0.15),
    "rebound": (0.15, 0.6),
    "settling": (0.6, 1.1),
    "after": (1.1, 2.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Cut-outs around candidates: acceleration (n, T, 3), magnitude and smoothed magnitude (n, T)."""

    acc: Array
    size: Array
    smoothed: Array

    def between(self, begin: float, end: float) -> slice:
        """Cells from `begin` to `end` seconds after the impact, both included."""
        low = max(0, BEFORE + round(begin * RATE))
        return slice(low, min(self.acc.shape[1], BEFORE + round(end * RATE) + 1))


def fill_voids(cut: NDArray[np.int16]) -> Array:
    """Acceleration in g, shape (n, T, 3); a void cell repeats the known cell nearest before, or after."""
    known = cut[:, :, 0] != VOID
    index = np.where(known, np.arange(cut.shape[1]), -1)
    index = np.maximum.accumulate(index, axis=1)
    index = np.where(index < 0, known.argmax(axis=1)[:, None], index)
    filled = np.take_along_axis(cut, index[:, :, None], axis=1).astype(np.float32) / 1000
    return np.where(known.any(axis=1)[:, None, None], filled, np.float32(0))


def describe(acc: Array) -> tuple[Array, tuple[str, ...]]:
    """Features of candidates, shape (n, f), float32, and their names; `acc` is (n, T, 3) in g."""
    size = np.sqrt(np.square(acc).sum(axis=2))
    smoothed = smooth(np.pad(size, ((0, 0), (1, 1)), mode="edge"))
    clip = Clip(acc, size, smoothed)
    columns: Columns = {}
    for group in GROUPS:
        columns |= group(clip)
    return np.stack(list(columns.values()), axis=1).astype(np.float32), tuple(columns)


def impact(clip: Clip) -> Columns:
    """How hard, how sharp, how long."""
    peak = clip.smoothed[:, BEFORE]
    near = clip.acc[:, clip.between(-0.3, 0.3)]
    wide = clip.smoothed[:, clip.between(-0.5, 0.5)]
    half = 1 + (peak - 1) / 2
    return {
        "peak": np.log(peak),
        "peak_unsmoothed": np.log(clip.size[:, clip.between(-0.1, 0.1)].max(axis=1)),
        "peak_area": np.maximum(clip.smoothed[:, clip.between(-0.3, 0.5)] - 1, 0).sum(axis=1) / RATE,
        "peak_width": (wide > half[:, None]).mean(axis=1),
        "peak_jerk": np.log(_jerk(near).max(axis=1) + 0.1),
        "push": (clip.smoothed[:, clip.between(-0.2, 0.4)] - 1).sum(axis=1) / RATE,
    }


def descent(clip: Clip) -> Columns:
    """Weightlessness before the impact."""
    second = clip.smoothed[:, clip.between(-1.0, 0)]
    fall = clip.smoothed[:, clip.between(-1.2, -0.04)]
    speed = np.cumsum((fall - 1)[:, ::-1], axis=1) / RATE
    return {
        "lowest": second.min(axis=1),
        "lowest_late": clip.smoothed[:, clip.between(-0.5, 0)].min(axis=1),
        "lowest_when": (second.shape[1] - 1 - second.argmin(axis=1)) / RATE,
        "light_share": (second < 0.8).mean(axis=1),
        "free_share": (second < 0.6).mean(axis=1),
        "light_area": np.maximum(1 - clip.smoothed[:, clip.between(-1.2, 0)], 0).sum(axis=1) / RATE,
        "fall_speed": np.minimum(speed, 0).min(axis=1),
    }


def phases(clip: Clip) -> Columns:
    """How lively each phase is, and how the last compares with the first."""
    columns: Columns = {}
    for name, (begin, end) in PHASES.items():
        part = clip.between(begin, end)
        acc, size, smoothed = clip.acc[:, part], clip.size[:, part], clip.smoothed[:, part]
        columns |= {
            f"{name}_spread": np.log(size.std(axis=1) + 0.01),
            f"{name}_motion": np.log(np.sqrt(acc.var(axis=1).sum(axis=1)) + 0.01),
            f"{name}_highest": smoothed.max(axis=1),
            f"{name}_lowest": smoothed.min(axis=1),
            f"{name}_mean": smoothed.mean(axis=1),
            f"{name}_jerk": np.log(_jerk(acc).mean(axis=1) + 0.1),
        }
    after = columns["after_motion"]
    return columns | {
        "after_to_before": after - columns["before_motion"],
        "after_to_rebound": after - columns["rebound_motion"],
        "after_to_peak": after - np.log(clip.smoothed[:, BEFORE]),
    }


def posture(clip: Clip) -> Columns:
    """Angles between where gravity pointed before, at and after the impact, in radians."""
    before = _direction(clip, -2.5, -1.2)
    onset = _direction(clip, -1.2, -0.4)
    settling = _direction(clip, 0.3, 0.9)
    after = _direction(clip, 1.1, 2.0)
    blow = _direction(clip, -0.06, 0.06)
    return {
        "turn_before_after": _angle(before, after),
        "turn_before_settling": _angle(before, settling),
        "turn_settling_after": _angle(settling, after),
        "turn_before_onset": _angle(before, onset),
        "turn_onset_after": _angle(onset, after),
        "blow_to_after": _angle(blow, after),
        "blow_to_before": _angle(blow, before),
        "along_before_lowest": _along(clip, before, -1.0, 0).min(axis=1),
        "along_before_mean": _along(clip, before, -0.8, -0.1).mean(axis=1),
        "along_after_blow": _along(clip, after, -0.1, 0.1).max(axis=1),
        "along_after_mean": _along(clip, after, -0.8, -0.1).mean(axis=1),
        "after_steadiness": np.linalg.norm(clip.acc[:, clip.between(1.1, 2.0)].mean(axis=1), axis=1),
    }


def turning(clip: Clip) -> Columns:
    """How far the direction wanders in each second."""
    cells = max(1, round(0.12 * RATE))
    total = np.cumsum(np.pad(clip.acc, ((0, 0), (cells, 0), (0, 0)), mode="edge"), axis=1)
    unit = _unit((total[:, cells:] - total[:, :-cells]) / cells)
    step = _angle(unit[:, 1:], unit[:, :-1])
    spans = {"early": (-2.5, -1), "fall": (-1, -0.05), "settle": (0.05, 1), "late": (1, 2)}
    return {
        f"wander_{name}": step[:, clip.between(begin, end)].sum(axis=1)
        for name, (begin, end) in spans.items()
    }


def rhythm(clip: Clip) -> Columns:
    """Claps, steps and hops come again and again; a fall does not."""
    centred = clip.smoothed - clip.smoothed.mean(axis=1, keepdims=True)
    power = np.square(centred).sum(axis=1) + 1e-6
    lags = range(round(0.16 * RATE), round(1.2 * RATE))
    echo = np.stack([(centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / power for lag in lags], axis=1)
    height = clip.smoothed[:, [BEFORE]] - 1
    columns = {
        "echo_highest": echo.max(axis=1),
        "echo_lowest": echo.min(axis=1),
        "peaks": _peaks(clip.smoothed, 1 + 0.5 * height),
        "peaks_before": _peaks(clip.smoothed[:, :BEFORE], 1 + 0.3 * height),
        "high_share": (clip.smoothed > 1 + 0.4 * height).mean(axis=1),
    }
    return columns | _bands(centred)


def _bands(centred: Array) -> Columns:
    """Share of the magnitude's power in four bands below 10 Hz."""
    cells = centred.shape[1]
    power = np.square(np.abs(np.fft.rfft(centred * np.hanning(cells), axis=1)))
    pitch = np.fft.rfftfreq(cells, 1 / RATE)
    total = power[:, pitch < 10].sum(axis=1) + 1e-6
    bands = ((0, 1.5), (1.5, 3), (3, 6), (6, 10))
    return {
        f"band_{low:g}_{high:g}": power[:, (pitch >= low) & (pitch < high)].sum(axis=1) / total
        for low, high in bands
    }


def _peaks(smoothed: Array, least: Array) -> Array:
    """How many local maxima reach `least` (n, 1)."""
    middle = smoothed[:, 1:-1]
    peak = (middle > least) & (middle >= smoothed[:, :-2]) & (middle > smoothed[:, 2:])
    return np.asarray(peak.sum(axis=1, dtype=np.float32))


def _jerk(acc: Array) -> Array:
    """Size of the change from cell to cell, g a second, shape (n, T - 1)."""
    return np.asarray(np.sqrt(np.square(np.diff(acc, axis=1)).sum(axis=2)) * RATE)


def _unit(vectors: NDArray[np.floating[Any]]) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6))


def _direction(clip: Clip, begin: float, end: float) -> Array:
    return _unit(clip.acc[:, clip.between(begin, end)].mean(axis=1))


def _along(clip: Clip, direction: Array, begin: float, end: float) -> Array:
    """Acceleration along a direction, g, shape (n, cells)."""
    return np.asarray((clip.acc[:, clip.between(begin, end)] * direction[:, None]).sum(axis=2))


def _angle(one: Array, other: Array) -> Array:
    return np.asarray(np.arccos(np.clip((one * other).sum(axis=-1), -1, 1)))


GROUPS: tuple[Callable[[Clip], Columns], ...] = (impact, descent, phases, posture, turning, rhythm)
