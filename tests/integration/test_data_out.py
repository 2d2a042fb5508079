"""What leaves by files and warnings: complete, in its documented shape, authorised and kept in the audit."""

import csv
import io
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from care.store.takeout import INCIDENTS, READINGS, Table
from core.instant import to_datetime
from tests.support.api import EAST, START, STREET, ApiHouse, Person
from tests.support.fhir import AGREES, OTHER, READS, fhir_house, measure

pytestmark = pytest.mark.integration
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with fhir_house(shared_dsn, tmp_path_factory.mktemp("village")) as built:
        for resident in (AGREES, OTHER):
            for minutes in range(3):
                measure(built, resident, minutes_ago=minutes, heart_rate=60 + minutes, spo2=97)
        built.clock.advance(minutes=1)
        yield built


@pytest.fixture(scope="module")
def fire(house: ApiHouse) -> str:
    finding = house.finds("smoke", 1, resident=None)
    row = house.conn.execute("SELECT id FROM incident WHERE finding_id = %s", (finding.id,)).fetchone()
    assert row is not None
    house.clock.advance(minutes=1)
    return str(row[0])


def made(house: ApiHouse, *actions: str, station: int | None = EAST) -> str:
    boss = house.person("administrator")
    answer = boss.post("/tokens", name="data", actions=list(actions), station_id=station)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def machine(house: ApiHouse, *actions: str, station: int | None = EAST) -> Person:
    someone = house.stranger()
    someone.http.headers["Authorization"] = f"Bearer {made(house, *actions, station=station)}"
    return someone


def lines(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_measurements_leave_by_row_and_only_of_ones_own_part_of_the_tree(house: ApiHouse) -> None:
    everything = lines(machine(house, "export", station=STREET).http.get("/export/readings"))
    assert {one["resident_id"] for one in everything} == {str(AGREES), str(OTHER)}
    mine = lines(machine(house, "export").http.get("/export/readings", params={"metric": "heart_rate"}))
    assert sorted(float(one["value"]) for one in mine) == [60, 61, 62]
    assert {(one["home"], one["device"], one["unit"], one["station"]) for one in mine} == {
        ("h1", "w1", "/min", "east")
    }
    assert all(re.fullmatch(r"2026-03-01T0\d:\d\d:00\.000000Z", one["time"]) for one in mine)
    row = house.conn.execute(
        "SELECT what, actions, residents FROM audit_entry ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert row == ("GET /export/readings", ["export"], [AGREES])


def test_parquet_has_the_types_of_the_documentation(house: ApiHouse, fire: str) -> None:
    robot = machine(house, "export")
    for name, table in (("readings", READINGS), ("incidents", INCIDENTS)):
        answer = robot.http.get(f"/export/{name}", params={"format": "parquet"})
        found = pq.read_table(io.BytesIO(answer.content))
        assert found.schema.names == [column.name for column in table.shape]
        kinds = {"instant": "timestamp[us, tz=UTC]", "number": "double", "whole": "int64", "flag": "bool"}
        wanted = [kinds.get(column.kind, "string") for column in table.shape]
        assert [str(kind) for kind in found.schema.types] == wanted
        assert found.num_rows > 0
    incident = next(one for one in found.to_pylist() if one["id"] == fire)
    assert (incident["kind"], incident["home"], incident["resident_id"]) == ("smoke", "h1", None)
    assert incident["onset"] == START + timedelta(minutes=1)


def test_incidents_say_how_long_each_step_took(house: ApiHouse, fire: str) -> None:
    desk = house.person("operator", EAST)
    began = START + timedelta(minutes=1)
    assert desk.act(fire, "acknowledge").status_code == 200
    later = to_datetime(house.clock.now())
    house.clock.advance(seconds=40)
    found = lines(machine(house, "export").http.get("/export/incidents"))
    row = next(one for one in found if one["id"] == fire)
    assert row["onset"] == began.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert row["acknowledged_at"] == later.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert (row["arrived_at"], row["drill"]) == ("", "false")


def test_who_takes_data_out_is_somebody_who_may_and_has_just_proved_it(house: ApiHouse) -> None:
    for role, where in (("operator", {"station": EAST}), ("responder", {"station": EAST})):
        refused = house.person(role, **where).http.get("/export/readings")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    boss = house.person("administrator", EAST)
    assert boss.http.get("/export/readings").status_code == 200
    house.wall.advance(minutes=11)
    again = boss.http.get("/export/readings")
    assert (again.status_code, again.json()["code"]) == (403, "confirm-again")
    robot = machine(house, "export")
    for wrong in ({"metric": "mood"}, {"from": "2024-01-01T00:00:00Z"}, {"format": "xlsx"}):
        assert robot.http.get("/export/readings", params=wrong).status_code == 422
    assert robot.http.get("/export/readings", params={"station": 4}).status_code == 404


def test_a_fire_is_a_warning_and_stands_in_the_feed(house: ApiHouse, fire: str) -> None:
    brigade = machine(house, "see_incidents")
    answer = brigade.http.get(f"/incidents/{fire}/cap")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cap+xml")
    assert f"<identifier>{fire}." in answer.text
    assert "<areaDesc>1 Lane</areaDesc>" in answer.text
    assert "Resident 1" not in answer.text
    feed = brigade.http.get("/rescue-warnings")
    assert feed.headers["content-type"] == "application/atom+xml"
    assert f"/api/v1/incidents/{fire}/cap" in feed.text
    fall = house.sos(1)
    assert brigade.http.get(f"/incidents/{fall}/cap").json()["code"] == "no-warning"
    assert fall not in brigade.http.get("/rescue-warnings").text
    other = machine(house, "see_incidents", station=4)
    assert other.http.get(f"/incidents/{fire}/cap").status_code == 404
    assert fire not in other.http.get("/rescue-warnings").text


@pytest.mark.parametrize(("table", "heading"), [(READINGS, "readings"), (INCIDENTS, "incidents")])
def test_the_columns_are_documented(table: Table, heading: str) -> None:
    page = (
        (DOCS / "data-out.md")
        .read_text(encoding="utf-8")
        .partition(f"### {heading}\n")[2]
        .partition("###")[0]
    )
    told = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert told == [(column.name, column.kind, meaning) for column, meaning in table.columns]


@pytest.mark.parametrize("page", ["fhir.md", "data-out.md", "api.md"])
def test_every_command_of_the_page_runs(house: ApiHouse, fire: str, page: str, tmp_path: Path) -> None:
    known: dict[str, Any] = {"URL": house.url, "TOKEN": made(house, *READS, "export"), "FIRE": fire}
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=tmp_path, env=os.environ | known,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (block, done.stdout[-500:], done.stderr[-500:])
