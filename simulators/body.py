"""What an accelerometer on a body feels: where up is, and how the place it sits on is accelerated.

A track is physics at RATE samples a second: the device feels (1 + a_up) along the direction of up, plus the
horizontal accelerations, all turned into its own axes. Units are g and seconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float64]

RATE = 200
"""Samples a second of a track."""

_AXIS = np.array([0.36, 0.48, 0.80])  # what "ahead" is measured against; no pose lies along it


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A piece of movement.

    Attributes:
        up: unit vectors in the frame of the limb, shape (n, 3).
        push: acceleration of the limb upwards, ahead and sideways, g, shape (n, 3).
    """

    up: Vectors
    push: Vectors

    def __len__(self) -> int:
        return len(self.up)

    def felt(self) -> Vectors:
        """Acceleration in the frame of the limb, g, shape (n, 3)."""
        ahead = _AXIS - (self.up @ _AXIS)[:, None] * self.up
        ahead = unit(ahead)
        side = np.cross(self.up, ahead)
        lifted: Vectors = (1 + self.push[:, :1]) * self.up
        return lifted + self.push[:, 1:2] * ahead + self.push[:, 2:] * side


def join(*tracks: Track) -> Track:
    """One track after another."""
    return Track(np.concatenate([t.up for t in tracks]), np.concatenate([t.push for t in tracks]))


def unit(vectors: Vectors) -> Vectors:
    """Each row with length one."""
    length = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return np.asarray(vectors / length)


def count(seconds: float) -> int:
    """Samples in `seconds`, at least two."""
    return max(2, round(seconds * RATE))


def turn(begin: Vectors, end: Vectors, n: int, sharpness: float = 1.0) -> Vectors:
    """The limb turns from one direction of up to another on the great circle, shape (n, 3).

    `sharpness` above 1 does most of the turning in the middle.
    """
    begin, end = unit(begin), unit(end)
    if begin @ end < -0.999:
        end = unit(end + 0.1 * np.array([end[1], -end[2], end[0]]))
    angle = np.arccos(np.clip(begin @ end, -1, 1))
    share = np.linspace(-1, 1, n)
    eased = 0.5 + 0.5 * np.sin(np.pi / 2 * np.tanh(share * 1.5 * sharpness) / np.tanh(1.5 * sharpness))
    if angle < 1e-6:
        return np.repeat(begin[None], n, axis=0)
    weights = np.stack((np.sin((1 - eased) * angle), np.sin(eased * angle)), axis=1) / np.sin(angle)
    return np.asarray(weights @ np.stack((begin, end)))


def wander(n: int, hertz: float, size: float, draw: np.random.Generator, columns: int = 3) -> Vectors:
    """Smooth random movement up to about `hertz` with standard deviation `size`, shape (n, columns)."""
    knots = max(4, int(n / RATE * hertz * 2) + 4)
    rough = draw.normal(0, 1, (knots, columns))
    at = np.linspace(1, knots - 2.001, n)
    left = at.astype(int)
    x = (at - left)[:, None]
    before, here, there, beyond = (rough[left + k] for k in (-1, 0, 1, 2))
    # Catmull-Rom: smooth through the knots, so that no step is felt as a blow.
    curve = 0.5 * (
        2 * here
        + (there - before) * x
        + (2 * before - 5 * here + 4 * there - beyond) * x**2
        + (3 * here - before - 3 * there + beyond) * x**3
    )
    return np.asarray(curve * size)


def blow(n: int, at: int, speed: float, hertz: float, damping: float) -> NDArray[np.float64]:
    """A mass that meets the ground at sample `at` with `speed` (m/s): a damped spring's push, g, shape (n,).

    The spring has the natural frequency `hertz` and the damping ratio `damping` (below 1); it can ring, as
    a limb does on the floor.
    """
    push = np.zeros(n)
    if at >= n:
        return push
    t = np.arange(n - at) / RATE
    omega = 2 * np.pi * hertz
    ringing = omega * np.sqrt(1 - damping**2)
    push[at:] = (
        speed / 9.81 * np.exp(-damping * omega * t) * omega / np.sqrt(1 - damping**2) * np.sin(ringing * t)
    )
    return push
