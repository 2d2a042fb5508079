"""Bringing a house back from a backup, as it was at an instant."""

import shlex
import shutil
import tarfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from core.backup.keys import copy_back
from core.backup.place import BackupError, Base, Place
from core.embedded import account
from core.embedded.claim import Claim
from core.embedded.postgres import Postgres
from core.embedded.process import wait_until
from core.embedded.secret import write_private

_PATIENCE_S = 24 * 3600.0  # a long log takes its time; the database says when it cannot go on
_LOG = "log-to-replay"
_TOO_SHORT = "recovery ended before configured recovery target was reached"
_SETTINGS = (
    "restore_command",
    "recovery_target_time",
    "recovery_target_timeline",
    "recovery_target_action",
    "hot_standby",
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back.

    Attributes:
        base: from which copy.
        last_change: the last transaction that is in it; None when nothing came after the copy.
        copy_s, replay_s: seconds spent on copying files and on the log.
        segments: how many pieces of the log were there to read.
    """

    base: Base
    last_change: datetime | None
    copy_s: float
    replay_s: float
    segments: int


def restore(
    place: Place, data: Path, at: datetime | None = None, keys: Path | None = None, timeline: str = "latest"
) -> Restored:
    """Make the house at `data` anew from `place`, as it was at `at` (None: at the end of the log).

    Args:
        data: a folder that holds no house yet.
        keys: the mirror of the residents' keys; None: there are none.
        timeline: which branch of the log to follow, "latest" or a number.

    Raises:
        BackupError: nothing reaches there; what was begun in `data` is not a house.
    """
    base = place.best_for(at)
    _within_reach(place, at)
    claim = Claim(data)
    try:
        if (data / "postgres" / "cluster").exists():
            raise BackupError(f"{data} holds a house already; restore into a new folder and look at it first")
        began = time.monotonic()
        _unpack(place.path(base.stamp) / "house.tar", data)
        postgres = Postgres(data)
        try:
            log = _lay_out(place, base, postgres)
            if keys is not None:
                copy_back(keys, data / "keys")
            _recovery(postgres, log, at, timeline)
            copied = time.monotonic()
            last_change = _replay(postgres)
        except BaseException:
            shutil.rmtree(postgres.cluster, ignore_errors=True)  # half a database: nobody is to start it
            raise
        finally:
            shutil.rmtree(postgres.folder / _LOG, ignore_errors=True)
        replayed = time.monotonic()
    finally:
        claim.release()
    return Restored(base, last_change, copied - began, replayed - copied, len(place.segments()))


def _within_reach(place: Place, at: datetime | None) -> None:
    until = place.reaches_to()
    if at is not None and until is not None and at > until:
        raise BackupError(
            f"the log in {place.folder} reaches to {until.isoformat(timespec='seconds')}: nothing later can"
            " be brought back; without --at it is followed to its end"
        )


def _unpack(tar_file: Path, data: Path) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # First: the folder of the database is given to its own user as soon as it is made.
    with tarfile.open(tar_file) as tar:
        settings = [member for member in tar.getmembers() if not member.name.startswith("postgres")]
        tar.extractall(data, settings, filter="data")


def _lay_out(place: Place, base: Base, postgres: Postgres) -> Path:
    """Copy the base and the log to where the database's user can read them; returns where the log is."""
    who = account.unprivileged()
    shutil.copytree(place.path(base.stamp) / "cluster", postgres.cluster)
    with tarfile.open(place.path(base.stamp) / "house.tar") as tar:
        own = [member for member in tar.getmembers() if member.name == "postgres/local.conf"]
        for member in own:
            member.name = "local.conf"
            tar.extract(member, postgres.folder, filter="data")
    log = postgres.folder / _LOG
    log.mkdir(mode=0o700)
    for segment in place.segments():
        if segment.position >= base.first_segment:
            _put(segment.path, log / segment.name, who)
    for history in place.histories():
        _put(history, log / history.name, who)
    for path in (postgres.cluster, log, postgres.folder / "local.conf"):
        _give_all(path, who)
    return log


def _put(source: Path, target: Path, who: account.Account | None) -> None:
    # Another user could not follow a link into our folder.
    if who is None:
        target.symlink_to(source)
    else:
        shutil.copyfile(source, target)


def _give_all(path: Path, who: account.Account | None) -> None:
    if who is None or not path.exists():
        return
    for each in (path, *path.rglob("*")):
        account.give(each, who)


def _recovery(postgres: Postgres, log: Path, at: datetime | None, timeline: str) -> None:
    """Tell PostgreSQL where the log is, how far to follow it, and to let nobody in until then."""
    wanted = {
        "restore_command": f"cp {shlex.quote(str(log)).replace('%', '%%')}/%f %p",
        "recovery_target_timeline": timeline,
        "recovery_target_action": "promote",
        "hot_standby": "off",
    }
    if at is not None:
        wanted["recovery_target_time"] = at.isoformat()
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in wanted.items()]
    who = account.unprivileged()
    write_private(postgres.cluster / "postgresql.auto.conf", "\n".join(lines) + "\n", who)
    write_private(postgres.cluster / "recovery.signal", "", who)


def _replay(postgres: Postgres) -> datetime | None:
    """Start, follow the log, become an ordinary database, stop; returns the last change that is in it."""
    process = postgres.spawn()
    try:
        wait_until(lambda: process.poll() is not None or postgres.is_ready(), _PATIENCE_S, every_s=0.1)
        if process.poll() is not None:
            said = _said(postgres)
            if _TOO_SHORT in said:
                raise BackupError("the log ends before that instant; without --at it is followed to its end")
            raise BackupError(f"the log could not be followed: {said}")
        with psycopg.connect(postgres.admin_dsn, autocommit=True) as conn:
            row = conn.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
            for name in _SETTINGS:
                conn.execute(f"ALTER SYSTEM RESET {name}".encode())
            return row[0] if row else None
    finally:
        postgres.stop()


def _said(postgres: Postgres) -> str:
    logs = sorted((postgres.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    lines = [line for log in logs[-1:] for line in log.read_text(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if "FATAL" in line), postgres.last_words())
