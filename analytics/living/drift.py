"""Slow change over weeks: who is worth a visit, and why. A list to plan by, never an alarm.

The last week of each figure of the day is compared with the four weeks before it: by ranks (Mann and
Whitney), so that single wild days count little, with fewer degrees of freedom where one day resembles
the next. What is told must be both unlikely by chance and large enough to matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import median

from analytics.living.day import FIGURE, HomeDay
from core.finding import Reason

RECENT, BEFORE = 7, 28  # days compared
FEWEST_RECENT, FEWEST_BEFORE = 4, 14  # of which so many must have been lived at home
SHOWN = 56  # days of the series that is kept with the reason
UNLIKELY = 2.6  # standard normal deviations; some 1 in 200 by chance

UP, DOWN = 1, -1


@dataclass(frozen=True, slots=True)
class Watch:
    """A figure of the day, which way it is bad, and by what share of the usual, or at least how much, it must
    have changed to matter."""

    figure: str
    ways: tuple[int, ...]
    share: float
    least: float


WATCHED = (
    Watch("active_minutes", (DOWN,), 0.25, 20),
    Watch("night_minutes", (UP,), 0.4, 10),
    Watch("kitchen_visits", (DOWN,), 0.3, 3),
    Watch("night_bathroom_visits", (UP,), 0.4, 1.5),
    Watch("transition_s", (UP,), 0.2, 2),
    Watch("outings", (DOWN,), 0.4, 1.5),
    Watch("weight_kg", (UP, DOWN), 0.03, 1.5),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that has changed: its usual and recent middle, and how unlikely that is (deviations)."""

    figure: str
    usual: float
    recent: float
    z: float
    days: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A home worth a visit: the changes, strongest first, and the days that show them."""

    home: int
    score: float
    changes: tuple[Change, ...]
    series: Mapping[str, tuple[tuple[int, float], ...]]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """A sentence for each change."""
        return tuple(
            Reason(
                f"drift.{c.figure}_{'more' if c.recent > c.usual else 'less'}",
                {"usual": round(c.usual, 1), "recent": round(c.recent, 1), "days": c.days},
            )
            for c in self.changes
        )


def worth_a_visit(days: Iterable[HomeDay], today: int) -> list[Visit]:
    """Homes that have changed by `today` (a day number; itself not looked at), strongest first."""
    homes: dict[int, list[HomeDay]] = {}
    for day in days:
        if day.lived and today - SHOWN <= day.day < today:
            homes.setdefault(day.home, []).append(day)
    visits = [visit for home, lived in homes.items() if (visit := _visit(home, lived, today))]
    return sorted(visits, key=lambda visit: (-visit.score, visit.home))


def changes(days: Sequence[HomeDay], today: int) -> list[Change]:
    """What has changed in one home, whether or not it matters or is unlikely; strongest first."""
    found = [change for watch in WATCHED if (change := _change(watch, days, today))]
    return sorted(found, key=lambda change: -change.z)


def matters(change: Change) -> bool:
    """Is it unlikely, and large enough?"""
    watch = next(watch for watch in WATCHED if watch.figure == change.figure)
    step = abs(change.recent - change.usual)
    return change.z >= UNLIKELY and step >= max(watch.share * change.usual, watch.least)


def _visit(home: int, days: Sequence[HomeDay], today: int) -> Visit | None:
    told = [change for change in changes(days, today) if matters(change)]
    if not told:
        return None
    series = {change.figure: _series(days, change.figure) for change in told}
    return Visit(home, round(told[0].z, 2), tuple(told), series)


def _series(days: Sequence[HomeDay], figure: str) -> tuple[tuple[int, float], ...]:
    values = ((day.day, round(float(day.figures[FIGURE[figure]]), 1)) for day in days)
    return tuple(sorted((day, value) for day, value in values if value >= 0))


def _change(watch: Watch, days: Sequence[HomeDay], today: int) -> Change | None:
    series = _series(days, watch.figure)
    recent = [value for day, value in series if day >= today - RECENT]
    before = [value for day, value in series if today - RECENT - BEFORE <= day < today - RECENT]
    if len(recent) < FEWEST_RECENT or len(before) < FEWEST_BEFORE:
        return None
    z = rank_shift(before, recent)
    way = UP if z > 0 else DOWN
    if way not in watch.ways:
        return None
    return Change(watch.figure, median(before), median(recent), abs(z), len(before))


def rank_shift(before: Sequence[float], recent: Sequence[float]) -> float:
    """Mann and Whitney's statistic as a standard normal deviation, positive when `recent` is higher."""
    wins = sum((after > value) + 0.5 * (after == value) for after in recent for value in before)
    n, m = len(before), len(recent)
    spread = sqrt(n * m * (n + m + 1) / 12)
    return (wins - n * m / 2) / spread / sqrt(_clustering(before))


def _clustering(values: Sequence[float]) -> float:
    """By how much the days are fewer than they look, since one resembles the next: (1 + r) / (1 - r)."""
    middle = sum(values) / len(values)
    total = sum((value - middle) ** 2 for value in values)
    if total == 0:
        return 1.0
    r = sum((a - middle) * (b - middle) for a, b in pairwise(values)) / total
    r = min(max(r, 0.0), 0.8)
    return (1 + r) / (1 - r)
