"""Figures of a station and a period; every one comes out of `figures.sql`."""

from pathlib import Path
from typing import Any, LiteralString

from psycopg import Connection

from core.instant import iso, to_datetime
from core.queries import load

Q = load(Path(__file__).with_name("figures.sql"))
_PARTS = ("totals", "times", "kinds", "levels", "offers", "channels", "notifications", "days")


def _statement() -> LiteralString:
    """All parts over one table of cases, each as a JSON array of its rows. Nothing comes from outside."""
    part: LiteralString = "(SELECT coalesce(json_agg(x), '[]') FROM (\n{}\n) x)"
    whole: LiteralString = "WITH cases AS MATERIALIZED (\n{}\n)\nSELECT {}"
    return whole.format(Q["cases"], ", ".join(part.format(Q[name]) for name in _PARTS))


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
    row = conn.execute(_statement(), params).fetchone()
    assert row is not None
    found: dict[str, list[dict[str, Any]]] = dict(zip(_PARTS, map(_plain, row), strict=True))
    times: dict[str, dict[str, Any]] = {}
    for step in found.pop("times"):
        times.setdefault(step.pop("priority"), {})[step.pop("step")] = step
    (totals,) = found.pop("totals")
    head = {"station": station_id, "from": iso(start), "to": iso(end), "rehearsals": rehearsals}
    return {**head, **totals, "times": times, **found}


def station_by_code(conn: Connection[Any], code: str) -> int | None:
    """The key of a station; None when there is none of this code."""
    row = conn.execute(Q["station_by_code"], {"code": code}).fetchone()
    return row[0] if row else None


def _plain(value: Any) -> Any:
    """Milliseconds are enough."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return round(value, 3) if isinstance(value, float) else value
