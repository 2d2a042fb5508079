"""Finding out the facts: the machine, the disk, the broker, the database."""

import ctypes
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from alerts.delivery.plan import FAILING_AFTER
from alerts.roster import duty
from alerts.roster import store as rosters
from alerts.roster.gaps import AHEAD
from api.doctor.facts import Facts, Gap, Store
from api.doctor.knocking import knock
from api.store import condition
from core import migrate, sealed, timeseries, tls
from core.backup.archive import SLOT
from core.backup.keys import copied_at
from core.backup.place import BackupError, Place
from core.backup.server import find
from core.clock import Clock, SystemClock, parse
from core.database import connect
from core.embedded.kept import kept_bytes
from core.instant import SECOND, from_datetime, to_datetime
from core.keybook import KeyBookError
from core.settings import Settings

_TIME_ERROR = 5  # what adjtimex(2) answers when nobody keeps the clock right


def look(settings: Settings, wall: Clock | None = None) -> Facts:
    """The facts of the house that `settings` describe, now."""
    wall = wall or SystemClock()
    clock = parse(settings.clock)
    room = shutil.disk_usage(settings.data_dir)
    copies = Place(settings.archive).bases() if settings.archive else []
    kept = kept_bytes(settings.data_dir)
    with ThreadPoolExecutor(1) as aside:  # what hangs is not waited for twice
        # The embedded broker is measured by its files.
        knocked, store = aside.submit(knock, settings, kept is None), _store(settings, clock, wall)
    broker = knocked.result()
    return Facts(
        now=to_datetime(clock.now()),
        wall=to_datetime(wall.now()),
        synchronised=synchronised(),
        disk_free=room.free,
        disk_bytes=room.total,
        tls=settings.tls,
        certificates=tuple(tls.expiries(settings.data_dir)) if settings.tls else (),
        broker=broker.refusal,
        broker_dropped=broker.dropped,
        broker_stored=broker.stored,
        store=store,
        copied=copies[-1].ended_at if copies else None,
        archived=settings.archive is not None,
        own_database=_own_database(settings),
        broker_bytes=kept,
        keys_kept=settings.key_copies is not None,
        keys_copied=copied_at(settings.key_copies) if settings.key_copies else None,
        second=(to_datetime(round(SECOND / (clock.sleep_s(1.0) or 1.0))) - to_datetime(0)),
    )


def synchronised() -> bool | None:
    """Whether somebody keeps this machine's clock right; None where the system does not say."""
    if not sys.platform.startswith("linux"):
        return None
    asked = ctypes.create_string_buffer(512)  # struct timex, all zero: only ask
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(asked)
    return None if answer < 0 else bool(answer != _TIME_ERROR)


def _own_database(settings: Settings) -> bool:
    url = settings.database_url.get_secret_value()
    try:
        return bool(url) and not find(settings.data_dir, url)
    except BackupError:
        return True


def _store(settings: Settings, clock: Clock, wall: Clock) -> Store | None:
    try:
        with connect(settings, "nowalls doctor") as conn:
            return _asked(conn, clock, wall)
    except psycopg.OperationalError:
        return None


def _asked(conn: Connection[Any], clock: Clock, wall: Clock) -> Store:
    now = to_datetime(clock.now())
    server, pending = condition.server(conn), tuple(path.name for path in _pending(conn))
    return Store(
        server=server,
        late_s=server.clock - wall.now() / SECOND,
        pending=pending,
        damaged=condition.damage(conn),
        waiting=condition.waiting(conn, now),
        beats=condition.beats(conn),
        quarantine=condition.quarantine(conn),
        devices=condition.devices(conn, now),
        failing=condition.failing_endpoints(conn, FAILING_AFTER),
        archive=condition.archive(conn, SLOT),
        gaps=tuple(_gaps(conn, from_datetime(now))),
        sealed=_sealed(conn),
        rosters=len(rosters.stations_with_roster(conn)),
        unstaffed=condition.unstaffed(conn),
        jobs=() if pending else tuple(timeseries.health(conn, timeseries.engine(conn))),
    )


def _pending(conn: Connection[Any]) -> list[Path]:
    try:
        return migrate.pending(conn)
    except migrate.MigrationError:
        return []  # newer than this program: another one serves it


def _sealed(conn: Connection[Any]) -> str:
    try:
        sealed.belongs(conn)
    except (sealed.SealedError, KeyBookError, OSError) as error:
        return type(error).__name__
    except psycopg.errors.UndefinedTable:
        conn.rollback()  # older than the keys: `pending` says so
    return ""


def _gaps(conn: Connection[Any], now: int) -> list[Gap]:
    """The next gap of each station and role that keeps a roster."""
    codes, found = condition.stations(conn), dict[tuple[int, str], Gap]()
    kept = rosters.rosters(conn, rosters.stations_with_roster(conn), now, now + AHEAD)
    for station, roster in kept.items():
        for gap in duty.gaps(roster, now, now + AHEAD):
            found.setdefault(
                (station, gap.role), Gap(codes[station], gap.role, to_datetime(gap.start), roster.time_zone)
            )
    return list(found.values())
