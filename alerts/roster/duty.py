"""Who is on duty when: weekly shifts, rotations, overrides and holidays turned into stretches of time. Pure.

Rosters are written in local time; stretches are instants (Unix microseconds). Where the clocks change a
night is an hour shorter or longer, and one stretch still ends where the next begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from alerts.quiet import instant
from core.instant import to_datetime
from core.messages import zone

ROLES = ("operator", "responder", "volunteer", "rescue")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """The same person every week.

    Attributes:
        days: 1 (Monday) to 7 on which it begins.
        from_time, until_time: local; it ends on the next day when `until_time` is not after `from_time`.
        first_day, last_day: it begins on none before or after these; None: no end.
        holidays: "as_usual", "never" on a holiday, or "only" on holidays.
    """

    role: str
    account: int
    days: frozenset[int]
    from_time: time
    until_time: time
    first_day: date
    last_day: date | None = None
    holidays: str = "as_usual"
    id: int = 0
    station: int = 0


@dataclass(frozen=True, slots=True)
class Rotation:
    """People by turns of `turn_days`; the first of `members` begins on `first_day` at `from_time`."""

    role: str
    members: tuple[int, ...]
    first_day: date
    turn_days: int
    from_time: time
    until_time: time
    last_day: date | None = None
    id: int = 0
    station: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """From `start` to `end` `account` comes (None: nobody), and `replaces` stays away (None: nobody does)."""

    role: str
    start: int
    end: int
    account: int | None = None
    replaces: int | None = None
    id: int = 0
    station: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the week does not count, or a Sunday that is worked as another day (1 to 7)."""

    day: date
    name: str = ""
    works_as: int | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """All that says who is on duty in one station.

    Attributes:
        gone: account -> since when it has no role there any more, or is closed: from then on it is on duty
            nowhere, whatever is planned.
    """

    time_zone: str
    shifts: Sequence[Shift] = ()
    rotations: Sequence[Rotation] = ()
    overrides: Sequence[Override] = ()
    holidays: Mapping[date, Holiday] = field(default_factory=dict)
    gone: Mapping[int, int] = field(default_factory=dict)

    def roles(self) -> list[str]:
        """Those that somebody is ever on duty for."""
        known = {shift.role for shift in self.shifts} | {turn.role for turn in self.rotations}
        return [role for role in ROLES if role in known]


@dataclass(frozen=True, slots=True)
class Stretch:
    """`account` is on duty as `role` in [start, end), because of `source` ("shift:3", "override:1")."""

    role: str
    account: int
    start: int
    end: int
    source: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on duty as `role` in [start, end)."""

    role: str
    start: int
    end: int


def stretches(roster: Roster, start: int, end: int) -> list[Stretch]:
    """Who is on duty in [start, end), whole stretches, in the order in which they begin."""
    where = zone(roster.time_zone)
    first = to_datetime(start).astimezone(where).date() - _DAY
    last = to_datetime(end).astimezone(where).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    planned = [one for day in days for one in _of_day(roster, day, where)]
    for override in roster.overrides:
        planned = _overridden(planned, override)
    there = (replace(one, end=min(one.end, roster.gone.get(one.account, one.end))) for one in planned)
    found = _joined(one for one in there if one.start < one.end)
    return [one for one in found if one.start < end and start < one.end]


def on_duty(roster: Roster, at: int) -> list[Stretch]:
    """Who is on duty at the instant `at`."""
    return stretches(roster, at, at + 1)


def gaps(roster: Roster, start: int, end: int) -> list[Gap]:
    """When in [start, end) nobody is on duty, of the roles that the roster speaks of."""
    planned = stretches(roster, start, end)
    found = []
    for role in roster.roles():
        covered = start
        for one in sorted((s for s in planned if s.role == role), key=lambda s: s.start):
            if one.start > covered:
                found.append(Gap(role, covered, one.start))
            covered = max(covered, one.end)
        if covered < end:
            found.append(Gap(role, covered, end))
    return found


def _of_day(roster: Roster, day: date, where: ZoneInfo) -> Iterable[Stretch]:
    holiday = roster.holidays.get(day)
    for shift in roster.shifts:
        if _begins(shift, day, holiday):
            start, end = _span(day, shift.from_time, shift.until_time, where)
            yield Stretch(shift.role, shift.account, start, end, f"shift:{shift.id}")
    for rotation in roster.rotations:
        if rotation.first_day <= day and (rotation.last_day is None or day <= rotation.last_day):
            turn = (day - rotation.first_day).days // rotation.turn_days
            who = rotation.members[turn % len(rotation.members)]
            start, end = _span(day, rotation.from_time, rotation.until_time, where)
            yield Stretch(rotation.role, who, start, end, f"rotation:{rotation.id}")


def _begins(shift: Shift, day: date, holiday: Holiday | None) -> bool:
    if day < shift.first_day or (shift.last_day is not None and day > shift.last_day):
        return False
    off = holiday is not None and holiday.works_as is None
    if (shift.holidays == "never" and off) or (shift.holidays == "only" and not off):
        return False
    weekday = holiday.works_as if holiday is not None and holiday.works_as else day.isoweekday()
    return weekday in shift.days


def _span(day: date, start: time, end: time, where: ZoneInfo) -> tuple[int, int]:
    last = day + _DAY if end <= start else day
    return instant(day, start, where), instant(last, end, where)


def _overridden(planned: list[Stretch], override: Override) -> list[Stretch]:
    found = []
    for one in planned:
        if one.role != override.role or one.account != override.replaces:
            found.append(one)
            continue
        # What lies before and after stays.
        found.append(replace(one, end=min(one.end, override.start)))
        found.append(replace(one, start=max(one.start, override.end)))
    if override.account is not None:
        source = f"override:{override.id}"
        found.append(Stretch(override.role, override.account, override.start, override.end, source))
    return [one for one in found if one.start < one.end]


def _joined(planned: Iterable[Stretch]) -> list[Stretch]:
    """Stretches of one person and reason that touch are one: a week around the clock is no seven shifts."""
    found: list[Stretch] = []
    latest: dict[tuple[str, int, str], int] = {}
    for one in sorted(planned, key=lambda s: (s.start, s.end, s.account)):
        key = (one.role, one.account, one.source)
        at = latest.get(key)
        if at is not None and found[at].end >= one.start:
            found[at] = replace(found[at], end=max(found[at].end, one.end))
        else:
            latest[key] = len(found)
            found.append(one)
    return found
