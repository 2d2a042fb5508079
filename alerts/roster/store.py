"""Duty rosters in the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from psycopg import Connection

from alerts.roster import duty
from alerts.roster.duty import Gap, Holiday, Override, Roster, Rotation, Shift, Stretch
from core.instant import DAY, to_datetime
from core.queries import load

Q = load(Path(__file__).parent / "queries.sql")
_LOOK_AHEAD = 14 * DAY


class BadRoster(ValueError):
    """What an administrator wrote is no roster; the text says why."""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty: the stretch, and their name."""

    stretch: Stretch
    name: str


def rosters(conn: Connection[Any], stations: Sequence[int], start: int, end: int) -> dict[int, Roster]:
    """The rosters of `stations` as far as they concern [start, end) (Unix microseconds); a station that keeps
    none is left out."""
    return asked(conn, stations, start, end)()


def asked(
    conn: Connection[Any], stations: Sequence[int], start: int, end: int
) -> Callable[[], dict[int, Roster]]:
    """Ask for what `rosters` gives; calling the result gives it. In a pipeline several questions are on
    their way at once."""
    params = {"stations": list(stations), "start": to_datetime(start - DAY), "end": to_datetime(end + DAY)}
    names = ("shifts", "rotations", "overrides", "holidays", "gone", "zones")
    cursors = [conn.execute(Q[name], params) for name in names]
    return lambda: _rosters(*(cursor.fetchall() for cursor in cursors))


_Rows = list[tuple[Any, ...]]


def _rosters(
    weekly: _Rows, turns: _Rows, otherwise: _Rows, days: _Rows, left: _Rows, zones: _Rows
) -> dict[int, Roster]:
    shifts, rotations = [_shift(row) for row in weekly], [_rotation(row) for row in turns]
    overrides = [_override(row) for row in otherwise]
    holidays = {row[0]: Holiday(*row) for row in days}
    gone: dict[int, dict[int, int]] = {}
    for station, account, since in left:
        gone.setdefault(station, {})[account] = since
    keep = {s.station for s in shifts} | {r.station for r in rotations} | {o.station for o in overrides}
    return {
        station: Roster(
            zone,
            [s for s in shifts if s.station == station],
            [r for r in rotations if r.station == station],
            [o for o in overrides if o.station == station],
            holidays,
            gone.get(station, {}),
        )
        for station, zone in zones
        if station in keep
    }


def on_duty(conn: Connection[Any], station: int, at: int) -> list[OnDuty]:
    """Who is on duty in `station` at `at`, with the end of their stretch, at most two weeks ahead."""
    roster = rosters(conn, [station], at, at + _LOOK_AHEAD).get(station)
    if roster is None:
        return []
    return _named(conn, [s for s in duty.stretches(roster, at, at + _LOOK_AHEAD) if s.start <= at < s.end])


def coming(conn: Connection[Any], station: int, start: int, end: int) -> list[OnDuty]:
    """Who is or comes on duty in [start, end), in the order in which they begin."""
    roster = rosters(conn, [station], start, end).get(station)
    return _named(conn, duty.stretches(roster, start, end)) if roster else []


def gaps(conn: Connection[Any], station: int, start: int, end: int) -> list[Gap]:
    """When in [start, end) nobody is on duty, of the roles that the station's roster speaks of."""
    roster = rosters(conn, [station], start, end).get(station)
    return duty.gaps(roster, start, end) if roster else []


def shifts(conn: Connection[Any], station: int) -> list[Shift]:
    """The weekly shifts of a station."""
    return [_shift(row) for row in conn.execute(Q["shifts"], {"stations": [station]})]


def rotations(conn: Connection[Any], station: int) -> list[Rotation]:
    """The rotations of a station."""
    return [_rotation(row) for row in conn.execute(Q["rotations"], {"stations": [station]})]


def overrides(conn: Connection[Any], station: int, start: int, end: int) -> list[Override]:
    """The overrides of a station that touch [start, end)."""
    params = {"stations": [station], "start": to_datetime(start), "end": to_datetime(end)}
    return [_override(row) for row in conn.execute(Q["overrides"], params)]


def holidays(conn: Connection[Any], start: int, end: int) -> list[Holiday]:
    """The holidays in [start, end), and two days around."""
    params = {"start": to_datetime(start), "end": to_datetime(end)}
    return [Holiday(*row) for row in conn.execute(Q["holidays"], params)]


