"""Illness that comes, lasts some days and goes, and what of it shows in vital signs and in how one lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

_SEASON = 90  # days; in each so many episodes may begin


@dataclass(frozen=True, slots=True)
class Signs:
    """What an illness does at its height, in the units of core.quantity.

    Attributes:
        heart_rate, spo2, body_temperature, systolic, respiration: added to the usual.
        weight_a_day: kilograms gained on each day of it, lost again in the days after.
        nights: more visits to the toilet a night.
        days: how long it lasts, from and to.
        likely: how often, of all illnesses.
    """

    heart_rate: float
    spo2: float
    body_temperature: float
    systolic: float
    respiration: float
    weight_a_day: float
    nights: float
    days: tuple[int, int]
    likely: float


KINDS: dict[str, Signs] = {
    "fever": Signs(14, -1.0, 1.9, 4, 3, 0.0, 0.5, (3, 6), 0.4),
    "infection": Signs(24, -1.5, 1.6, -12, 5, 0.0, 4.0, (4, 9), 0.25),
    "chest": Signs(18, -7.0, 1.3, -4, 8, 0.0, 1.0, (6, 14), 0.2),
    "heart failure": Signs(10, -4.0, 0.0, 12, 4, 0.45, 2.5, (8, 16), 0.15),
}


class Illness(NamedTuple):
    """An episode: a word of KINDS, the local day number on which it begins, and how many days it lasts."""

    kind: str
    first: int
    days: int


class Ill(NamedTuple):
    """How ill somebody is: the illness, how much of its height (0 to 1), and the kilograms gained by it."""

    illness: Signs
    strength: float
    gained: float


def ill_on(seed: int, person: int, day: int, known: Sequence[Illness], a_year: float) -> Ill | None:
    """How ill the `person`-th of the world `seed` is on the local day `day`; None: not at all.

    Of the episodes `known` and of those that are drawn, `a_year` a year on average, the latest counts.
    """
    episodes = list(known)
    if a_year:
        season = day // _SEASON
        episodes += [*drawn(seed, person, season - 1, a_year), *drawn(seed, person, season, a_year)]
    for one in sorted(episodes, key=lambda episode: -episode.first):
        signs, gone = KINDS[one.kind], day - one.first
        if 0 <= gone < one.days:
            # Two days to its height, and the last third to get over it.
            strength = min(1.0, (gone + 1) / 2, (one.days - gone) / (one.days / 3 + 1))
            return Ill(signs, strength, signs.weight_a_day * gone)
        if signs.weight_a_day and one.days <= gone < 2 * one.days:
            return Ill(signs, 0.0, signs.weight_a_day * (2 * one.days - gone))
    return None


@lru_cache(maxsize=20_000)
def drawn(seed: int, person: int, season: int, a_year: float) -> tuple[Illness, ...]:
    """The episodes that begin in a season of 90 days."""
    draw = np.random.default_rng([seed, person, season, 12])
    words = list(KINDS)
    chances = [KINDS[word].likely for word in words]
    found = []
    for _ in range(draw.poisson(a_year * _SEASON / 365)):
        kind = words[int(draw.choice(len(words), p=chances))]
        low, high = KINDS[kind].days
        first = season * _SEASON + int(draw.integers(_SEASON))
        found.append(Illness(kind, first, int(draw.integers(low, high + 1))))
    return tuple(found)
