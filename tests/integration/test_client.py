"""The Python client against a running API, and what a type checker says of programs that use it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import EAST, ApiHouse, api_house

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "clients" / "python"

RIGHT = """
from nowalls_client import Client
from nowalls_client.models import Incident

def first(nowalls: Client) -> str:
    page = nowalls.get_incidents(state="active", limit=1)
    one: Incident = page["items"][0]
    nowalls.post_incidents_incident_actions(one["id"], {"action": "acknowledge"})
    return one["kind"]

def wrong(nowalls: Client) -> None:
    nowalls.get_incidents(state="asleep")  # type: ignore[arg-type]
    nowalls.get_incidents()["items"][0]["nmae"]  # type: ignore[typeddict-item]
    nowalls.post_tokens({"name": "x"})  # type: ignore[typeddict-item]
    nowalls.get_residents_resident("one")  # type: ignore[arg-type]
"""


@pytest.fixture(scope="module")
def package() -> Iterator[Any]:
    """The folder alone, as it is installed."""
    sys.path.insert(0, str(FOLDER))
    import nowalls_client

    yield nowalls_client
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("village")) as built, built.serves():
        yield built


@pytest.fixture(scope="module")
def token(house: ApiHouse) -> str:
    boss = house.person("administrator")
    actions = ["see_incidents", "act_on_incidents", "see_residents", "export"]
    made = boss.post("/tokens", name="client", actions=actions, station_id=EAST)
    return str(made.json()["token"])


def test_it_reads_and_acts(house: ApiHouse, package: Any, token: str) -> None:
    incident = house.sos(1)
    with package.Client(house.url, token) as nowalls:
        assert [one["id"] for one in nowalls.each_residents(limit=1)] == [1, 3], "page after page"
        found = nowalls.get_incidents(state="active")["items"]
        assert incident in [one["id"] for one in found]
        done = nowalls.post_incidents_incident_actions(incident, {"action": "acknowledge"})
        assert done["state"] == "acknowledged"
        since = datetime(2026, 2, 28, tzinfo=UTC)
        table = nowalls.get_export_incidents(from_=since, format="csv")
        assert table.startswith(b"\xef\xbb\xbfid,number")
        points = nowalls.get_residents_resident_readings(1, metric="spo2", from_=since)
        assert (points["metric"], points["points"]) == ("spo2", [])


def test_what_is_refused_is_a_problem_with_its_code(house: ApiHouse, package: Any, token: str) -> None:
    with package.Client(house.url, token) as nowalls:
        with pytest.raises(package.Problem) as refused:
            nowalls.get_residents_resident(2)
        assert (refused.value.status, refused.value.code) == (404, "not-found")
        with pytest.raises(package.Problem) as refused:
            nowalls.get_quarantine()
        assert refused.value.code == "not-permitted"
    with package.Client(house.url, "nwt_wrong") as nowalls, pytest.raises(package.Problem) as refused:
        nowalls.get_incidents()
    assert refused.value.code == "bad-token"


def test_the_program_of_its_page_runs(house: ApiHouse, package: Any, token: str) -> None:
    house.clock.advance(minutes=1)
    house.finds("fall", 1)
    programs = re.findall(
        r"```python\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert programs
    for program in programs:
        exec(compile(program, "README.md", "exec"), {"URL": house.url, "TOKEN": token})


def test_a_type_checker_takes_it_and_finds_mistakes(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(RIGHT)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache" / "client")]
    done = subprocess.run(
        [*command, str(FOLDER / "nowalls_client"), str(tmp_path / "program.py")],
        cwd=tmp_path, env={"MYPYPATH": str(FOLDER), "PATH": ""}, capture_output=True, text=True, timeout=240,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout  # strict: an ignored mistake that is none would be one
