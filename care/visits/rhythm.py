"""How often a person is to be visited, and when the next visit is due. Pure.

The rhythm follows the visiting rules that cities set: people at high risk weekly and within a day of a major
change; key groups (living alone, disabled, of great age ...) at least monthly; everybody else quarterly; more
often in heat, cold and at festivals. The rows are data: an administrator may tighten them, for a subtree too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.instant import DAY, HOUR


class Result(StrEnum):
    """What a visit came to. Stored: never change a word."""

    WELL = "well"
    PROBLEM = "problem"
    NOT_MET = "not_met"  # nobody opened; the visit is still due


class Way(StrEnum):
    """How the person was seen."""

    HOME = "home"
    STATION = "station"  # met at the service station, the canteen, a walk
    REMOTE = "remote"  # a call, a video call, or telemetry looked at by a person


class Why(StrEnum):
    """Why a visit is due, the most urgent first."""

    CHANGE = "change"  # a major change: out of hospital, a fall, a bereavement
    NEVER = "never"  # nobody has visited yet
    RHYTHM = "rhythm"
    SEASON = "season"  # heat, cold, a festival
    TREND = "trend"  # telemetry says: worth a visit


@dataclass(frozen=True, slots=True)
class Rule:
    """One category's row.

    Attributes:
        every_days: at most so many days between visits.
        season_days: the same while a season (heat, cold, festival) is declared.
        after_change_h: a visit within so many hours of a major change.
        remote_counts: whether a remote check may stand for a visit.
        remote_in_a_row: how many remote checks may follow each other before somebody must be there.
    """

    category: str
    every_days: int
    season_days: int
    after_change_h: int
    remote_counts: bool
    remote_in_a_row: int = 0


DEFAULTS = {
    rule.category: rule
    for rule in (
        Rule("high_risk", 7, 3, 24, remote_counts=False),
        Rule("key", 30, 14, 72, remote_counts=True, remote_in_a_row=1),
        Rule("ordinary", 90, 30, 7 * 24, remote_counts=True, remote_in_a_row=2),
    )
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: instant (Unix microseconds), how, and what it came to."""

    at: int
    way: Way
    result: Result


@dataclass(frozen=True, slots=True)
class Due:
    """A visit is due by `by`, because of `why`; `last` is the visit that counted last."""

    by: int
    why: Why
    last: int | None


def counted(visits: Iterable[Visit], rule: Rule) -> list[Visit]:
    """The visits that count under `rule`, the oldest first: somebody was met, and remote checks do not
    follow each other more often than allowed."""
    kept: list[Visit] = []
    remote = 0
    for visit in sorted(visits, key=lambda one: one.at):
        if visit.result is Result.NOT_MET:
            continue
        if visit.way is not Way.REMOTE:
            remote = 0
        else:
            remote += 1
            if not rule.remote_counts or remote > rule.remote_in_a_row:
                continue
        kept.append(visit)
    return kept


def due(
    rule: Rule,
    since: int,
    visits: Sequence[Visit],
    changes: Iterable[int] = (),
    season: bool = False,
    worth: int | None = None,
) -> Due:
    """When the next visit is due.

    Args:
        rule: the row of the person's category.
        since: in our care since this instant.
        visits: all of the person.
        changes: instants of major changes; each asks for a visit by somebody who is there.
        season: whether heat, cold or a festival asks for more now.
        worth: since when telemetry says that a visit is worth it; it brings the visit forward, never back.
    """
    last = max((visit.at for visit in counted(visits, rule)), default=None)
    days = min(rule.every_days, rule.season_days) if season else rule.every_days
    start = since if last is None else last
    usual = Why.NEVER if last is None else (Why.SEASON if days < rule.every_days else Why.RHYTHM)
    found = [Due(start + days * DAY, usual, last)]
    seen = [v.at for v in visits if v.way is not Way.REMOTE and v.result is not Result.NOT_MET]
    open_changes = [at for at in changes if not any(at <= when for when in seen)]
    if open_changes:
        found.append(Due(min(open_changes) + rule.after_change_h * HOUR, Why.CHANGE, last))
    if worth is not None and (last is None or worth > last):
        found.append(Due(worth + rule.after_change_h * HOUR, Why.TREND, last))
    return min(found, key=lambda one: (one.by, list(Why).index(one.why)))
