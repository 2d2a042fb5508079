"""Hours in which nobody will be on duty are reported while there is time to find somebody."""

from typing import Any

from psycopg import Connection

from alerts.actions import report
from alerts.roster import duty, store
from core.instant import DAY, to_datetime
from core.messages import zone

AHEAD = 3 * DAY


def report_gaps(conn: Connection[Any], now: int) -> int:
    """Report the next gap of each station and role that keeps a roster, within AHEAD of `now` (Unix
    microseconds); returns how many there are. One that is reported already only adds an event, at most one
    each time this is called."""
    kept = store.rosters(conn, store.stations_with_roster(conn), now, now + AHEAD)
    found = 0
    for station, roster in kept.items():
        first: dict[str, duty.Gap] = {}
        for gap in duty.gaps(roster, now, now + AHEAD):
            first.setdefault(gap.role, gap)
        for gap in first.values():
            day = to_datetime(gap.start).astimezone(zone(roster.time_zone)).date()
            params = {"from_day": day.isoformat(), "from_at": gap.start, "until_at": gap.end}
            report(
                conn,
                kind="roster_gap",
                station=station,
                now=now,
                reason_key=f"roster.gap.{gap.role}",
                reason_params=params,
            )
        found += len(first)
    return found
