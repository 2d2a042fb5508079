"""Movements of an ordinary day, felt at the wrist or the waist: rest, walking, chores, sitting down."""

import numpy as np
from numpy.typing import NDArray

from simulators.body import RATE, Track, Vectors, blow, count, turn, unit, wander

POSES: dict[str, dict[str, tuple[float, float, float]]] = {
    "wrist": {
        "hanging": (-0.97, 0.15, 0.18),
        "lap": (-0.15, 0.10, 0.98),
        "table": (0.10, -0.25, 0.96),
        "raised": (0.55, 0.35, 0.76),
        "lying": (0.10, 0.97, -0.20),
    },
    "waist": {
        "hanging": (0.05, 0.99, 0.08),
        "lap": (0.05, 0.93, 0.36),
        "table": (0.02, 0.95, 0.30),
        "raised": (0.06, 0.98, -0.15),
        "lying": (0.25, 0.12, 0.96),
    },
}
"""Where up is in the frame of the limb, for each site and posture."""


def pose(site: str, name: str, draw: np.random.Generator, spread: float = 0.12) -> Vectors:
    """A direction of up near a named posture: nobody holds an arm twice the same way."""
    return unit(np.array(POSES[site][name]) + draw.normal(0, spread, 3))


def rest(up: Vectors, seconds: float, draw: np.random.Generator, restless: float = 0.004) -> Track:
    """Sitting or lying: breath and a little tremor; now and then the limb shifts by a few degrees."""
    n = count(seconds)
    directions = unit(up + wander(n, 0.2, restless * 2, draw))
    return Track(directions, wander(n, 3, restless, draw))


def change(begin: Vectors, end: Vectors, seconds: float, draw: np.random.Generator) -> Track:
    """The limb goes from one posture to another at leisure."""
    n = count(seconds)
    effort = np.sin(np.linspace(0, np.pi, n))[:, None]
    return Track(turn(begin, end, n), wander(n, 2.5, 0.10, draw) * effort)


def walk(
    up: Vectors, seconds: float, draw: np.random.Generator, site: str = "wrist", pace_hz: float = 1.75
) -> Track:
    """Steps at `pace_hz`; the arm swings at half of it, the heel is felt at each step."""
    n = count(seconds)
    phase = 2 * np.pi * np.cumsum(pace_hz * (1 + wander(n, 0.5, 0.04, draw, 1)[:, 0])) / RATE
    swing = (0.32 if site == "wrist" else 0.05) * np.sin(phase / 2 + draw.uniform(0, 6))
    aside = np.cross(up, [0.0, 0.6, 0.8])
    directions = unit(up + swing[:, None] * unit(aside) + wander(n, 0.7, 0.03, draw))
    step = draw.uniform(0.10, 0.20) if site == "wrist" else draw.uniform(0.18, 0.30)
    heel = step * (np.sin(phase) + 0.45 * np.sin(2 * phase + 0.7) + 0.2 * np.sin(3 * phase + 1.9))
    ahead = 0.12 * np.sin(phase / 2 + 1.2) + 0.06 * np.sin(phase + 0.5)
    push = np.stack((heel, ahead, 0.05 * np.sin(phase / 2)), axis=1)
    return Track(directions, push + wander(n, 6, 0.035, draw))


def chores(seconds: float, draw: np.random.Generator, site: str = "wrist", lively: float = 1.0) -> Track:
    """Cooking, wiping, folding: the limb turns here and there, things are put down."""
    n = count(seconds)
    centre = pose(site, "table", draw, 0.3)
    reach = 0.45 if site == "wrist" else 0.08
    directions = unit(centre + wander(n, 0.6, reach * lively, draw))
    push = wander(n, 2.2, 0.09 * lively, draw) + wander(n, 6, 0.03 * lively, draw)
    for at in draw.integers(0, n, draw.poisson(seconds / 20)):
        push[:, 0] += blow(n, int(at), draw.uniform(0.1, 0.35) * (1 if site == "wrist" else 0.2), 14, 0.5)
    return Track(directions, push)


def sit_down(begin: Vectors, end: Vectors, draw: np.random.Generator, hard: float = 0.35) -> Track:
    """Half a metre down under control; the chair stops the last of it at `hard` m/s."""
    span = draw.uniform(1.0, 1.7)
    n = count(span + 0.8)
    down = count(span)
    push = wander(n, 2, 0.04, draw)
    fall = np.sin(np.linspace(0, 2 * np.pi, down)) * draw.uniform(0.10, 0.20)
    push[:down, 0] -= fall
    push[:, 0] += blow(n, down, hard * draw.uniform(0.5, 1.3), 7, 0.45)
    return Track(turn(begin, end, n), push)


def stand_up(begin: Vectors, end: Vectors, draw: np.random.Generator) -> Track:
    """The other way round, slowly."""
    n = count(draw.uniform(1.2, 2.2))
    push = wander(n, 2, 0.05, draw)
    push[:, 0] += np.sin(np.linspace(0, 2 * np.pi, n)) * draw.uniform(0.10, 0.22)
    return Track(turn(begin, end, n), push)


def stumble(up: Vectors, draw: np.random.Generator, site: str = "wrist") -> Track:
    """A foot catches, two quick steps, an arm flies out: no fall."""
    track = walk(up, draw.uniform(2, 3), draw, site, 2.2)
    at = len(track) // 3
    push: NDArray[np.float64] = track.push.copy()
    push[:, 0] += blow(len(track), at, draw.uniform(0.3, 0.8), 6, 0.5)
    push[:, 1] += blow(len(track), at, draw.uniform(0.2, 0.6), 4, 0.4)
    return Track(track.up, push)


def clap(draw: np.random.Generator, site: str = "wrist") -> Track:
    """Four seconds of applause: hard, quick, and no fall."""
    n = count(4.0)
    push = wander(n, 2, 0.05, draw)
    at, force = int(draw.integers(5, 30)), 1.0 if site == "wrist" else 0.15
    while at < n - 40:
        push[:, 2] += blow(n, at, draw.uniform(0.35, 0.8) * force, 12, 0.35)
        at += int(draw.uniform(0.25, 0.4) * RATE)
    return Track(unit(pose(site, "raised", draw) + wander(n, 1.5, 0.08, draw)), push)
