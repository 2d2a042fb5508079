"""How unlikely is this silence by now? A score from the home's own past weeks and from other homes.

The score is the logarithm of the odds that somebody has collapsed rather than gone about ordinary life, up to
a constant that the tolerated rate of false alarms decides. It is a logistic model over some sixty numbers,
most of which compare the silence with the longest ordinary ones of this home (docs/detectors/inactivity.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.routine import DAYS, HOURS, ROOM_CLASSES, Routine, decode

Numbers = NDArray[np.float64]
COUNT_OVER_S = (900.0, 3600.0, 21600.0)  # the three memories of how much was going on before
SHORTEST_S = 3 * 3600.0  # nobody is called before
LONGEST_S = 24 * 3600.0  # nobody is left longer than that
HESITANT_S, STERN_S = 4 * 3600.0, 8 * 3600.0
HESITATION, PATIENT = 0.4, 0.5  # in units of the score
NIGHT_FROM, NIGHT_TO = 21, 6
SHIPPED = Path(__file__).with_name("silence_model.json")
_PIVOT = np.log(3 * 3600.0)
_PLACES = (1, 2, 3, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Silence:
    """Silences of n homes, as columns of shape (n,).

    Attributes:
        home: row in the routine.
        begun_h: local time of day of the last sign, hours.
        away: it began within three minutes of an outer door; door_s: seconds from that door to the last sign.
        place: of the last sign. counts: shape (n, 3), active minutes before it, fading over COUNT_OVER_S.
    """

    home: NDArray[np.intp]
    begun_h: Numbers
    away: NDArray[np.bool_]
    door_s: Numbers
    place: NDArray[np.uint8]
    counts: Numbers

    @property
    def hour_class(self) -> NDArray[np.int64]:
        """Class by the hour in which it began."""
        return self.begun_h.astype(np.int64) + HOURS * self.away

    @property
    def place_class(self) -> NDArray[np.int64]:
        """Class by the place, by day or at night."""
        return place_class(self.place, self.begun_h)


def place_class(place: NDArray[np.uint8], begun_h: Numbers) -> NDArray[np.int64]:
    """Class by the place of the last sign, by day or at night."""
    night = (begun_h >= NIGHT_FROM) | (begun_h < NIGHT_TO)
    return ROOM_CLASSES + 2 * place.astype(np.int64) + night


@dataclass(frozen=True, slots=True)
class SilenceModel:
    """Weights of `describe`'s columns, and thresholds on the score.

    Attributes:
        weights: shape (columns,).
        rates: false alarms a person-day, rising. thresholds: the score at which to call for each of them, as
            measured on homes that were left out.
    """

    weights: Numbers
    rates: Numbers
    thresholds: Numbers

    def threshold(self, rate: float) -> float:
        """The score from which on to call, when `rate` false alarms a person-day are tolerated."""
        return float(np.interp(np.log(rate), np.log(self.rates), self.thresholds))

    def excess(
        self, routine: Routine, silence: Silence, silent_s: Numbers, threshold: Numbers | float
    ) -> Numbers:
        """Score above the threshold, positive where it is time to call. Shape (n,)."""
        over = self.score(describe(routine, silence, silent_s), silence.home) - threshold
        over = over - hesitation(silence, silent_s)
        excess: Numbers = np.where(silent_s >= LONGEST_S, np.maximum(over, 1.0), over)
        return excess

    def score(self, numbers: Numbers, home: NDArray[np.intp]) -> Numbers:
        """Logarithm of the odds from `describe`'s numbers; the same weights for every home."""
        score: Numbers = numbers @ self.weights
        return score


