"""Numbered SQL migrations: each file of `core/migrations` runs once, in order, in its own transaction."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from core import logs, sealed, timeseries
from core.access import apply as access
from core.access import roles
from core.clock import parse
from core.instant import to_datetime
from core.keybook import KeyBookError
from core.quantity import QUANTITIES
from core.seal_rows import seal_rows
from core.settings import Settings, load

log = logging.getLogger(__name__)

# How long a migration may keep others waiting behind it, and how often it tries.
LOCK_WAIT, _REST_S, _TRIES = "2s", 0.5, 120

FILES = Path(__file__).parent / "migrations"


class MigrationError(Exception):
    """The database holds a migration that this version does not know, or its login may do too little."""


def files() -> list[Path]:
    """The migrations in the order in which they run."""
    return sorted(FILES.glob("[0-9]*.sql"))


def pending(conn: psycopg.Connection[Any]) -> list[Path]:
    """What has not run yet; raises MigrationError when the database is newer than the code."""
    table = conn.execute("SELECT to_regclass('migration')").fetchone()
    done: set[str] = set()
    if table and table[0]:
        done = {row[0] for row in conn.execute("SELECT name FROM migration")}
    known = {path.name for path in files()}
    if done - known:
        raise MigrationError(f"the database is newer than this program: {', '.join(sorted(done - known))}")
    return [path for path in files() if path.name not in done]


def migrate(conn: psycopg.Connection[Any], now: datetime) -> list[str]:
    """Bring the database up to date; returns the names of the migrations that ran.

    Several processes may call it at once: an advisory lock lets one work and the others find it done.
    """
    conn.autocommit = True
    conn.execute("SELECT pg_advisory_lock(hashtext('nowalls.migrate'))")
    try:
        _make_roles(conn)
        kind = timeseries.engine(conn)
        if kind == "timescale":
            conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        conn.execute(
            "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, ran_at timestamptz NOT NULL)"
        )
        ran = []
        for path in pending(conn):
            _patiently(conn, partial(_run, conn, path, kind, now))
            ran.append(path.name)
        _patiently(conn, partial(_finish, conn, kind, now))
        for piece in access.due(conn, kind):
            _patiently(conn, partial(access.make, conn, piece))
        _seal(conn)
        return ran
    finally:
        conn.execute("SELECT pg_advisory_unlock(hashtext('nowalls.migrate'))")


def _patiently(conn: psycopg.Connection[Any], work: Callable[[], None]) -> None:
    """Do `work` in a transaction that gives way: what waits for a lock makes all who come later wait behind
    it, and the house is at work. Raises MigrationError when somebody holds a lock for minutes."""
    for attempt in range(_TRIES):
        try:
            with conn.transaction():
                conn.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_WAIT,))
                work()
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            log.info("somebody is at work on a table; trying again", extra={"attempt": attempt + 1})
            time.sleep(_REST_S)
    raise MigrationError("a table is in use all the time: end long queries on it and try again")


def _run(conn: psycopg.Connection[Any], path: Path, kind: timeseries.Engine, now: datetime) -> None:
    conn.execute(timeseries.fill_in(path.read_text(encoding="utf-8"), kind).encode())
    conn.execute("INSERT INTO migration (name, ran_at) VALUES (%s, %s)", (path.name, now))


def _finish(conn: psycopg.Connection[Any], kind: timeseries.Engine, now: datetime) -> None:
    timeseries.adopt(conn, kind)
    timeseries.make_room(conn, kind, now)
    _name_metrics(conn)


def _make_roles(conn: psycopg.Connection[Any]) -> None:
    try:
        roles.ensure(conn)
    except roles.RolesMissing as error:
        raise MigrationError(str(error)) from error


def _seal(conn: psycopg.Connection[Any]) -> None:
    """People's names are no reason not to watch over them: without the right keys everything else goes on."""
    try:
        if people := seal_rows(conn):
            log.info("people's identity is sealed", extra={"people": people})
        sealed.belongs(conn)
    except (sealed.SealedError, KeyBookError, OSError) as error:
        log.error("people's names stay sealed", extra={"why": str(error)})


def _name_metrics(conn: psycopg.Connection[Any]) -> None:
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO metric (id, name, unit) VALUES (%s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, unit = excluded.unit",
            [(q.id, q.name, q.unit) for q in QUANTITIES],
        )


def main() -> None:
    """`nowalls migrate`; raises psycopg.OperationalError when there is no database to be reached."""
    _bring_up_to_date(load(), lambda name: print(f"migrated {name}"))


def _bring_up_to_date(settings: Settings, say: Callable[[str], None]) -> None:
    now = to_datetime(parse(settings.clock).now())
    try:
        with psycopg.connect(settings.database_url.get_secret_value()) as conn:
            for name in migrate(conn, now):
                say(name)
    except MigrationError as error:
        raise SystemExit(str(error)) from error
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise SystemExit(_words(error)) from error


def _words(error: psycopg.Error) -> str:
    """What the database said, unless it may be about a row, and so about somebody."""
    state = error.sqlstate or ""
    said = error.diag.message_primary or str(error)
    about_a_row = state.startswith(("22", "23"))
    return f"the database refuses: {type(error).__name__ if about_a_row else said.strip()}"


def _as_a_part() -> None:
    """`python -m core.migrate`: its log is one like those of the parts."""
    settings = load()
    logs.setup("migrate", settings.log_level, settings.log_format)
    try:
        _bring_up_to_date(settings, lambda name: log.info("migrated", extra={"migration": name}))
    except psycopg.OperationalError as error:
        raise SystemExit(_words(error)) from error


if __name__ == "__main__":
    _as_a_part()
