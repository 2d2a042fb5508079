"""The page of status: everybody reads whether it works, only who runs the whole house what does not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.delivery.watch import PARTS
from core.embedded.nats import Nats
from tests.support.api import EAST, ApiHouse, api_house

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path, broker: Nats) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as here, here.serves(broker.url):
        yield here


def at_work(house: ApiHouse) -> None:
    for part in PARTS:
        house.conn.execute("INSERT INTO heartbeat VALUES (%s, %s)", (part, datetime.now(UTC)))


def test_a_stranger_reads_that_it_works_and_nothing_else(house: ApiHouse) -> None:
    at_work(house)
    stranger = house.stranger()
    answer = stranger.http.get("/status")
    assert answer.status_code == 200
    assert answer.json().keys() == {"works", "at"}
    assert answer.json()["works"] is True
    page = stranger.http.get(f"{house.url}/status", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "It works" in page.text
    assert "<li class" not in page.text
    assert "script" not in page.text
    assert stranger.http.get("/status/details").status_code == 401


def test_while_a_part_is_silent_it_says_so_and_to_who_runs_the_house_which(house: ApiHouse) -> None:
    page = house.stranger().http.get(f"{house.url}/status")
    assert page.status_code == 503
    assert "系统有故障" in page.text
    assert house.stranger().http.get("/status").json()["works"] is False
    chief, desk = house.person("administrator"), house.person("administrator", EAST)
    details = chief.http.get("/status/details").json()
    assert details["works"] is False
    by_check = {one["check"]: one for one in details["checks"]}
    assert by_check["broker"]["level"] == "well"
    assert by_check["parts"]["level"] == "broken"
    assert set(by_check["parts"]["text"]) == {"zh", "en"}
    assert '<li class="broken">✗' in chief.http.get(f"{house.url}/status").text
    assert desk.http.get("/status/details").status_code == 403
    assert "<li class" not in desk.http.get(f"{house.url}/status").text
