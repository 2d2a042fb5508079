"""Every scenario that comes with nowalls, on virtual time: the real chain but for the broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from simulators.scenarios.document import library, read
from tests.conftest import Server
from tests.support.theatre import Theatre
from tests.support.wiping import Wiped

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def wiped(server: Server, shared_dsn: str) -> Wiped:
    name = conninfo_to_dict(shared_dsn)["dbname"]
    return Wiped(make_conninfo(server.administrator, dbname=name))


@pytest.fixture
def stage(wiped: Wiped, shared_dsn: str) -> Iterator[str]:
    """A database as new; making one for each scenario took a third of the time of all."""
    yield shared_dsn
    wiped.wipe()


@pytest.mark.parametrize("path", library(), ids=lambda path: path.stem)
def test_what_must_come_of_it_comes(stage: str, path: Path) -> None:
    checks = Theatre(stage, read(path)).play()
    failed = [f"{check.what}: {check.detail}" for check in checks if not check.passed]
    assert not failed, "\n".join(failed)
    assert checks
