"""Visits in the database: rules by station, what was found, who is due, and who was missed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from care.store.errors import CareError, Unknown
from care.visits.rhythm import DEFAULTS, Due, Result, Rule, Visit, Way, due
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A person whom somebody should visit: where, by when, why. `place` is (lat, lon), WGS-84 degrees."""

    resident: int
    station: int
    category: str
    place: tuple[float, float] | None
    due: Due


def set_rule(conn: _Connection, station: int | None, rule: Rule, now: datetime, account: int | None) -> None:
    """Put `rule` in force below `station` (None: everywhere)."""
    conn.execute(Q["set_rule"], {**asdict(rule), "station": station, "now": now, "account": account})


def declare_season(
    conn: _Connection,
    station: int,
    kind: str,
    start: datetime,
    end: datetime,
    now: datetime,
    account: int | None,
) -> int:
    """More visits below `station` from `start` to `end`; returns the season's key. Raises CareError."""
    if end <= start:
        raise CareError("a season ends after it begins")
    values = {"station": station, "kind": kind, "start": start, "end": end, "now": now, "account": account}
    return _key(conn, "declare_season", values)


def note_change(
    conn: _Connection, resident: int, at: datetime, what: str, now: datetime, account: int | None
) -> int:
    """A major change in a person's life, after which somebody must look; returns its key."""
    values = {"resident": resident, "at": at, "what": what, "now": now, "account": account}
    return _key(conn, "note_change", values)


def record(
    conn: _Connection,
    resident: int,
    at: datetime,
    way: Way,
    result: Result,
    now: datetime,
    *,
    note: str = "",
    minutes: int = 0,
    visitor: int | None = None,
    place: tuple[float, float] | None = None,
    replaces: int | None = None,
) -> int:
    """Write down a visit and return its key; `replaces` names an earlier row that was wrong.

    Raises Unknown for the resident and CareError for a visit in the future, or a row put right already.
    """
    if at > now:
        raise CareError("a visit is written down after it was made")
    values = {
        "resident": resident, "at": at, "way": str(way), "result": str(result), "note": note,
        "minutes": minutes, "visitor": visitor, "replaces": replaces, "now": now,
        "lat": place[0] if place else None, "lon": place[1] if place else None,
    }  # fmt: skip
    try:
        with conn.transaction():
            return _key(conn, "record", values)
    except psycopg.errors.UniqueViolation as error:
        raise CareError("that visit has been put right already") from error


def calls(
    conn: _Connection,
    paths: Sequence[str],
    now: datetime,
    worth: Mapping[int, int] | None = None,
) -> list[Call]:
    """Everybody below `paths`, the most urgent first.

    `worth` says since when (Unix microseconds) telemetry finds a visit to a resident worth it.
    """
    return _calls(conn, conn.execute(Q["people"], {"paths": list(paths), "now": now}).fetchall(), now, worth)


def call(conn: _Connection, resident: int, now: datetime, worth: Mapping[int, int] | None = None) -> Call:
    """One person's next visit; raises Unknown for somebody who is not in our care."""
    found = _calls(conn, conn.execute(Q["person"], {"resident": resident, "now": now}).fetchall(), now, worth)
    if not found:
        raise Unknown(f"resident {resident} is not in our care")
    return found[0]


def _calls(
    conn: _Connection, people: Sequence[tuple[Any, ...]], now: datetime, worth: Mapping[int, int] | None
) -> list[Call]:
    ids = [row[0] for row in people]
    stations = list({row[1] for row in people})
    rules = _rules(conn, stations)
    season = {row[0] for row in conn.execute(Q["in_season"], {"stations": stations, "now": now})}
    visits: dict[int, list[Visit]] = defaultdict(list)
    for resident, at, way, result in conn.execute(Q["visits_of"], {"residents": ids, "now": now}):
        visits[resident].append(Visit(at, Way(way), Result(result)))
    changes: dict[int, list[int]] = defaultdict(list)
    for resident, at in conn.execute(Q["changes_of"], {"residents": ids, "now": now}):
        changes[resident].append(at)
    found = []
    for resident, station, category, since, lat, lon in people:
        rule = rules.get((station, category)) or DEFAULTS[category]
        trend = (worth or {}).get(resident)
        when = due(rule, since, visits[resident], changes[resident], station in season, trend)
        place = None if lat is None or lon is None else (lat, lon)
        found.append(Call(resident, station, category, place, when))
    return sorted(found, key=lambda call: (call.due.by, call.resident))


def coverage(
    conn: _Connection, paths: Sequence[str], start: datetime, end: datetime
) -> list[tuple[int, str, int, int]]:
    """(station, category, people, met by somebody) for those in our care all the time from start to end."""
    return conn.execute(Q["coverage"], {"paths": list(paths), "start": start, "end": end}).fetchall()


def missing(
    conn: _Connection,
    paths: Sequence[str],
    categories: Sequence[str],
    start: datetime,
    end: datetime,
    limit: int = 1000,
) -> list[tuple[int, str, int]]:
    """(resident, name, station) of those whom nobody met from start to end: the names behind the figure."""
    values = {
        "paths": list(paths),
        "categories": list(categories),
        "start": start,
        "end": end,
        "limit": limit,
    }
    found = conn.execute(Q["missing"], values).fetchall()
    return sorted(found, key=lambda row: (row[2], row[1], row[0]))


def _rules(conn: _Connection, stations: Sequence[int]) -> dict[tuple[int, str], Rule]:
    rows = conn.execute(Q["rules"], {"stations": list(stations)})
    return {(row[0], row[1]): Rule(*row[1:]) for row in rows}


def _key(conn: _Connection, query: str, values: Mapping[str, Any]) -> int:
    try:
        row = conn.execute(Q[query], values).fetchone()
    except psycopg.errors.ForeignKeyViolation as error:
        raise Unknown("it names somebody or something that is not there") from error
    if row is None:
        raise Unknown("there is no such person")
    return int(row[0])
