"""What may wait: quiet hours for low priorities, and maintenance silences with an end. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.escalation.policy import within
from alerts.policy import NEVER_SILENT, Policy
from core.instant import from_datetime, to_datetime
from core.messages import zone


def local_time(now: int, time_zone: str) -> time:
    """The time of day at the instant `now` (Unix microseconds) in `time_zone`; unknown zones are UTC."""
    return to_datetime(now).astimezone(zone(time_zone)).time()


def instant(day: date, clock: time, where: ZoneInfo) -> int:
    """The instant at which a clock on the wall in `where` shows `clock` on `day`.

    A time that a change to summer time leaves out is the instant of the change's old offset (02:30 is what
    would have been 02:30); one that comes twice is its first coming.
    """
    return from_datetime(datetime.combine(day, clock, tzinfo=where))


def quiet_until(policy: Policy, priority: str, time_zone: str, now: int) -> int | None:
    """The instant until which an incident of `priority` is held for the night, or None."""
    if priority != "low" or policy.quiet_from is None or policy.quiet_until is None:
        return None
    if policy.quiet_from == policy.quiet_until or policy.kind in NEVER_SILENT:
        return None
    where = zone(time_zone)
    local = to_datetime(now).astimezone(where)
    if not within(local.time(), policy.quiet_from, policy.quiet_until):
        return None
    days = (local.date() + timedelta(days=n) for n in range(2))
    return next((end for day in days if (end := instant(day, policy.quiet_until, where)) > now), None)


@dataclass(frozen=True, slots=True)
class Silence:
    """Maintenance in one place for a while: what happens there is held until the end.

    Attributes:
        station, home, device: one of them is set; a station means those below it too.
        kinds: of finding; never one of NEVER_SILENT.
        start, end: Unix microseconds.
    """

    id: int
    kinds: frozenset[str]
    start: int
    end: int
    station: int | None = None
    home: int | None = None
    device: int | None = None

    def covers(
        self, kind: str, chain: tuple[int, ...], home: int | None, device: int | None, now: int
    ) -> bool:
        """Whether something of `kind` is held at `now`; `chain` is its station and those above."""
        if kind in NEVER_SILENT or kind not in self.kinds or not self.start <= now < self.end:
            return False
        if self.device is not None:
            return self.device == device
        if self.home is not None:
            return self.home == home
        return self.station in chain
