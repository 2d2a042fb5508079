"""Odd and hostile requests: no answer is a 5xx, and nothing of another scope comes back."""

import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import EAST, ApiHouse, api_house

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


EDGES: dict[str, tuple[str, ...]] = {
    "date-time": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T03:00:00Z",
                  "2026-03-02T03:00:00+14:00", "2026-03-01T03:00:00", "1969-12-31T00:00:00-12:00"),
    "date": ("0001-01-01", "9999-12-31", "2026-03-01", "2024-02-29"),
    "time": ("00:00", "23:59:59.999999", "08:00", "08:00:00+08:00"),
    "uuid": ("00000000-0000-0000-0000-000000000000",),
}  # fmt: skip
NUMBERS = (0, 1, 2, 3, 4, 60, 5000, -1, 0.5, 1e308, 2**31 - 1, 2**31, 2**63)


class Guesser:
    """Makes requests that are nearly right, from the description of the API."""

    def __init__(self, document: dict[str, Any], draw: random.Random) -> None:
        self._schemas, self._draw = document["components"]["schemas"], draw
        self.operations = [
            (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if (path, method) != ("/api/v1/session", "delete")
        ]

    def body(self, operation: dict[str, Any]) -> Any:
        if "requestBody" not in operation:
            return None
        return self.value(operation["requestBody"]["content"]["application/json"]["schema"])

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """Something of this form; now and then something else."""
        draw = self._draw
        if draw.random() < 0.06 or depth > 6:
            return draw.choice((draw.choice(ODD), draw.choice(NUMBERS), None, True, [], {}))
        if "$ref" in schema:
            return self.value(self._schemas[schema["$ref"].rsplit("/", 1)[1]], depth + 1)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.value(draw.choice(schema[several]), depth + 1)
        if "const" in schema or "enum" in schema:
            return schema.get("const", draw.choice(schema.get("enum", [None])))
        return self._plain(schema, depth)

    def _plain(self, schema: dict[str, Any], depth: int) -> Any:
        draw, kind = self._draw, schema.get("type")
        if kind == "object":
            wanted, known = schema.get("required", []), schema.get("properties", {})
            return {
                name: self.value(of, depth + 1)
                for name, of in known.items()
                if name in wanted or draw.random() < 0.5
            }
        if kind == "array":
            each = [self.value(one, depth + 1) for one in schema.get("prefixItems", [])]
            more = schema.get("items")
            return (
                each or [self.value(more, depth + 1) for _ in range(draw.choice((1, 1, 3)))] if more else each
            )
        if kind in ("integer", "number"):
            return draw.choice(NUMBERS) if draw.random() < 0.3 else draw.choice((1, 2, 3, 31.2))
        if kind == "string":
            examples = (*schema.get("examples", ()), *EDGES.get(schema.get("format", ""), ()))
            return draw.choice(examples or (draw.choice(ODD), "nowalls", "08:00"))
        return draw.choice((True, False, None))


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
