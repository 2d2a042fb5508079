"""Falls from a simple mechanical model: a body tips over, meets the floor, rings, and lies there.

The body is an inverted rod that pivots at the feet (theta'' = 3 g sin(theta) / 2 L) while legs and hands
hold some of its weight; the limb with the device rides on it, flails, and meets the floor with what is left
of its speed. Blows are damped springs. Acted falls in the literature show 3 to 6 g at a wrist, a dip that is
seldom a clean free fall, and two or three blows within half a second.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.body import RATE, Track, Vectors, blow, count, join, turn, unit, wander
from simulators.daily import change, pose, rest, walk

GRAVITY = 9.81


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fall.

    Attributes:
        lean: how far the body leans when it loses balance, radians.
        speed: how fast it tips then, radians a second (a trip gives some).
        height_m: length of the rod that tips.
        held: share of the weight that legs, hands or a wall carry on the way, least and most.
        blows: how many times the limb meets something, least and most.
        hard: factor on the speed of those blows.
        walking: true when it begins in mid-step.
        turned: how far the limb has turned from upright when lying, radians, least and most.
    """

    lean: float
    speed: float
    height_m: float
    held: tuple[float, float]
    blows: tuple[int, int]
    hard: float
    walking: bool
    turned: tuple[float, float] = (0.9, 2.4)


KINDS: dict[str, Kind] = {
    "forward": Kind(0.20, 0.9, 1.6, (0.25, 0.60), (2, 3), 1.00, True),
    "trip": Kind(0.30, 1.6, 1.6, (0.20, 0.55), (2, 4), 1.10, True),
    "backward": Kind(0.18, 0.7, 1.5, (0.25, 0.60), (2, 3), 1.00, False),
    "sideways": Kind(0.20, 0.8, 1.6, (0.25, 0.60), (2, 3), 1.00, True),
    "faint": Kind(0.25, 0.5, 1.2, (0.20, 0.50), (2, 3), 0.90, False),
    "chair": Kind(0.30, 0.8, 1.0, (0.25, 0.55), (2, 3), 0.95, False),
    "stairs": Kind(0.30, 1.4, 1.5, (0.20, 0.50), (4, 7), 0.90, True),
    "slide": Kind(0.25, 0.3, 1.1, (0.55, 0.75), (1, 2), 0.55, False),
}
"""Falls by name; "stairs" meets one step after another; "slide" is the slow one down a wall,
which wearables are known to miss."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A simulated fall: its track and the instants (seconds from its beginning) of imbalance and impact."""

    track: Track
    kind: str
    begins_s: float
    impact_s: float


def fall(
    kind: str,
    draw: np.random.Generator,
    *,
    site: str = "wrist",
    lead_s: float = 6.0,
    still_s: float = 40.0,
    up_again_s: float | None = None,
) -> Fall:
    """A fall of `kind`, begun after `lead_s` of ordinary life.

    The person then lies for `still_s`, or gets up after `up_again_s` and walks on.
    """
    shape = KINDS[kind]
    upright = pose(site, "hanging" if kind != "chair" else "lap", draw)
    before = walk(upright, lead_s, draw, site) if shape.walking else rest(upright, lead_s, draw, 0.02)
    lying = _lying(upright, shape, draw)
    descent, impact = _descent(shape, upright, lying, draw, site)
    after = _after(lying, upright, still_s, up_again_s, draw, site)
    begins = len(before) / RATE
    return Fall(join(before, descent, after), kind, begins, begins + impact / RATE)


def _lying(upright: Vectors, shape: Kind, draw: np.random.Generator) -> Vectors:
    """A direction of up that the limb can have on the floor, turned from upright by what the kind allows."""
    axis = unit(np.cross(upright, draw.normal(0, 1, 3)))
    angle = draw.uniform(*shape.turned)
    return np.asarray(upright * np.cos(angle) + np.cross(axis, upright) * np.sin(angle))


