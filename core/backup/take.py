"""Taking a backup of a house that goes on working."""

import json
import tarfile
from pathlib import Path
from typing import Any

from core.backup.place import BackupError, Base, Place
from core.backup.server import Server, run
from core.clock import Clock
from core.embedded.postgres import DATABASE
from core.instant import to_datetime

# Beside the database; whoever has the backup has these too, so a copy off site is encrypted.
HOUSE = ("secrets", "tls", "audit", "postgres/local.conf")


def take(data: Path, server: Server, place: Place, clock: Clock) -> Base:
    """Copy the running database and what belongs to it into `place`, and check the copy.

    Args:
        data: the folder of the house.
        clock: the real one; a base is named by it.

    Raises:
        BackupError: nothing was kept.
    """
    with server.connect() as conn:
        place.belong_to(_one(conn, "SELECT system_identifier::text FROM pg_control_system()"))
        version = _one(conn, "SHOW server_version").split()[0]
    began = to_datetime(clock.now())
    making = place.begin(began)
    cluster = making / "cluster"
    options = ["-D", str(cluster), "--format=plain", "--wal-method=stream", "--checkpoint=fast"]
    run("pg_basebackup", *server.options, *options, environment=server.environment)
    # Every file against the checksums taken while it was copied, and the log it needs.
    run("pg_verifybackup", "--quiet", str(cluster))
    _pack(data, making / "house.tar")
    manifest = json.loads((cluster / "backup_manifest").read_text(encoding="utf-8"))
    span = manifest["WAL-Ranges"][0]
    base = Base(
        stamp=making.name.removesuffix(".new"),
        began=began.isoformat(),
        ended=to_datetime(clock.now()).isoformat(),
        timeline=int(span["Timeline"]),
        start=str(span["Start-LSN"]),
        end=str(span["End-LSN"]),
        version=version,
        migration=_last_migration(server),
        bytes=sum(path.stat().st_size for path in cluster.rglob("*") if path.is_file()),
    )
    place.finish(making, base)
    return base


def check(place: Place, base: Base) -> None:
    """Whether the copy is still what was written; raises BackupError."""
    run("pg_verifybackup", "--quiet", str(place.path(base.stamp) / "cluster"))
    try:
        with tarfile.open(place.path(base.stamp) / "house.tar") as tar:
            tar.getmembers()
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"the secrets of {base.stamp} cannot be read: {error}") from error


def _pack(data: Path, target: Path) -> None:
    with tarfile.open(target, "w") as tar:
        for name in HOUSE:
            if (data / name).exists():
                tar.add(data / name, arcname=name)
    target.chmod(0o600)


def _last_migration(server: Server) -> str:
    with server.connect(DATABASE) as conn:
        return _one(conn, "SELECT COALESCE(max(name), '') FROM migration")


def _one(conn: Any, statement: str) -> str:
    return str(conn.execute(statement).fetchone()[0])