def hesitation(silence: Silence, silent_s: Numbers) -> Numbers:
    """What is added to the threshold at an age of the silence, shape (n,).

    An alarm is worth most at once, and next before help comes too late; in between somebody may as well come
    home: the threshold is lowest at SHORTEST_S, higher from HESITANT_S to STERN_S, lower again beyond. People
    who may be out or asleep are given more time.
    """
    age = np.log(np.maximum(silent_s, SHORTEST_S))
    rising = np.minimum((age - np.log(SHORTEST_S)) / np.log(HESITANT_S / SHORTEST_S), 1.0)
    falling = np.clip(1 - (age - np.log(STERN_S)) / np.log(1.5), -1.5, 1.0)
    asleep = (silence.begun_h >= NIGHT_FROM) | (silence.begun_h < 5)
    hesitation: Numbers = HESITATION * np.minimum(rising, falling) + PATIENT * (silence.away + 1.0 * asleep)
    return hesitation


@cache
def shipped() -> SilenceModel:
    """The model trained on all homes we have."""
    return from_json(json.loads(SHIPPED.read_text(encoding="utf-8")))


def from_json(card: Mapping[str, Any]) -> SilenceModel:
    """A model from its card; raises ValueError when it was made for other columns."""
    if len(card["weights"]) != len(NAMES) or list(card["columns"]) != list(NAMES):
        raise ValueError("the silence model was trained for other columns")
    rates, thresholds = zip(*card["thresholds"], strict=True)
    return SilenceModel(np.array(card["weights"]), np.array(rates), np.array(thresholds))


def neighbours(routine: Routine, home: NDArray[np.intp], hour_class: NDArray[np.int64]) -> Numbers:
    """Longest ordinary silence of each known day begun within an hour of the class: seconds, (n, days)."""
    kind, hour = hour_class // HOURS * HOURS, hour_class % HOURS
    codes = np.stack([routine.ring[home, :, kind + (hour + shift) % HOURS] for shift in (-1, 0, 1)])
    return decode(codes.max(axis=0))


def longest(routine: Routine, silence: Silence) -> Numbers:
    """Longest ordinary silence begun around this hour, in seconds, 0 when there is none yet. Shape (n,)."""
    most: Numbers = neighbours(routine, silence.home, silence.hour_class).max(axis=1, initial=0.0)
    return most


def describe(routine: Routine, silence: Silence, silent_s: Numbers) -> Numbers:
    """The numbers the model weighs, shape (n, columns); `silent_s` is how long each silence has lasted."""
    log_s, away = np.log(np.maximum(silent_s, 60.0)), silence.away.astype(np.float64)
    columns = [*_length(log_s - _PIVOT, silence.begun_h, away)]
    columns += _against_hours(routine, silence, log_s, silent_s)
    columns += _against_place(routine, silence, log_s)
    columns += _missed(routine, silence, silent_s, away)
    counts = np.log1p(silence.counts)
    columns += [counts[:, 0], counts[:, 1], counts[:, 2], counts[:, 1] * away]
    columns += [np.log1p(np.minimum(silence.door_s / 60.0, 600.0)), routine.known[silence.home] / DAYS]
    columns += [(silence.place == place) * 1.0 for place in _PLACES]
    columns += [(silence.place == 2) * (log_s - _PIVOT)]
    return np.column_stack(columns)


def _length(length: Numbers, begun_h: Numbers, away: Numbers) -> list[Numbers]:
    angle = 2 * np.pi * begun_h / 24
    clock = [np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)]
    beyond = [np.maximum(length - np.log(times), 0) for times in (1, 2, 4)]
    return [
        np.ones(len(length)), length, *beyond, *clock, *[wave * length for wave in clock],
        away, away * length, away * beyond[0],
    ]  # fmt: skip


def _hinges(ratio: Numbers) -> list[Numbers]:
    """A logarithm of a ratio, clipped, and bent at 1 and 1.65 times the usual."""
    clipped = np.clip(ratio, -4, 2.5)
    return [clipped, np.maximum(clipped, 0), np.maximum(clipped - 0.5, 0)]


def _ranked(days: Numbers, rank: int) -> Numbers:
    """The rank-th longest of each row, or the shortest there is above zero; 0 where there is none."""
    ordered = -np.sort(-days, axis=1)
    count = np.count_nonzero(days, axis=1)
    ranked: Numbers = ordered[np.arange(len(days)), np.maximum(np.minimum(rank, count - 1), 0)]
    return ranked