def put_shift(conn: Connection[Any], station: int, shift: Shift, now: int) -> Shift:
    """Add `shift`, or change the one of its `id`; raises BadRoster. What was stays known."""
    _check(shift.role, shift.days <= set(range(1, 8)) and bool(shift.days), "days are 1 to 7")
    _check(shift.role, shift.holidays in ("as_usual", "never", "only"), "holidays: as_usual, never or only")
    with conn.transaction():
        if shift.id and not _removed(conn, "remove_shift", station, shift.id, now):
            raise BadRoster("there is no such shift")
        row = {name: getattr(shift, name) for name in Shift.__slots__}
        row |= {"station": station, "days": sorted(shift.days)}
        return replace(shift, id=_key(conn, "put_shift", row), station=station)


def put_rotation(conn: Connection[Any], station: int, rotation: Rotation, now: int) -> Rotation:
    """Add `rotation`, or change the one of its `id`; raises BadRoster."""
    _check(rotation.role, bool(rotation.members) and rotation.turn_days > 0, "a rotation needs members")
    with conn.transaction():
        if rotation.id and not _removed(conn, "remove_rotation", station, rotation.id, now):
            raise BadRoster("there is no such rotation")
        row = {name: getattr(rotation, name) for name in Rotation.__slots__}
        row |= {"station": station, "members": list(rotation.members)}
        return replace(rotation, id=_key(conn, "put_rotation", row), station=station)


def put_override(
    conn: Connection[Any], station: int, override: Override, now: int, by: int | None = None
) -> Override:
    """Add `override`; raises BadRoster."""
    _check(override.role, override.start < override.end, "it must end after it begins")
    someone = override.account is not None or override.replaces is not None
    _check(override.role, someone, "somebody comes, or somebody stays away")
    row = {name: getattr(override, name) for name in Override.__slots__}
    row |= {"station": station, "start": to_datetime(override.start), "end": to_datetime(override.end)}
    with conn.transaction():
        key = _key(conn, "put_override", row | {"by": by, "now": to_datetime(now)})
    return replace(override, id=key, station=station)


def put_holiday(conn: Connection[Any], holiday: Holiday) -> None:
    """Add or change a holiday."""
    if holiday.works_as is not None and not 1 <= holiday.works_as <= 7:
        raise BadRoster("works_as is a day of the week, 1 to 7")
    row = {"day": holiday.day, "name": holiday.name, "works_as": holiday.works_as}
    with conn.transaction():
        conn.execute(Q["put_holiday"], row)


def remove(conn: Connection[Any], what: str, station: int, key: int, now: int) -> bool:
    """Take away a "shift", "rotation" or "override" of `station`; whether there was one."""
    with conn.transaction():
        return _removed(conn, f"remove_{what}", station, key, now)


def remove_holiday(conn: Connection[Any], day: Any) -> bool:
    """Make `day` an ordinary one again; whether it was a holiday."""
    with conn.transaction():
        return conn.execute(Q["remove_holiday"], {"day": day}).rowcount == 1


def stations_with_roster(conn: Connection[Any]) -> list[int]:
    """Stations that keep a roster."""
    return [row[0] for row in conn.execute(Q["with_roster"])]


def _removed(conn: Connection[Any], query: str, station: int, key: int, now: int) -> bool:
    params = {"id": key, "station": station, "now": to_datetime(now)}
    return conn.execute(Q[query], params).rowcount == 1


def _check(role: str, fine: bool, why: str) -> None:
    if role not in duty.ROLES:
        raise BadRoster(f"a role is one of {', '.join(duty.ROLES)}")
    if not fine:
        raise BadRoster(why)


def _key(conn: Connection[Any], query: str, row: dict[str, Any]) -> int:
    found = conn.execute(Q[query], row).fetchone()
    assert found is not None
    return int(found[0])


def _named(conn: Connection[Any], found: Sequence[Stretch]) -> list[OnDuty]:
    names = dict(conn.execute(Q["people"], {"accounts": sorted({s.account for s in found})}).fetchall())
    return [OnDuty(stretch, names.get(stretch.account, "")) for stretch in found]


def _shift(row: tuple[Any, ...]) -> Shift:
    key, station, role, account, days, start, end, first, last, off = row
    return Shift(role, account, frozenset(days), start, end, first, last, off, key, station)


def _rotation(row: tuple[Any, ...]) -> Rotation:
    key, station, role, members, first, turn, start, end, last = row
    return Rotation(role, tuple(members), first, turn, start, end, last, key, station)


def _override(row: tuple[Any, ...]) -> Override:
    key, station, role, start, end, account, replaces, reason = row
    return Override(role, start, end, account, replaces, key, station, reason)
