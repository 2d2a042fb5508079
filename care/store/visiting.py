"""Recording visits: who came first wins, a phone's second try is no second visit, mistakes are put right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from care.ledger.entry import hours_given
from care.store import ledger, visits
from care.store.errors import CareError, Conflict, Unknown
from care.store.rows import Connection, Row, key, row, rows
from care.store.visits import Call
from care.visits.rhythm import Result, Way
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

MOST = 50_000  # people of whom a list of who is due is made
_SAME = timedelta(minutes=30)  # two visits so close by different people are likely one


class VisitedAlready(Conflict):
    """Somebody recorded a visit that the page did not know of; `visit` is its key."""

    def __init__(self, visit: int) -> None:
        super().__init__("somebody has visited meanwhile")
        self.visit = visit


@dataclass(frozen=True, slots=True)
class Found:
    """What a visitor says. `seen` is the last visit the page knew of, checked when `knows`; `again` records
    it all the same. `place` is (lat, lon), WGS-84 degrees."""

    resident: int
    at: datetime
    way: Way
    result: Result
    note: str = ""
    minutes: int = 0
    place: tuple[float, float] | None = None
    seen: int | None = None
    knows: bool = False
    again: bool = False
    request: UUID | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which visits: None does not narrow down; `after` is (instant, key) of the last one seen."""

    visit: int | None = None
    resident: int | None = None
    station: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    after: tuple[datetime, int] | None = None


def due(conn: Connection, paths: Sequence[str], now: datetime) -> list[Call]:
    """Everybody below `paths`, the most urgent first. Raises CareError when these are too many for a list."""
    crowd = conn.execute(Q["crowd"], {"paths": list(paths), "most": MOST}).fetchone()
    if crowd and crowd[0]:
        raise CareError(f"more than {MOST} people: choose a station")
    return visits.calls(conn, paths, now, _worth(conn, paths, now))


def next_of(conn: Connection, resident: int, now: datetime) -> Call:
    """One person's next visit. Raises Unknown for somebody who is not in our care."""
    return visits.call(conn, resident, now, _worth(conn, [""], now))


def whom(conn: Connection, residents: Sequence[int], now: datetime) -> dict[int, Row]:
    """Name, station, home and last visit of these people, by key."""
    return {one["id"]: one for one in rows(conn, Q["whom"], {"ids": list(residents), "now": now})}


def page(conn: Connection, scope: Row, window: Window, limit: int) -> list[Row]:
    """Visits of the scope, the latest first."""
    values = {name: getattr(window, name) for name in ("visit", "resident", "station", "start", "end")}
    after_at, after_id = window.after or (None, None)
    values |= {"after_at": after_at, "after_id": after_id, "limit": limit}
    return rows(conn, Q["page"], {**scope, **values})


def one(conn: Connection, scope: Row, visit: int) -> Row:
    """A visit of the scope; raises Unknown."""
    found = page(conn, scope, Window(visit=visit), 1)
    if not found:
        raise Unknown(f"there is no visit {visit}")
    return found[0]


def record(
    conn: Connection, found: Found, now: datetime, account: int,
    alarm: Callable[[], UUID] | None = None,
) -> tuple[int, bool]:  # fmt: skip
    """Write a visit down; returns its key, and whether it is new (False: the same request came before).

    `alarm` raises an incident because of what was found; it is called once it is sure that the visit stands.
    Raises VisitedAlready, Unknown, and CareError for a visit in the future.
    """
    if found.at > now + timedelta(minutes=5):
        raise CareError("a visit is written down after it was made")
    with conn.transaction():
        conn.execute(Q["lock"], {"resident": found.resident})
        if found.request is not None:
            before = key(conn, Q["by_request"], {"request": found.request})
            if before is not None:
                return before, False
        _refuse_second(conn, found, account)
        incident = alarm() if alarm is not None else None
        values = {
            "resident": found.resident, "station": None, "at": min(found.at, now), "way": str(found.way),
            "result": str(found.result), "note": found.note, "minutes": found.minutes, "visitor": account,
            "lat": found.place[0] if found.place else None, "lon": found.place[1] if found.place else None,
            "replaces": None, "now": now, "request": found.request, "incident": incident, "why": "",
        }  # fmt: skip
        written = key(conn, Q["write"], values)
        if written is None:
            raise Unknown(f"there is no resident {found.resident}")
    return written, True


