"""A short run of what `python -m tests.fuzz` does for long: messages into ingest, requests to the API."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz import messages
from tests.support.api import ApiHouse, api_house

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
ROLES = ("stranger", "family", "responder", "operator", "administrator")


def test_no_message_is_lost_or_stops_the_stream(dsn: str) -> None:
    tally = messages.run(dsn, 12_000, seed=20)
    assert tally.faults == []
    assert tally.read > 1_500  # the storm is not only noise
    assert tally.refused > 3_000
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
    tally = requests.run(house, 120, ROLES, start=5, sparing=4)
    faults = {where: what for where, what in tally.faults.items() if "ServerError" in where}
    assert faults == {}
    assert tally.sent > 50
    assert tally.statuses.get(200, 0) > 3


def test_no_input_that_reaches_new_lines_of_a_decoder_breaks_it(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed: NO COVERAGE-GUIDED FUZZING")
    command = [sys.executable, "-m", "tests.fuzz.coverage", str(tmp_path / "corpus"), "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr[-3000:]
    runs = re.search(r"DONE.*cov: (\d+)|Done (\d+) runs", done.stderr)
    assert runs is not None, done.stderr[-3000:]
