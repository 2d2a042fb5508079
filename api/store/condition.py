"""How the whole is, read by the doctor, by Prometheus and by the page of status."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection

from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


class Waiting(NamedTuple):
    """Since when the oldest of each waits (None: none does), and how many notifications are due."""

    finding: datetime | None
    step: datetime | None
    notification: datetime | None
    publication: datetime | None
    notifications: int


class Devices(NamedTuple):
    """Installed devices in one state, and the codes of some of them."""

    many: int
    some: tuple[str, ...]


class Archive(NamedTuple):
    """The log's way to the archive: bytes behind, whether it is fetched, "reserved", "extended", "lost"."""

    behind: int
    active: bool
    status: str


class Server(NamedTuple):
    """The database: version, clock (Unix seconds), connections, most of them, age of the oldest row."""

    version: str
    clock: float
    connections: int
    most: int
    oldest: int


def waiting(conn: Connection[Any], now: datetime) -> Waiting:
    """What should have been done by `now`."""
    return Waiting(*_one(conn, "waiting", {"now": now}))


def incidents(conn: Connection[Any]) -> Mapping[tuple[str, str], int]:
    """Open incidents by (priority, state), drills apart."""
    return {(row[0], row[1]): row[2] for row in conn.execute(_SQL["incidents"]).fetchall()}


def beats(conn: Connection[Any]) -> Mapping[str, datetime]:
    """When each part last did its work."""
    return dict(conn.execute(_SQL["beats"]).fetchall())


def quarantine(conn: Connection[Any]) -> Mapping[str, tuple[int, datetime]]:
    """Reason to (messages, when the last of them came)."""
    return {row[0]: (row[1], row[2]) for row in conn.execute(_SQL["quarantine"]).fetchall()}


def devices(conn: Connection[Any], now: datetime) -> Mapping[str, Devices]:
    """How many are "heard", "silent" and "never_heard", and which."""
    rows = conn.execute(_SQL["devices"], {"now": now}).fetchall()
    return {row[0]: Devices(row[1], tuple(row[2])) for row in rows}


def failing_endpoints(conn: Connection[Any], failures: int) -> Mapping[str, int]:
    """Channel to how many endpoints failed that often in a row."""
    return dict(conn.execute(_SQL["endpoints"], {"failures": failures}).fetchall())


def size(conn: Connection[Any]) -> int:
    """Bytes of the database."""
    return int(_one(conn, "size")[0])


def archive(conn: Connection[Any], slot: str) -> Archive | None:
    """How the archive does; None where there never was one."""
    row = conn.execute(_SQL["archive"], {"slot": slot}).fetchone()
    return None if row is None else Archive(max(0, row[0] or 0), row[1], row[2] or "")


def damage(conn: Connection[Any]) -> int:
    """Pages that were not what had been written."""
    return int(_one(conn, "damage")[0])


def server(conn: Connection[Any]) -> Server:
    """The server itself."""
    return Server(*_one(conn, "server"))


def unstaffed(conn: Connection[Any]) -> tuple[str, ...]:
    """Codes of some stations whose alarms nobody could take."""
    return tuple(row[0] for row in conn.execute(_SQL["unstaffed"]).fetchall())


def stations(conn: Connection[Any]) -> Mapping[int, str]:
    """Codes of stations by their keys."""
    return dict(conn.execute(_SQL["stations"]).fetchall())


def _one(conn: Connection[Any], name: str, params: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    row = conn.execute(_SQL[name], params or {}).fetchone()
    assert row is not None
    return tuple(row)
