"""Hospitals that read FHIR, and a village whose people agreed, or did not."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from core.instant import to_datetime
from core.quantity import BY_NAME
from tests.support.api import EAST, START, ApiHouse, Person, api_house

READS = ("see_residents", "see_devices", "see_incidents", "see_contacts", "see_care", "add_observations")
AGREES, SILENT, OTHER = 1, 3, 2  # residents: 1 and 3 in EAST, 2 in WEST; 3 never agreed to a hand-over


@contextmanager
def fhir_house(dsn: str, folder: Path) -> Iterator[ApiHouse]:
    """A village that is served, in which AGREES and OTHER agreed to a hand-over."""
    with api_house(dsn, folder) as built, built.serves():
        for resident in (AGREES, OTHER):
            agree(built, resident)
        yield built


def agree(house: ApiHouse, resident: int) -> None:
    house.conn.execute(
        "INSERT INTO consent (resident_id, purpose, version, given_at) VALUES (%s, 'handover', 1, %s)",
        (resident, START - timedelta(days=1)),
    )


def token(house: ApiHouse, *actions: str, station: int | None = EAST) -> Person:
    boss = house.person("administrator")
    made = boss.post("/tokens", name="hospital", actions=list(actions or READS), station_id=station)
    assert made.status_code == 201, made.text
    return machine(house, made.json()["token"])


def machine(house: ApiHouse, secret: str) -> Person:
    someone = house.stranger()
    someone.http.close()
    someone.http = httpx.Client(base_url=f"{house.url}/fhir", timeout=30, verify=False)
    someone.http.headers["Authorization"] = f"Bearer {secret}"
    return someone


def valid(body: dict[str, Any]) -> dict[str, Any]:
    """`body`, once the library of the standard has taken it, field by field."""
    kind = body["resourceType"]
    module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
    assert getattr(module, kind).model_validate(body) is not None
    for entry in body.get("entry", []):
        valid(entry["resource"])
    return body


def found(person: Person, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = person.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    return [entry["resource"] for entry in valid(answer.json()).get("entry", [])]


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    issue = valid(answer.json())["issue"][0]
    assert issue["code"] == code, issue
    return issue  # type: ignore[no-any-return]


def measure(house: ApiHouse, resident: int, minutes_ago: float = 5, device: int = 0, **values: float) -> None:
    """The watch of the resident (of homes with five devices each the first) said so."""
    at = to_datetime(house.clock.now()) - timedelta(minutes=minutes_ago)
    watch = device or (resident - 1) * 5 + 1
    for name, value in values.items():
        house.conn.execute(
            "INSERT INTO reading (time, value, delay_ms, home_id, device_id, resident_id, metric)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (at, value, 0, resident, watch, resident, BY_NAME[name].id),
        )
