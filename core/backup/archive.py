"""The log of the database, copied as it is written: a part of the house that `nowalls up --archive` adds."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from core.backup.place import BackupError, Place
from core.backup.server import Server, program
from core.embedded.process import StartError, spawn

SLOT = "nowalls_archive"


class Archive:
    """pg_receivewal under supervision. What is committed is in the archive some milliseconds later.

    A slot makes the database keep what the archive has not got yet, up to `max_slot_wal_keep_size`: a full or
    lost archive disk must never stop the house. Past that the log has a gap, and only a new base closes it.
    """

    name = "archive"
    stop_signal = signal.SIGINT
    ready_within_s = 30.0
    stop_within_s = 10.0

    def __init__(self, server: Server, place: Place, log_folder: Path) -> None:
        """Nothing is started yet."""
        self._server = server
        self._place = place
        self._log = log_folder / "archive.log"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it; raises StartError."""
        try:
            with self._server.connect() as conn:
                self._place.belong_to(str(_one(conn, "SELECT system_identifier FROM pg_control_system()")))
                timeline = int(_one(conn, "SELECT timeline_id FROM pg_control_checkpoint()"))
                self._keep_slot(conn)
            # A folder for each timeline: after a restore to an earlier instant the old one ends elsewhere.
            folder = self._place.wal / f"{timeline:08X}"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (BackupError, psycopg.Error, OSError) as error:
            raise StartError(f"the log of the database is not archived: {error}") from error
        with self._log.open("ab") as output:
            return spawn(
                [
                    program("pg_receivewal"),
                    *self._server.options,
                    *("-D", str(folder), "--slot", SLOT, "--no-loop"),
                ],
                cwd=folder,
                env=self._server.environment,
                stop_signal=self.stop_signal,
                output=output,
            )

    def is_ready(self) -> bool:
        """Whether it receives."""
        try:
            with self._server.connect() as conn:
                return bool(_one(conn, "SELECT active FROM pg_replication_slots WHERE slot_name = %s", SLOT))
        except (BackupError, psycopg.Error):
            return False

    def last_words(self) -> str:
        """Where its log is."""
        return f"See {self._log}"

    def _keep_slot(self, conn: psycopg.Connection[Any]) -> None:
        status = _one(conn, "SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", SLOT)
        if status == "lost":
            conn.execute("SELECT pg_drop_replication_slot(%s)", (SLOT,))
        if status in (None, "lost"):
            conn.execute("SELECT pg_create_physical_replication_slot(%s, true)", (SLOT,))


def _one(conn: psycopg.Connection[Any], statement: str, *values: object) -> Any:
    row = conn.execute(statement.encode(), values).fetchone()
    return row[0] if row else None
