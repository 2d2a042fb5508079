"""Are simulated falls like recorded ones to the shipped detector? Sensitivity on both, side by side."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.falls.dataset import Trial
from analytics.falls.detector import FallDetector
from analytics.falls.model import FallModel, load
from analytics.falls.training.people import is_test
from core.instant import SECOND
from core.motion import MotionWindow
from simulators import falling
from simulators.takes import still
from simulators.wearables import Chip, activity, mounting, sample, windows

NOON = 1_760_000_000 * SECOND
CLOSE = 0.05
"""The two sensitivities may differ by so much, or the simulation is wrong."""

_LEAD_S, _TAIL_S = 6.0, 25.0
_HARD_TO_SEE = "slide"


class Share(NamedTuple):
    """How many of so many were found, in what."""

    what: str
    site: str
    found: int
    tried: int

    @property
    def share(self) -> float:
        """Found of tried; 0 of nothing."""
        return self.found / self.tried if self.tried else 0.0


def simulated(site: str, each: int, seed: int = 1, hz: float = 50) -> list[Share]:
    """Falls of every kind at `site`, `each` a kind, every wearer with a strap of their own."""
    model = load()
    out = []
    for number, kind in enumerate(falling.KINDS):
        found = 0
        for n in range(each):
            draw = np.random.default_rng([seed, number, n])
            fall = falling.fall(kind, draw, site=site, lead_s=_LEAD_S, still_s=_TAIL_S)
            samples = sample(fall.track, Chip(hz=hz, turn=mounting(draw)), draw)
            found += seen(model, samples, hz, site)
        out.append(Share(kind, site, found, each))
    return out


def quiet(site: str, minutes: int, seed: int = 1) -> Share:
    """Minutes of simulated daily life with an alarm in them."""
    model = load()
    alarms = 0
    for n in range(minutes):
        draw = np.random.default_rng([seed, 99, n])
        alarms += seen(model, sample(activity(draw, 60, site), Chip(turn=mounting(draw)), draw), 50, site)
    return Share("minutes of daily life", site, alarms, minutes)


def recorded(trials: Iterable[Trial]) -> list[Share]:
    """Falls of the public test people, by data set and site, with stillness before and after."""
    model = load()
    counts: dict[tuple[str, str], list[int]] = {}
    for number, trial in enumerate(_test_falls(trials)):
        draw = np.random.default_rng(number)
        own = np.asarray(trial.samples)
        edge = max(2, round(0.4 * trial.hz))
        lead, tail = round(_LEAD_S * trial.hz), round(_TAIL_S * trial.hz)
        whole = np.concatenate((still(own[:edge], lead, draw), own, still(own[-edge:], tail, draw)))
        row = counts.setdefault((trial.dataset, trial.placement), [0, 0])
        row[0] += seen(model, whole, trial.hz, trial.placement)
        row[1] += 1
    return [Share(dataset, site, *row) for (dataset, site), row in sorted(counts.items())]


def _test_falls(trials: Iterable[Trial]) -> Iterator[Trial]:
    return (t for t in trials if t.is_fall and t.placement in ("wrist", "waist") and is_test(t))


def seen(model: FallModel, samples: NDArray[np.int16], hz: float, site: str) -> bool:
    """Whether the detector reports a fall in these samples (milli-g, shape (n, 3)), window by window."""
    detector = FallDetector(model)
    said = detector.fold(
        [MotionWindow(1, 1, 1, at, hz, acc, None, site) for at, acc in windows(samples, hz, NOON, 2)]
    )
    end = NOON + round(len(samples) / hz * SECOND)
    return any(finding.kind == "fall" for finding in [*said, *detector.tick(end + 60 * SECOND)])


def at(shares: Iterable[Share], site: str) -> Share:
    """All of a site together, without the kind of fall that nobody has recorded."""
    rows = [row for row in shares if row.site == site and row.what != _HARD_TO_SEE]
    return Share("all", site, sum(row.found for row in rows), sum(row.tried for row in rows))
