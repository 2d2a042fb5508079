"""Stations in one's subtrees: made, corrected, drawn on the map, opened and closed by the clock."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from care.community import Station
from care.store import registry
from care.store.errors import CareError, Conflict, Unknown
from care.store.rows import Connection, Row, row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

LEVELS = ("city", "district", "street", "community")
_FIELDS = ("name", "name_en", "phone", "time_zone", "lat", "lon")
_DEFAULT_ZONE = "Asia/Shanghai"


def one(conn: Connection, paths: Sequence[str], station: int) -> Row:
    """A station with its area and `hours`; raises Unknown outside `paths`."""
    found = row(conn, Q["one"], {"station": station, "paths": list(paths)})
    if found is None:
        raise Unknown(f"there is no station {station}")
    return found | {"hours": rows(conn, Q["hours"], {"station": station})}


def narrowed(conn: Connection, paths: Sequence[str], station: int | None) -> tuple[list[str], str]:
    """The subtree of `station` (all of `paths` for None) and its time zone; raises Unknown outside."""
    if station is None:
        found = conn.execute(Q["zone"], {"paths": list(paths)}).fetchone()
        return list(paths), found[0] if found else _DEFAULT_ZONE
    found = conn.execute(Q["paths"], {"station": station, "paths": list(paths)}).fetchone()
    if found is None:
        raise Unknown(f"there is no station {station}")
    return [found[0]], found[1]


def add(conn: Connection, above: Row, station: Mapping[str, Any]) -> int:
    """A new station below `above` (of `one`); returns its key. Raises Conflict for a code that is taken."""
    if LEVELS.index(station["level"]) <= LEVELS.index(above["level"]):
        raise CareError("a station stands below one of a higher level")
    with conn.transaction():
        if conn.execute(Q["taken"], {"code": station["code"]}).fetchone():
            raise Conflict("this code is taken")
        try:
            return registry.put_station(conn, Station(**station, parent=above["code"]))
        except psycopg.errors.UniqueViolation as error:
            raise Conflict("this code is taken") from error


def change(conn: Connection, station: Row, fields: Mapping[str, Any]) -> None:
    """Correct what is in `fields` of a station that `one` gave. Raises CareError for an unknown time zone."""
    kept = {name: fields.get(name, station[name]) for name in _FIELDS}
    try:
        ZoneInfo(kept["time_zone"])
    except (KeyError, ValueError, OSError) as error:
        raise CareError("there is no such time zone") from error
    conn.execute(Q["update"], {**kept, "id": station["id"]})


def put_area(conn: Connection, station: int, points: Sequence[tuple[float, float]]) -> None:
    """The corners (lat, lon; WGS-84 degrees) of what the station answers for; none: not drawn."""
    if 0 < len(points) < 3:
        raise CareError("an area has three corners or more")
    lats, lons = [point[0] for point in points], [point[1] for point in points]
    conn.execute(Q["put_area"], {"station": station, "lats": lats, "lons": lons})


def put_hours(conn: Connection, station: int, hours: Sequence[tuple[int, int, int]]) -> None:
    """When it is open: (weekday 1 to 7, from, until) in local minutes; these and no others."""
    ordered = sorted(hours)
    if any(start >= end for _, start, end in ordered):
        raise CareError("it closes after it opens")
    if any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(ordered)):
        raise CareError("opening hours overlap")
    with conn.transaction():
        conn.execute(Q["drop_hours"], {"station": station})
        for weekday, start, end in ordered:
            values = {"station": station, "weekday": weekday, "from_minute": start, "until_minute": end}
            conn.execute(Q["add_hours"], values)


def paths(conn: Connection, stations: Iterable[int]) -> dict[int, str]:
    """Where these stations stand in the tree."""
    return dict(conn.execute(Q["paths_of"], {"stations": list(stations)}).fetchall())
