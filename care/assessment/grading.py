"""From answers to a grade. Pure; the rules that change a grade are those of GB/T 42195-2022."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from care.assessment.scale import Scale
from core.instant import DAY

WORST = 4
RISK_WITHIN = 30 * DAY
RISK_TIMES = 2


class AssessmentError(ValueError):
    """The answers are not a complete assessment; `problems` names each by the key of its item."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems.items()))
        self.problems = dict(problems)


class Change(StrEnum):
    """Why the grade differs from what the points say. Stored: never change a word."""

    COMA = "coma"  # complete loss at once, to be assessed anew on waking
    DEMENTIA = "dementia"  # diagnosed dementia (ICD-10 F00-F03): one grade worse
    MENTAL_DISORDER = "mental_disorder"  # diagnosed by a psychiatrist (F04-F99): one grade worse
    RISK_EVENTS = "risk_events"  # two or more care-risk events within 30 days: one grade worse


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """A fall, getting lost, choking or self-harm at the instant `at`; `source` says where it is recorded."""

    at: int
    kind: str
    source: str = ""


RISK_KINDS = frozenset({"fall", "lost", "choking", "self_harm", "suicide_attempt"})


@dataclass(frozen=True, slots=True)
class Health:
    """What counts beside the items."""

    coma: bool = False
    dementia: bool = False
    mental_disorder: bool = False
    risk_events: tuple[RiskEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Graded:
    """The result: points by part and in all, the grade they say, the grade in force, and why it differs."""

    points: Mapping[str, int]
    total: int
    preliminary: int
    grade: int
    changes: tuple[Change, ...]


def grade(scale: Scale, answers: Mapping[str, int], health: Health, now: int) -> Graded:
    """Grade a whole set of answers (points by item) at the instant `now` (Unix microseconds).

    Raises AssessmentError when an item is missing, unknown, or outside its points. A person in coma needs no
    answers. Any number of the reasons to worsen a grade makes it one grade worse, not more.
    """
    if health.coma:
        return Graded({part.key: 0 for part in scale.parts}, 0, WORST, WORST, (Change.COMA,))
    _check(scale, answers)
    points = {part.key: sum(answers[item.key] for item in part.items) for part in scale.parts}
    total = sum(points.values())
    preliminary = next(step.grade for step in scale.grades if total >= step.least)
    changes = tuple(_changes(health, now))
    return Graded(points, total, preliminary, min(WORST, preliminary + bool(changes)), changes)


def recent_risks(events: Iterable[RiskEvent], now: int) -> tuple[RiskEvent, ...]:
    """The care-risk events of the 30 days up to `now`, the oldest first."""
    counted = (e for e in events if e.kind in RISK_KINDS and now - RISK_WITHIN < e.at <= now)
    return tuple(sorted(counted, key=lambda event: (event.at, event.source)))


def reassess(events: Iterable[RiskEvent], assessed_at: int | None, now: int) -> tuple[RiskEvent, ...]:
    """The evidence for assessing anew: the risk events, when two or more of the last 30 days are not yet in
    an assessment; else empty. One made after the latest event has taken all of them into account."""
    recent = recent_risks(events, now)
    if len(recent) < RISK_TIMES or (assessed_at is not None and assessed_at >= recent[-1].at):
        return ()
    return recent


def _check(scale: Scale, answers: Mapping[str, int]) -> None:
    items = scale.items()
    problems = {key: "no such item" for key in answers if key not in items}
    for key, item in items.items():
        points = answers.get(key)
        if points is None:
            problems[key] = "not answered"
        elif isinstance(points, bool) or not isinstance(points, int) or not 0 <= points <= item.most:
            problems[key] = f"not a whole number from 0 to {item.most}"
    if problems:
        raise AssessmentError(problems)


def _changes(health: Health, now: int) -> Iterable[Change]:
    if health.dementia:
        yield Change.DEMENTIA
    if health.mental_disorder:
        yield Change.MENTAL_DISORDER
    if len(recent_risks(health.risk_events, now)) >= RISK_TIMES:
        yield Change.RISK_EVENTS
