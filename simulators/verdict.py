"""What a replay of falls came to: trial by trial, and as the figures people quote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.table import Table

from core.instant import SECOND
from simulators.store import Seen
from simulators.takes import Line, Take

_SLACK = 3 * SECOND
"""An alarm so long after the end of a trial still belongs to it: some trials end at the impact."""


@dataclass(slots=True)
class Published:
    """When each window was handed to the broker: by wearable, its last sample's instant and the real one."""

    lasts: dict[str, list[int]] = field(default_factory=dict)
    real: dict[str, list[float]] = field(default_factory=dict)
    count: int = 0

    def note(self, device: str, last: int, real: float) -> None:
        """One window was published, whose last sample is of the instant `last`."""
        self.lasts.setdefault(device, []).append(last)
        self.real.setdefault(device, []).append(real)
        self.count += 1

    def when(self, device: str, instant: int) -> float | None:
        """Real instant of publishing the window with the first sample at or after `instant`."""
        at = int(np.searchsorted(self.lasts[device], instant, side="left"))
        return self.real[device][at] if at < len(self.real[device]) else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one trial.

    Attributes:
        alarm: the first fall finding within the trial, or None.
        delay_s: from impact to the instant from which it could be known, in event time.
        latency_s: from publishing the window that made it knowable to the finding in the database, real.
        severities: what later revisions called it.
    """

    take: Take
    alarm: Seen | None
    delay_s: float | None
    latency_s: float | None
    severities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a replay came to; `stray` alarms belong to no trial."""

    outcomes: list[Outcome]
    published: int
    stored: int
    incidents: int
    stray: int
    unusable: int
    wall_s: float
    speed: float


def judge(
    lines: Sequence[Line], codes: Sequence[str], seen: Sequence[Seen], start: int, published: Published
) -> tuple[list[Outcome], int]:
    """Match findings with trials; also how many fall findings match none."""
    falls = [finding for finding in seen if finding.kind == "fall"]
    outcomes: list[Outcome] = []
    matched: set[object] = set()
    for line, code in zip(lines, codes, strict=True):
        own = [finding for finding in falls if finding.device == code]
        for take in line.takes:
            within = [f for f in own if start + take.begin - SECOND <= f.onset <= start + take.end + _SLACK]
            matched |= {f.id for f in within}
            outcomes.append(_outcome(take, code, within, published))
    return outcomes, len({f.id for f in falls} - matched)


def _outcome(take: Take, code: str, within: Sequence[Seen], published: Published) -> Outcome:
    if not within:
        return Outcome(take, None, None, None, ())
    first = min(within, key=lambda f: (f.revision, f.onset))
    known = published.when(code, first.at)
    latency = None if known is None else first.seen_at - known
    later = tuple(f.severity for f in within if f.id == first.id and f.revision > 0)
    return Outcome(take, first, (first.at - first.onset) / SECOND, latency, later)


def share(parts: Sequence[bool]) -> float | None:
    """Share of true ones, None of nothing."""
    return sum(parts) / len(parts) if parts else None


def figures(result: Result) -> dict[str, Any]:
    """The figures as one JSON-able object; seconds, shares from 0 to 1, None where nothing was measured."""
    falls = [o.alarm is not None for o in result.outcomes if o.take.trial.is_fall]
    quiet = [o.alarm is None for o in result.outcomes if not o.take.trial.is_fall]
    hours = sum(o.take.trial.seconds for o in result.outcomes if not o.take.trial.is_fall) / 3600
    return {
        "trials": len(result.outcomes),
        "falls": len(falls),
        "detected": sum(falls),
        "sensitivity": share(falls),
        "daily_trials": len(quiet),
        "false_alarms": len(quiet) - sum(quiet),
        "specificity": share(quiet),
        "daily_hours": hours,
        "alarms_outside_trials": result.stray,
        "motion_unusable": result.unusable,
        "delay_s": _percentiles([o.delay_s for o in result.outcomes if o.delay_s is not None]),
        "publish_to_finding_s": _percentiles(
            [o.latency_s for o in result.outcomes if o.latency_s is not None]
        ),
        "windows_published": result.published,
        "windows_stored": result.stored,
        "incidents": result.incidents,
        "wall_s": round(result.wall_s, 1),
        "speed": result.speed,
    }


def _percentiles(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    p50, p99 = np.percentile(values, [50, 99])
    return {"p50": round(float(p50), 4), "p99": round(float(p99), 4), "max": round(max(values), 4)}


def table(result: Result) -> Table:
    """A line an activity, and the total."""
    shown = Table("activity", "trials", "falls", "alarms", "found", "quiet", title="recorded falls, replayed")
    by_activity: dict[str, list[Outcome]] = {}
    for outcome in result.outcomes:
        name = f"{outcome.take.trial.dataset} {outcome.take.trial.activity}"
        by_activity.setdefault(name, []).append(outcome)
    for name in sorted(by_activity):
        shown.add_row(*_row(name, by_activity[name]))
    shown.add_section()
    shown.add_row(*_row("all", result.outcomes))
    return shown


def _row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    falls = [o.alarm is not None for o in outcomes if o.take.trial.is_fall]
    quiet = [o.alarm is None for o in outcomes if not o.take.trial.is_fall]
    alarms = sum(o.alarm is not None for o in outcomes)
    shares = ["" if (part := share(group)) is None else f"{part:.3f}" for group in (falls, quiet)]
    return [name, str(len(outcomes)), str(len(falls)), str(alarms), *shares]
