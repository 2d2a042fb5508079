"""A real PostgreSQL for the session, a fresh database for each test, and a fresh broker for each test.

`dsn`     connection string of a migrated, empty database of this test alone.
`broker`  a running core.embedded.nats.Nats: `.url` for the platform, `.apply([...])` for devices.
`browser` Chromium, kept for the tests after it that need it too.
`free_port` a port that is free now.
`shelf`   a folder that the embedded programs can use also when the tests run as root (tmp_path is not one).

NOWALLS_TEST_DATABASE_URL names a superuser's database on another server (a TimescaleDB) to use instead.
"""

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.embedded.nats import Nats
from core.embedded.ports import any_free
from core.embedded.postgres import Postgres
from core.migrate import migrate
from tests.support.chromium import Chromium

_numbers = count(1)
_CHROMIUM = Chromium()

# What a test starts it starts many times: compiled once, a system is up with half the work.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A hash of a password is made to be slow; here it need only be right.
os.environ.setdefault("NOWALLS_PASSWORD_KIB", "1024")
os.environ.setdefault("NOWALLS_PASSWORD_ROUNDS", "1")
# One book of keys for all: tests, and what they start, seal and open for each other.
if "NOWALLS_KEYS_DIR" not in os.environ:
    os.environ["NOWALLS_KEYS_DIR"] = tempfile.mkdtemp(prefix="nwkeys-")
    atexit.register(shutil.rmtree, os.environ["NOWALLS_KEYS_DIR"], ignore_errors=True)
_TOGETHER = ("acceptance", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a module that starts a whole system or a browser on one worker."""
    for item in items:
        if any(item.get_closest_marker(name) for name in _TOGETHER):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported stays: looking through it for rubbish takes a fifth of the time, and later too."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if "browser" not in getattr(item, "fixturenames", ()):
        _CHROMIUM.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, Any, pytest.TestReport]:
    """A program that a test ran and that failed is heard: its error alone says only its exit status."""
    report: pytest.TestReport = yield
    error = call.excinfo and call.excinfo.value
    if isinstance(error, subprocess.CalledProcessError | subprocess.TimeoutExpired):
        for name, said in (("stdout", error.stdout), ("stderr", error.stderr)):
            text = said.decode(errors="replace") if isinstance(said, bytes) else said
            report.sections.append((f"the end of what the program said on {name}", (text or "")[-4000:]))
    return report


def pytest_sessionfinish() -> None:
    _CHROMIUM.close()


_MEMORY = Path("/dev/shm")
_ENOUGH = 4 * 2**30


def _in_memory() -> Path | None:
    """Where a database of a few minutes costs no disk; a copy of the template takes a quarter of the time."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ENOUGH else None


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="nwtest-", dir=_in_memory()))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # whoever asked may keep it until the end
    return folder


@pytest.fixture
def shelf() -> Iterator[Path]:
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """As `shelf`, for all tests of a module."""
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Server:
    """Where the databases of this session are made (by a superuser), and who owns them (nobody special)."""

    administrator: str
    owner: str

    def create(self, name: str, source: str) -> str:
        """Make the database `name` as a copy of `source`; returns its owner's connection string."""
        owner = conninfo_to_dict(self.owner)["user"]
        with psycopg.connect(self.administrator, autocommit=True) as conn:
            # Copied as files: half the time of copying through the log, which nobody here will ever need.
            create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
            conn.execute(create.format(*(sql.Identifier(str(word)) for word in (name, owner, source))))
        return make_conninfo(self.owner, dbname=name)

    def drop(self, name: str) -> None:
        """Remove the database `name`, also when a test left a connection open."""
        with psycopg.connect(self.administrator, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The PostgreSQL that all tests of this session share."""
    if external := os.environ.get("NOWALLS_TEST_DATABASE_URL"):
        yield Server(external, external)
        return
    folder = _open_folder()
    postgres = Postgres(folder)
    # Nothing here outlives the session, so nothing needs to survive a power cut.
    local = postgres.folder / "local.conf"
    # And nobody sweeps behind tests of a second, nor sits in the template when it is copied.
    local.write_text(
        "fsync = off\nsynchronous_commit = off\nautovacuum = off\n"
        "shared_buffers = 64MB\nmax_wal_size = 256MB\n"
    )
    local.chmod(0o644)
    postgres.start()
    yield Server(postgres.admin_dsn, postgres.dsn)
    postgres.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[str]:
    """Name of a migrated database that nobody is connected to."""
    name = f"nowalls_template_{os.getpid()}"
    with psycopg.connect(server.create(name, "template1")) as conn:
        migrate(conn, datetime(2026, 1, 1, tzinfo=UTC))
    yield name
    server.drop(name)


@pytest.fixture
def dsn(server: Server, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield server.create(name, template)
    server.drop(name)


@pytest.fixture(scope="module")
def shared_dsn(server: Server, template: str) -> Iterator[str]:
    """As `dsn`, for all tests of a module: they live with what the others leave behind."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield server.create(name, template)
    server.drop(name)


@pytest.fixture
def free_port() -> int:
    return any_free()


@pytest.fixture
def broker(shelf: Path) -> Iterator[Nats]:
    server = Nats(shelf / "broker-data", port=any_free())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def browser() -> Browser:
    return _CHROMIUM.open()