def correct(conn: Connection, before: Row, fields: Row, why: str, now: datetime, account: int) -> int:
    """A row in place of `before` (of `one`), with `fields` changed; returns its key.

    Hours that were credited are taken back: the corrected visit is to be confirmed anew. Raises Conflict when
    it was put right already.
    """
    names = ("at", "way", "result", "note", "minutes", "lat", "lon")
    values: dict[str, Any] = {name: before[name] for name in names} | fields
    if values["at"] > now:
        raise CareError("a visit is written down after it was made")
    values |= {
        "resident": before["resident_id"], "station": before["station_id"], "visitor": before["visitor_id"],
        "replaces": before["id"], "now": now, "request": None, "incident": before["incident_id"], "why": why,
    }  # fmt: skip
    with conn.transaction():
        conn.execute(Q["lock"], {"resident": before["resident_id"]})
        if conn.execute(Q["put_right"], {"visit": before["id"]}).fetchone():
            raise Conflict("that visit has been put right already")
        written = key(conn, Q["write"], values)
        if conn.execute(Q["booked"], {"visit": before["id"]}).fetchone():
            ledger.reverse(conn, f"visit:{before['id']}", now, account)
    assert written is not None
    return written


def confirm(conn: Connection, visit: Row, now: datetime, account: int) -> int:
    """The visit was made; returns the minutes credited to its visitor, 0 for one who is no volunteer.

    Raises CareError for one's own visit, one where nobody was met, one that was put right, and Conflict when
    it was confirmed before.
    """
    if visit["visitor_id"] == account:
        raise CareError("nobody confirms their own visit")
    if visit["result"] == Result.NOT_MET:
        raise CareError("nobody was met")
    with conn.transaction():
        conn.execute(Q["lock"], {"resident": visit["resident_id"]})
        if conn.execute(Q["put_right"], {"visit": visit["id"]}).fetchone():
            raise CareError("that visit has been put right")
        values = {"visit": visit["id"], "now": now, "account": account}
        if conn.execute(Q["confirm"], values).rowcount == 0:
            raise Conflict("it was confirmed before")
        who = {"account": visit["visitor_id"], "at": visit["at"]}
        if not visit["minutes"] or row(conn, Q["volunteers"], who) is None:
            return 0
        given = hours_given(visit["id"], visit["visitor_id"], visit["station_id"], visit["minutes"])
        ledger.post(conn, given, now, account)
    return int(visit["minutes"])


def seasons(conn: Connection, paths: Sequence[str]) -> list[Row]:
    """Seasons that hold in these subtrees, the latest first."""
    return rows(conn, Q["seasons"], {"paths": list(paths)})


def end_season(conn: Connection, paths: Sequence[str], season: int, now: datetime) -> None:
    """It is over. Raises Unknown when there is none that runs."""
    if not conn.execute(Q["end_season"], {"paths": list(paths), "season": season, "now": now}).rowcount:
        raise Unknown("there is no such season, or it is over")


def changes(conn: Connection, resident: int) -> list[Row]:
    """Major changes in a person's life, the latest first."""
    return rows(conn, Q["changes"], {"resident": resident})


def rules(conn: Connection, paths: Sequence[str]) -> list[Row]:
    """The rules that were set for these subtrees, or above or below them."""
    return rows(conn, Q["rules"], {"paths": list(paths)})


def _worth(conn: Connection, paths: Sequence[str], now: datetime) -> dict[int, int]:
    return dict(conn.execute(Q["worth"], {"paths": list(paths), "now": now}).fetchall())


def _refuse_second(conn: Connection, found: Found, account: int) -> None:
    latest = row(conn, Q["latest"], {"resident": found.resident})
    if found.again or latest is None:
        return
    if found.knows:
        if latest["id"] != found.seen and latest["visitor_id"] != account:
            raise VisitedAlready(latest["id"])
    elif latest["visitor_id"] != account and abs(latest["at"] - found.at) < _SAME:
        raise VisitedAlready(latest["id"])
