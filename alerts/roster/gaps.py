"""Hours in which nobody will be on duty are reported while there is time to find somebody."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg import Connection

from alerts import store as incidents
from alerts.actions import report
from alerts.delivery.faults import recovered
from alerts.quiet import quiet_until
from alerts.roster import duty, store
from alerts.roster.duty import Roster
from core.instant import DAY, HOUR, to_datetime
from core.messages import zone
from core.queries import load

KIND = "roster_gap"
AHEAD = 3 * DAY
_SOONER = HOUR  # who was told of nine o'clock knows of eight
NEAR = 12 * HOUR  # what begins so soon waits for no morning
Q = load(Path(__file__).with_name("gaps.sql"))


def report_gaps(conn: Connection[Any], now: int) -> int:
    """Report the next gap of each station and role that keeps a roster, within AHEAD of `now` (Unix
    microseconds); returns how many there are. One that is reported already only adds an event, at most one
    each time this is called; one that begins sooner than what was reported is another. One that is filled is
    closed. By night only what begins soon is told."""
    policy = incidents.policies(conn).policy(KIND)
    kept = store.rosters(conn, store.stations_with_roster(conn), now, now + AHEAD)
    found = 0
    open_ones: dict[tuple[int, str], list[duty.Gap]] = {}
    for station, roster in kept.items():
        for gap in duty.gaps(roster, now, now + AHEAD):
            open_ones.setdefault((station, _reason(gap)), []).append(gap)
        for gap in _next(roster, now):
            found += 1
            night = quiet_until(policy, policy.priority, roster.time_zone, now) is not None
            if gap.start - now < NEAR or not night:
                _report(conn, station, roster, gap, now)
    filled = [
        key
        for key, station, reason, start, end in conn.execute(Q["reported"], {"kind": KIND})
        if not any(start < gap.end and gap.start < end for gap in open_ones.get((station, reason), ()))
    ]
    recovered(conn, "filled", {"filled": filled}, now, Q)
    return found


def _next(roster: Roster, now: int) -> list[duty.Gap]:
    first: dict[str, duty.Gap] = {}
    for gap in duty.gaps(roster, now, now + AHEAD):
        first.setdefault(gap.role, gap)
    return list(first.values())


def _reason(gap: duty.Gap) -> str:
    return f"roster.gap.{gap.role}"


def _report(conn: Connection[Any], station: int, roster: Roster, gap: duty.Gap, now: int) -> None:
    day = to_datetime(gap.start).astimezone(zone(roster.time_zone)).date()
    report(
        conn,
        kind=KIND,
        station=station,
        now=now,
        reason_key=_reason(gap),
        reason_params={"from_day": day.isoformat(), "from_at": gap.start, "until_at": gap.end},
        priority="medium" if gap.start - now < NEAR else None,
        same=lambda told: _covers(told.reason_params, gap),
    )


def _covers(told: Mapping[str, Any], gap: duty.Gap) -> bool:
    """Whether who read this knows of `gap`: it begins no sooner than they were told, and before the end."""
    return bool(told["from_at"] - _SOONER <= gap.start < told["until_at"])