def _ratio(log_s: Numbers, usual_s: Numbers) -> Numbers:
    return np.where(usual_s > 0, log_s - np.log(np.maximum(usual_s, 60.0)), 0.5)


def _against_hours(routine: Routine, silence: Silence, log_s: Numbers, silent_s: Numbers) -> list[Numbers]:
    begun = neighbours(routine, silence.home, silence.hour_class)
    now_h = ((silence.begun_h + silent_s / 3600.0) % 24).astype(np.int64)
    by_now = neighbours(routine, silence.home, now_h + HOURS * silence.away)
    usual = [_ranked(begun, rank) for rank in (0, 1, 3)]
    middle = _ranked(begun, 0) * 0
    count = np.count_nonzero(begun, axis=1)
    for half in (np.maximum(count - 1, 0) // 2, count // 2):
        middle += 0.5 * (-np.sort(-begun, axis=1))[np.arange(len(begun)), np.minimum(half, DAYS - 1)]
    usual += [middle, _ranked(by_now, 0), _ranked(by_now, 1)]
    return [column for s in usual for column in _hinges(_ratio(log_s, s))] + [(usual[0] == 0) * 1.0]


def _against_place(routine: Routine, silence: Silence, log_s: Numbers) -> list[Numbers]:
    known = routine.known[silence.home]
    days = decode(routine.ring[silence.home, :, silence.place_class])
    ordered = -np.sort(-days, axis=1)
    row = np.arange(len(days))
    columns = []
    for place in (np.zeros_like(known), np.minimum(2, np.maximum(known - 1, 0)), known // 2):
        usual = np.maximum(ordered[row, np.minimum(place, DAYS - 1)], 60.0)
        columns += _hinges(np.where(known > 0, log_s - np.log(usual), 0.5))
    return columns


def _missed(routine: Routine, silence: Silence, silent_s: Numbers, away: Numbers) -> list[Numbers]:
    """How many hours in which something usually happens have passed without."""
    bits = (routine.ring_hours[silence.home][:, :, None] >> np.arange(HOURS, dtype=np.uint32)) & 1
    known = routine.known[silence.home]
    share = (bits.sum(axis=1) + 0.5 * 7 / 8) / (known[:, None] + 7 / 8)
    surprise = -np.log(1 - np.minimum(share, 0.985))
    total = np.cumsum(np.tile(surprise, (1, 5)), axis=1)
    row, first = np.arange(len(known)), silence.begun_h.astype(np.int64)
    now_h = silence.begun_h + silent_s / 3600.0
    last = np.minimum(now_h.astype(np.int64) - 1, 5 * HOURS - 1)
    passed = np.where(last > first, total[row, last] - total[row, first], 0.0)
    running = now_h.astype(np.int64) % HOURS
    missed = np.minimum(passed + (now_h % 1) * surprise[row, running], 20.0)
    return [np.sqrt(missed), missed, missed * away, share[row, running]]


_CLOCK = ("sin", "cos", "sin2", "cos2")
_BENDS = ("", ":over1", ":over1.65")
_USUAL = ("begun1", "begun2", "begun4", "begun_median", "now1", "now2")
NAMES = (
    "one", "length", "length:3h", "length:6h", "length:12h", *_CLOCK, *[f"{wave}*length" for wave in _CLOCK],
    "away", "away*length", "away*length:3h",
    *[f"{name}{bend}" for name in _USUAL for bend in _BENDS], "begun_unknown",
    *[f"place{rank}{bend}" for rank in ("1", "3", "_median") for bend in _BENDS],
    "missed_sqrt", "missed", "missed*away", "share_now",
    "count_15min", "count_1h", "count_6h", "count_1h*away", "door", "known_days",
    *[f"place_{place}" for place in ("bathroom", "bedroom", "inner_door", "hallway", "kitchen", "lounge")],
    "bedroom*length",
)  # fmt: skip
