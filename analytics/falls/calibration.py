"""A resident's own threshold, learnt from what operators said of past incidents.

A pure function of the feedback: nothing is stored here, so taking one verdict back undoes exactly what it
did, and every step can be shown (`calibration_of`). The shift is added to the logit of every probability of
that resident: below zero is less easily alarmed, above zero more. It counts for impacts from the instant of
the verdict on, by the impact's own time, so motion that is folded again is judged as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp

from core.instant import DAY

FALSE_ALARM, REAL_FALL, MISSED_FALL = "false_alarm", "real_fall", "missed_fall"

STEP = {FALSE_ALARM: -0.3, REAL_FALL: 0.3, MISSED_FALL: 0.8}
"""What one verdict adds, in logits: one missed fall outweighs two false alarms."""

LEAST, MOST = -1.2, 1.2
"""The shift never leaves these, whatever is said: an ordinary hard fall always alarms."""

HALF_LIFE = 60 * DAY
"""A verdict of two months ago counts half: people's lives, and their health, change."""

GUARDED = 90 * DAY
"""After a real or missed fall the resident is not treated less carefully than others for so long."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of an incident, or of a fall that made none.

    Attributes:
        at: instant of the verdict.
        word: FALSE_ALARM, REAL_FALL or MISSED_FALL.
        incident: what it was said of, for the log.
    """

    at: int
    word: str
    incident: str = ""


Verdicts = Mapping[int, tuple[Verdict, ...]]
"""Resident -> all that was said of that resident's falls, in any order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the log: this verdict moved the shift from `before` to `after`."""

    verdict: Verdict
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The shift of one resident and how it came about."""

    shift: float
    steps: tuple[Step, ...]


def calibration_of(verdicts: Iterable[Verdict], now: int) -> Calibration:
    """The shift at instant `now`; verdicts may come in any order, those after `now` do not count.

    Raises ValueError on a word that is none of the three.
    """
    shift, then = 0.0, 0
    last_fall: int | None = None
    steps: list[Step] = []
    for verdict in sorted(verdicts, key=lambda one: (one.at, one.word, one.incident)):
        if verdict.word not in STEP:
            raise ValueError(f"unknown verdict {verdict.word!r}")
        if verdict.at > now:
            break
        faded = _faded(shift, verdict.at - then)
        if verdict.word != FALSE_ALARM:
            last_fall = verdict.at
        after = _bounded(faded + STEP[verdict.word], last_fall, verdict.at)
        steps.append(Step(verdict, round(faded, 4), round(after, 4)))
        shift, then = after, verdict.at
    return Calibration(round(_bounded(_faded(shift, now - then), last_fall, now), 4), tuple(steps))


@dataclass(frozen=True, slots=True)
class Change:
    """What changed when the verdicts were read again, for the log: it names an incident and nobody.

    `heard` is False for a verdict that was taken back; `shift` is the resident's shift by now.
    """

    verdict: Verdict
    heard: bool
    shift: float


def changes(old: Verdicts, new: Verdicts, now: int) -> list[Change]:
    """Every verdict that came or went between two readings, in order of time."""
    found: list[Change] = []
    for resident in old.keys() | new.keys():
        before, after = set(old.get(resident, ())), set(new.get(resident, ()))
        if before != after:
            shift = calibration_of(after, now).shift
            found += [Change(verdict, verdict in after, shift) for verdict in before ^ after]
    return sorted(found, key=lambda change: (change.verdict.at, change.verdict.incident, change.heard))


def adjusted(probability: float, shift: float) -> float:
    """`probability` as seen with a resident's `shift`."""
    odds = probability * exp(shift)
    return min(1.0, odds / (odds + 1 - probability))  # rounding may end above it


def _faded(shift: float, age: int) -> float:
    return float(shift * 0.5 ** (age / HALF_LIFE))


def _bounded(shift: float, last_fall: int | None, at: int) -> float:
    guarded = last_fall is not None and at - last_fall < GUARDED
    return min(MOST, max(0.0 if guarded else LEAST, shift))
