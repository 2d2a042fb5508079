"""Odd and hostile requests: no answer is a 5xx, and nothing of another scope comes back."""

import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.guess import Guesser
from tests.fuzz.words import ODD
from tests.support.api import EAST, ApiHouse, api_house

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def test_a_storm_of_odd_requests(house: ApiHouse) -> None:
    foreign, own = house.sos(2), house.sos(1)
    operator = house.person("operator", EAST)
    house.conn.execute(
        "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
        " SELECT id, 'administrator', %s, created_at FROM account",
        (EAST,),
    )
    draw = random.Random(8)
    guesser = Guesser(operator.http.get("/openapi.json").json(), draw)
    keys = {
        "incident": (foreign, own, own, "x"), "resident": ("1", "1", "2", "99", "-1", "x"),
        "station": (str(EAST), str(EAST), "4", "99"), "day": ("2026-03-01", "0001-01-01", "x"),
        "kind": ("fall", "water", "x"),
        "session": ("99", "x"),  # who ends their own is answered nothing but 401 from then on
    }  # fmt: skip
    statuses: dict[int, int] = {}
    for turn in range(700):
        method, path, operation = guesser.operations[turn % len(guesser.operations)]
        url = house.url + re.sub(
            r"{(\w+)}", lambda name: draw.choice(keys.get(name[1], ("1", "2", "x"))), path
        )
        asked = [
            one for one in operation.get("parameters", []) if one["in"] == "query" and draw.random() < 0.5
        ]
        params = {one["name"]: guesser.value(one["schema"]) for one in asked}
        if draw.random() < 0.3:
            params = {name: draw.choice(ODD) for name in params}
        body = guesser.body(operation)
        answer = operator.http.request(method, url, params=params, json=body)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (method, url, params, body, answer.text)
        assert "West" not in answer.text
        assert foreign not in answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
    assert statuses[200] > 100  # the storm is not only noise
    assert statuses[422] > 100
    assert statuses[201] > 0
    changed = house.conn.execute("SELECT id FROM incident WHERE resident_id = 2 AND version > 2").fetchall()
    assert changed == []


STRANGE = (
    b"GET /api/v1/residents/%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/v1/session HTTP/1.1\r\nHost: x\r\nCookie: nw_session=\xff\xfe; =; ;;\r\n\r\n",
    b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n\xff{",
    b"GET /static/%2e%2e/%2e%2e/pyproject.toml HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
)


def test_bytes_no_browser_would_send(house: ApiHouse) -> None:
    host, port = house.url.removeprefix("http://").split(":")
    for raw in STRANGE:
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(raw)
            line = connection.recv(4096).split(b"\r\n")[0]
        assert line.split()[1][:1] == b"4", (raw, line)


def test_names_of_devices_and_people_stay_words(house: ApiHouse) -> None:
    evil = "<img src=x onerror=alert(1)>"
    house.conn.execute("UPDATE resident SET name = %s WHERE id = 1", (evil,))
    house.sos(1)
    answer = house.person("operator", EAST).http.get("/incidents")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["items"][0]["resident"]["name"] == evil