def _tipping(shape: Kind, held: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Angle and angular speed of the rod until it lies (1.45 rad), at RATE."""
    theta, speed, angles, speeds = shape.lean, shape.speed, [], []
    for _ in range(4 * RATE):
        speed += (1 - held) * 1.5 * GRAVITY / shape.height_m * np.sin(theta) / RATE
        theta += speed / RATE
        angles.append(theta)
        speeds.append(speed)
        if theta >= 1.45:
            break
    return np.array(angles), np.array(speeds)


def _descent(
    shape: Kind, upright: Vectors, lying: Vectors, draw: np.random.Generator, site: str
) -> tuple[Track, int]:
    """From imbalance to the last blow, and the sample of the first blow."""
    held = draw.uniform(*shape.held)
    angles, speeds = _tipping(shape, held)
    reach = shape.height_m * (draw.uniform(0.55, 0.85) if site == "wrist" else draw.uniform(0.5, 0.6))
    down = -reach * np.gradient(np.sin(angles) * speeds, 1 / RATE) / GRAVITY
    ahead = reach * np.gradient(np.cos(angles) * speeds, 1 / RATE) / GRAVITY
    n = len(angles) + count(1.2)
    impact = len(angles) - 1
    push = np.zeros((n, 3))
    push[:impact, 0], push[:impact, 1] = down[:impact], ahead[:impact]
    flail = 0.35 if site == "wrist" else 0.10
    fading = np.minimum(1, np.exp(-(np.arange(n) - impact) / (0.25 * RATE)))[:, None]
    push += wander(n, 3.5, flail, draw) * fading
    speed = reach * speeds[-1] * np.sin(angles[-1]) * shape.hard
    push += _blows(n, impact, speed, shape, draw)
    turning = count(len(angles) / RATE + 0.25)
    up = np.concatenate((turn(upright, lying, turning, 1.3), np.repeat(lying[None], n - turning, axis=0)))
    return Track(unit(up + wander(n, 3, 0.12, draw) * fading), push), impact


def _blows(n: int, impact: int, speed: float, shape: Kind, draw: np.random.Generator) -> NDArray[np.float64]:
    """Hand, then trunk, then what bounces: each takes a part of the speed, from a direction of its own."""
    push = np.zeros((n, 3))
    at = impact
    for _ in range(draw.integers(shape.blows[0], shape.blows[1] + 1)):
        direction = unit(np.array([1.0, 0, 0]) + draw.normal(0, 0.55, 3))
        part = speed * draw.uniform(0.35, 0.75)
        push += blow(n, at, part, draw.uniform(3.5, 8), draw.uniform(0.25, 0.5))[:, None] * direction
        at += int(draw.uniform(0.06, 0.22) * RATE)
        speed *= draw.uniform(0.55, 0.95)
    return push


def _after(
    lying: Vectors,
    upright: Vectors,
    still_s: float,
    up_again_s: float | None,
    draw: np.random.Generator,
    site: str,
) -> Track:
    """Settling for a second or two, then stillness, or the long way up."""
    n = count(draw.uniform(0.8, 2.0))
    fading = np.linspace(1, 0.1, n)[:, None]
    settling = Track(unit(lying + wander(n, 1.5, 0.06, draw) * fading), wander(n, 3, 0.06, draw) * fading)
    if up_again_s is None:
        return join(settling, rest(settling.up[-1], still_s, draw, 0.003))
    lying_s = max(0.5, up_again_s - n / RATE)
    kneeling = pose(site, "table", draw)
    up = change(settling.up[-1], kneeling, draw.uniform(2, 4), draw)
    standing = change(kneeling, upright, draw.uniform(1.5, 3), draw)
    waiting = rest(settling.up[-1], lying_s, draw, 0.02)
    return join(settling, waiting, up, standing, walk(upright, max(2.0, still_s), draw, site))
