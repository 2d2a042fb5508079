"""A short run of what `python -m tests.fuzz` does for long: messages into ingest, requests to the API.

Every day another eighth of the routes is asked, with other requests: NOWALLS_FUZZ_SEED repeats a day's,
NOWALLS_FUZZ_TIMES makes it longer (8: as many requests to eight times as many routes).
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.fuzz import messages
from tests.support.api import ApiHouse, api_house

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("NOWALLS_FUZZ_SEED", date.today().toordinal()))
TIMES = int(os.environ.get("NOWALLS_FUZZ_TIMES", "1"))
pytestmark = [pytest.mark.integration, pytest.mark.timeout(120 + 60 * TIMES)]
ROLES = ("stranger", "family", "responder", "operator", "administrator")


def test_no_message_is_lost_or_stops_the_stream(dsn: str) -> None:
    tally = messages.run(dsn, 6_000 * TIMES, seed=SEED)
    assert tally.faults == [], f"NOWALLS_FUZZ_SEED={SEED}"
    assert tally.read > tally.sent / 8  # the storm is not only noise
    assert tally.refused > tally.sent / 4
    assert len(tally.reasons) > 12


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def test_no_request_is_answered_with_a_fault_of_ours(house: ApiHouse) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: NOT FUZZED")
    from tests.fuzz import requests

    assert schemathesis.__version__
    house.sos(1)
    sparing = max(1, 8 // TIMES)
    tally = requests.run(house, 60 * TIMES, ROLES, start=SEED, sparing=sparing)
    assert tally.faults == {}, f"NOWALLS_FUZZ_SEED={SEED}"
    assert tally.sent > 30
    assert set(tally.by_role) == set(ROLES)


def test_no_input_that_reaches_new_lines_of_a_decoder_breaks_it(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed: NO COVERAGE-GUIDED FUZZING")
    command = [sys.executable, "-m", "tests.fuzz.coverage", str(tmp_path / "corpus"), str(3 * TIMES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100 * TIMES)
    assert done.returncode == 0, done.stderr[-3000:]
    runs = re.search(r"DONE.*cov: (\d+)|Done (\d+) runs", done.stderr)
    assert runs is not None, done.stderr[-3000:]
