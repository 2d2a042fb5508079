"""Every scenario that comes with nowalls, on virtual time: the real chain but for the broker."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from core.instant import from_datetime
from ingest.store import Store
from simulators.scenarios.document import library, read
from tests.conftest import Server
from tests.support.theatre import MONDAY, Theatre

pytestmark = pytest.mark.integration
_numbers = count(1)


@pytest.fixture(scope="module")
def furnished(server: Server, template: str) -> Iterator[str]:
    """Name of an empty database that has room for the days of the scenarios already."""
    name = f"{template}_scenarios"
    with psycopg.connect(server.create(name, template)) as conn:
        Store(conn).make_room(from_datetime(MONDAY))
    yield name
    server.drop(name)


@pytest.fixture
def dsn(server: Server, furnished: str) -> Iterator[str]:
    name = f"{furnished}_{next(_numbers)}"
    yield server.create(name, furnished)
    server.drop(name)


@pytest.mark.parametrize("path", library(), ids=lambda path: path.stem)
def test_what_must_come_of_it_comes(dsn: str, path: Path) -> None:
    checks = Theatre(dsn, read(path)).play()
    failed = [f"{check.what}: {check.detail}" for check in checks if not check.passed]
    assert not failed, "\n".join(failed)
    assert checks
