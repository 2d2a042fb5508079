"""Thresholds from recordings of people left out, by rules that were settled before any test person was tried.

Only recordings of daily life decide: each data set alone must stay silent in all but a share of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.falls.calibration import adjusted
from analytics.falls.dataset import Trial
from analytics.falls.thresholds import Thresholds

FALSE_SHARE: Mapping[str, float] = {"wrist": 0.03, "ankle": 0.03}
FALSE_SHARE_ELSEWHERE = 0.01
"""Share of the recordings of daily life of every data set in which the last judge may alarm."""

FALSE_SHARE_EARLY = 0.003
"""The same for the early judge: what is not plain can wait for the last one."""

LOWEST, HIGHEST = 0.45, 0.995
"""A threshold stays between these whatever the recordings say: on the trunk almost anything separates one
data set, but another maker's device needs the room."""

UNFAMILIAR: Mapping[str, float] = {"wrist": 1.1}
UNFAMILIAR_ELSEWHERE = 0.85
"""Added to the logit for devices of a kind never trained on when one data set was trained on at their site,
half of it when two were, and so on: the more kinds are known, the less is another unlike them. Settled on
data sets left out (see the card)."""


def settle(trials: Sequence[Trial], highest: NDArray[np.float64], early: bool) -> Thresholds:
    """Thresholds of a judge whose highest probability in each of `trials`, people left out, is `highest`."""
    quiet: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    rates: dict[str, set[float]] = defaultdict(set)
    for trial, value in zip(trials, highest, strict=True):
        rates[trial.placement].add(trial.hz)
        if not trial.is_fall:
            quiet[trial.placement][trial.dataset].append(float(value))
    familiar = {site: _threshold(site, sets, early) for site, sets in quiet.items()}
    unfamiliar = {
        site: _within(adjusted(value, UNFAMILIAR.get(site, UNFAMILIAR_ELSEWHERE) / len(quiet[site])))
        for site, value in familiar.items()
    }
    return Thresholds(
        familiar,
        unfamiliar,
        {site: tuple(sorted(known)) for site, known in rates.items()},
        max(unfamiliar.values()),
    )


def _threshold(site: str, sets: Mapping[str, Sequence[float]], early: bool) -> float:
    share = FALSE_SHARE_EARLY if early else FALSE_SHARE.get(site, FALSE_SHARE_ELSEWHERE)
    return _within(max(float(np.quantile(values, 1 - share)) for values in sets.values()))


def _within(threshold: float) -> float:
    return min(HIGHEST, max(LOWEST, threshold))
