"""Odd and hostile requests: no answer is a 5xx, and nothing of another scope comes back."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import EAST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration

ODD = (
    "", " ", "0", "-1", "1", "99", "2147483647", "2147483648", "9" * 40, "1e9", "nan", "true", "null",
    "\x00", "a\x00b", "\ud7ff", "\u202e", "<script>alert(1)</script>", "' OR '1'='1", "'; DROP TABLE x; --",
    "%", "%s", "%(paths)s", "{0}", "../../etc/passwd", "1.2.3", "x" * 5000, "[]", "{}", "é😀中文",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def operations(person: Person) -> list[tuple[str, str, list[str]]]:
    """(method, path, names of its query parameters) of every route but signing out."""
    paths: dict[str, Any] = person.http.get("/openapi.json").json()["paths"]
    return [
        (method, path, [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"])
        for path, methods in paths.items()
        for method, operation in methods.items()
        if (path, method) != ("/api/v1/session", "delete")
    ]


def value(draw: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    choices: list[Any] = [draw.choice(ODD), draw.randint(-5, 2**64), None, True, 1.5]
    if depth < 2:
        choices += [[value(draw, depth + 1)], {draw.choice(ODD): value(draw, depth + 1)}]
    return draw.choice(choices)


def test_a_storm_of_odd_requests(house: ApiHouse) -> None:
    foreign, own = house.sos(2), house.sos(1)
    operator = house.person("operator", EAST)
    known = [
        "action",
        "note",
        "outcome",
        "version",
        "role",
        "station_id",
        "resident_id",
        "login",
        "password",
        "code",
    ]
    draw, routes = random.Random(8), operations(operator)
    statuses: dict[int, int] = {}
    for turn in range(600):
        method, path, names = routes[turn % len(routes)]
        incident = draw.choice((foreign, own, "x"))
        resident = draw.choice(("1", "2", "99", "-1", "x"))
        url = house.url + path.replace("{incident}", incident).replace("{resident}", resident)
        params = {name: draw.choice(ODD) for name in names if draw.random() < 0.5}
        body = {name: value(draw) for name in known if draw.random() < 0.4} if method == "post" else None
        answer = operator.http.request(method, url, params=params, json=body)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (method, url, params, body, answer.text)
        assert "West" not in answer.text
        assert foreign not in answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
    assert statuses[200] > 50  # the storm is not only noise
    assert statuses[422] > 50
    changed = house.conn.execute("SELECT id FROM incident WHERE resident_id = 2 AND version > 2").fetchall()
    assert changed == []


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /api/v1/residents/%ff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/session HTTP/1.1\r\nHost: x\r\nCookie: nw_session=\xff\xfe; =; ;;\r\n\r\n",
        b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n\xff{",
        b"GET /static/%2e%2e/%2e%2e/pyproject.toml HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_bytes_no_browser_would_send(house: ApiHouse, raw: bytes) -> None:
    host, port = house.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(raw)
        line = connection.recv(4096).split(b"\r\n")[0]
    assert line.split()[1][:1] == b"4", line


def test_names_of_devices_and_people_stay_words(house: ApiHouse) -> None:
    evil = "<img src=x onerror=alert(1)>"
    house.conn.execute("UPDATE resident SET name = %s WHERE id = 1", (evil,))
    house.sos(1)
    answer = house.person("operator", EAST).http.get("/incidents")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["items"][0]["resident"]["name"] == evil
