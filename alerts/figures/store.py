"""Figures of a station and a period; every one comes out of `figures.sql`."""

from datetime import date
from pathlib import Path
from typing import Any, LiteralString

from psycopg import Connection

from core.instant import iso, to_datetime
from core.queries import load

_RAW = load(Path(__file__).with_name("figures.sql"))
Q: dict[str, LiteralString] = {name: text.replace("{cases}", _RAW["cases"]) for name, text in _RAW.items()}


def station(
    conn: Connection[Any], station_id: int | None, start: int, end: int, rehearsals: bool = False
) -> dict[str, Any]:
    """How incidents that began from `start` to before `end` (Unix microseconds) were dealt with.

    Args:
        conn: a connection.
        station_id: that station and all below it; None: everything, the platform itself included.
        start, end: the period.
        rehearsals: count drills and self-tests instead; they are in no other figure.

    Returns a JSON-able dict: from, to, rehearsals, the counts of `totals`, times {priority: {step: {alarms,
    n, p50_s, p90_s, p99_s, within_60_s, within_180_s}}} with priority "all", "high", ..., kinds, levels,
    offers, channels, notifications and days, each a list of rows. Seconds are floats, shares 0 to 1; None:
    nothing to count.
    """
    params = {
        "station": station_id,
        "start": to_datetime(start),
        "end": to_datetime(end),
        "rehearsal": rehearsals,
    }
    (totals,) = _rows(conn, "totals", params)
    times: dict[str, dict[str, Any]] = {}
    for row in _rows(conn, "times", params):
        times.setdefault(row.pop("priority"), {})[row.pop("step")] = row
    lists = ("kinds", "levels", "offers", "channels", "notifications", "days")
    return {
        "station": station_id,
        "from": iso(start),
        "to": iso(end),
        "rehearsals": rehearsals,
        **totals,
        "times": times,
        **{name: _rows(conn, name, params) for name in lists},
    }


def station_by_code(conn: Connection[Any], code: str) -> int | None:
    """The key of a station; None when there is none of this code."""
    row = conn.execute(Q["station_by_code"], {"code": code}).fetchone()
    return row[0] if row else None


def _rows(conn: Connection[Any], query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = conn.execute(Q[query], params)
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 3) if isinstance(value, float) else value
