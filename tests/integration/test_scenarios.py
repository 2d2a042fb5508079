"""Every scenario that comes with nowalls, on virtual time: the real chain but for the broker."""

from pathlib import Path

import pytest

from simulators.scenarios.document import library, read
from tests.support.theatre import Theatre

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("path", library(), ids=lambda path: path.stem)
def test_what_must_come_of_it_comes(dsn: str, path: Path) -> None:
    checks = Theatre(dsn, read(path)).play()
    failed = [f"{check.what}: {check.detail}" for check in checks if not check.passed]
    assert not failed, "\n".join(failed)
    assert checks
