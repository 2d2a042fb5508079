"""`python -m benchmarks.recovery`: how long a house of ten million readings takes to come back."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import psycopg

from core.backup.archive import Archive
from core.backup.place import Place
from core.backup.restore import restore
from core.backup.server import Server, find
from core.backup.take import take
from core.clock import SystemClock
from core.embedded.postgres import Postgres
from core.embedded.process import stop, wait_until
from core.instant import to_datetime
from core.migrate import migrate

DEVICES, METRICS = 2000, 5
_CHUNK = 500_000
# A reading of each metric of each device in turn, going back from `until`: rows as devices send them.
_FILL = """
INSERT INTO reading (time, value, home_id, device_id, resident_id, metric)
SELECT at, 60 + n %% 40, 1 + who / 5, 1 + who, 1 + who / 5, 1 + n %% %(metrics)s
FROM (SELECT n, (n / %(metrics)s) %% %(devices)s AS who,
             %(until)s::timestamptz - n * %(apart)s::interval AS at
      FROM generate_series(%(first)s::bigint, %(last)s::bigint - 1) n) x"""


@click.command()
@click.option("--readings", default=10_000_000, show_default=True, help="In the copy.")
@click.option(
    "--after", default=1_000_000, show_default=True, help="Written after it: only the log has these."
)
@click.option("--folder", type=click.Path(path_type=Path), help="Where to work.  [default: a temporary one]")
@click.option("--json", "target", default=Path("out/recovery.json"), type=click.Path(path_type=Path))
def main(readings: int, after: int, folder: Path | None, target: Path) -> None:
    """Fill a database, copy it, write on, lose it, bring it back; every step in seconds."""
    with _room(folder) as room:
        found = measure(room, readings, after)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n")
    for name, value in found.items():
        click.echo(f"{name:24} {value}")


def measure(room: Path, readings: int, after: int) -> dict[str, Any]:
    """What each step took, seconds, and how big things are."""
    clock, data, place = SystemClock(), room / "house", Place(room / "backups")
    now, found = to_datetime(clock.now()), {}
    postgres = Postgres(data)
    dsn = postgres.start()
    with psycopg.connect(dsn) as conn:
        migrate(conn, now)
    server = find(data, dsn)
    with _archived(server, place, room):
        found["fill_s"] = _timed(lambda: _fill(dsn, now, 0, readings, readings + after))
        found["backup_s"] = _timed(lambda: take(data, server, place, clock))
        found["write_on_s"] = _timed(lambda: _fill(dsn, now, readings, readings + after, readings + after))
        _wait_for_archive(server)
    postgres.stop()
    shutil.rmtree(data.resolve())
    done = restore(place, room / "again")
    again = Postgres(room / "again")
    found["start_s"] = _timed(again.start)
    with psycopg.connect(again.dsn) as conn:
        rows = conn.execute("SELECT count(*) FROM reading").fetchone()
    again.stop()
    found["readings"] = rows[0] if rows else 0
    assert found["readings"] == readings + after, "readings were lost"
    found |= {"copy_s": round(done.copy_s, 1), "replay_s": round(done.replay_s, 1)}
    found["recovery_s"] = round(done.copy_s + done.replay_s + found["start_s"], 1)
    found["copy_mib"] = done.base.bytes >> 20
    found["log_mib"] = sum(segment.path.stat().st_size for segment in place.segments()) >> 20
    return found


def _fill(dsn: str, now: datetime, first: int, last: int, total: int) -> None:
    apart = timedelta(days=28) / total
    with psycopg.connect(dsn, autocommit=True) as conn:
        for begin in range(first, last, _CHUNK):
            values = {"metrics": METRICS, "devices": DEVICES, "until": now, "apart": apart}
            conn.execute(_FILL, values | {"first": begin, "last": min(last, begin + _CHUNK)})


def _wait_for_archive(server: Server) -> None:
    with server.connect() as conn:
        row = conn.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
        there = "SELECT bool_or(write_lsn >= %s::pg_lsn) FROM pg_stat_replication"
        assert wait_until(lambda: conn.execute(there, row).fetchone() == (True,), 600, every_s=0.2)


@contextmanager
def _archived(server: Server, place: Place, room: Path) -> Iterator[None]:
    archive = Archive(server, place, room)
    process = archive.spawn()
    assert wait_until(archive.is_ready, 30)
    try:
        yield
    finally:
        stop(process, archive.stop_signal, archive.stop_within_s)


@contextmanager
def _room(folder: Path | None) -> Iterator[Path]:
    room = Path(tempfile.mkdtemp(prefix="nowalls-recovery-", dir=folder))
    room.chmod(0o755)  # the database's own user passes through
    try:
        yield room
    finally:
        shutil.rmtree(room)


def _timed(work: Any) -> float:
    began = time.monotonic()
    work()
    return round(time.monotonic() - began, 1)


if __name__ == "__main__":
    main()
