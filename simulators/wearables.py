"""Wearables: what a real chip makes of a track, at any rate, range, step and mounting, cut into windows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import SECOND
from simulators import daily
from simulators.body import RATE, Track, join
from simulators.daily import pose

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Chip:
    """An accelerometer and how it sits on the limb.

    Attributes:
        hz: samples a second.
        range_g: it clips each axis there.
        step_mg: resolution.
        noise_mg: standard deviation of its noise.
        turn: rotation from the limb's axes to the chip's, shape (3, 3).
    """

    hz: float = 50
    range_g: float = 8
    step_mg: float = 1
    noise_mg: float = 4
    turn: NDArray[np.float64] | None = None


def mounting(draw: np.random.Generator) -> NDArray[np.float64]:
    """A random rotation (3, 3): straps are worn inside, outside, upside down."""
    turned, upper = np.linalg.qr(draw.normal(0, 1, (3, 3)))
    turned *= np.sign(np.diag(upper))
    return np.asarray(turned * np.sign(np.linalg.det(turned)))


def sample(track: Track, chip: Chip, draw: np.random.Generator) -> Samples:
    """What the chip reports of a track: int16, milli-g, shape (n, 3).

    A chip averages over its sampling interval; one that is faster than the track interpolates it.
    """
    felt = track.felt()
    if chip.turn is not None:
        felt = felt @ chip.turn.T
    total = np.concatenate((np.zeros((1, 3)), np.cumsum(felt, axis=0))) / RATE
    edges = np.arange(int(len(felt) / RATE * chip.hz) + 1) / chip.hz
    known = np.arange(len(total)) / RATE
    area = np.stack([np.interp(edges, known, total[:, axis]) for axis in range(3)], axis=1)
    acc = np.diff(area, axis=0) * chip.hz * 1000 + draw.normal(0, chip.noise_mg, (len(edges) - 1, 3))
    stepped = np.rint(acc / chip.step_mg) * chip.step_mg
    return (
        np.clip(stepped, -chip.range_g * 1000, chip.range_g * 1000)
        .round()
        .clip(-32768, 32767)
        .astype(np.int16)
    )


def windows(samples: Samples, hz: float, start: int, seconds: float) -> Iterator[tuple[int, Samples]]:
    """(instant, samples) of consecutive windows of `seconds`, the first at `start` (Unix microseconds)."""
    size = max(2, round(seconds * hz))
    for first in range(0, len(samples), size):
        piece = samples[first : first + size]
        if len(piece) >= 2:
            yield start + round(first * SECOND / hz), piece


def activity(draw: np.random.Generator, seconds: float, site: str = "wrist") -> Track:
    """`seconds` or a little more of waking life: walking, chores, sitting down, resting, getting up."""
    pieces: list[Track] = []
    up = pose(site, "hanging", draw)
    total = 0.0
    while total < seconds:
        piece = _piece(
            str(draw.choice(("walk", "chores", "sit", "chores", "walk", "stumble"))), up, draw, site
        )
        up = piece.up[-1]
        pieces.append(piece)
        total += len(piece) / RATE
    return join(*pieces)


def _piece(what: str, up: NDArray[np.float64], draw: np.random.Generator, site: str) -> Track:
    hanging = pose(site, "hanging", draw)
    if what == "walk":
        return join(
            daily.change(up, hanging, 0.8, draw), daily.walk(hanging, draw.uniform(5, 20), draw, site)
        )
    if what == "stumble" and draw.random() < 0.3:
        return join(daily.change(up, hanging, 0.8, draw), daily.stumble(hanging, draw, site))
    if what == "sit":
        lap = pose(site, "lap", draw)
        seated = join(
            daily.change(up, hanging, 0.8, draw),
            daily.sit_down(hanging, lap, draw),
            daily.rest(lap, draw.uniform(5, 20), draw),
        )
        return join(seated, daily.stand_up(seated.up[-1], hanging, draw))
    work = daily.chores(draw.uniform(8, 25), draw, site)
    return join(daily.change(up, work.up[0], 0.8, draw), work)
