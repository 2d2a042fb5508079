"""Requests that are nearly right, made up quickly from the description of the API; many thousand a minute."""

import contextlib
import http.client
import json
import random
import re
import sys
import time
from typing import Any
from urllib.parse import quote, urlencode

from tests.fuzz.tally import Tally
from tests.support.api import EAST, STREET, ApiHouse

ODD = (
    "", " ", "0", "-1", "1", "99", "2147483647", "2147483648", "9" * 40, "1e9", "nan", "true", "null",
    "\x00", "a\x00b", "\ud7ff", "\u202e", "<script>alert(1)</script>", "' OR '1'='1", "'; DROP TABLE x; --",
    "%", "%s", "%(paths)s", "{0}", "../../etc/passwd", "1.2.3", "x" * 5000, "[]", "{}", "é😀中文",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


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
        described = operation["requestBody"]["content"].get("application/json")
        # A picture or a sheet: something is sent all the same.
        return self.value(described["schema"]) if described else self._draw.choice(ODD)

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


class Caller:
    """One connection, kept; somebody of a role."""

    def __init__(self, house: ApiHouse, role: str) -> None:
        self._house, self.role = house, role
        self._address = house.url.removeprefix("http://")
        self._connection = http.client.HTTPConnection(self._address, timeout=30)
        self._headers: dict[str, str] = {}
        self.sign_in()

    def sign_in(self) -> None:
        """Come in by an invitation; a stranger does not."""
        if self.role == "stranger":
            return
        where = {"family": {"resident": 1}, "administrator": {"station": STREET}}
        person = self._house.person(self.role, **where.get(self.role, {"station": EAST}))
        cookies = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
        self._headers = {"Cookie": cookies, "X-CSRF-Token": person.session["csrf"]}

    def _exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method.upper(), path, data, headers)
        answer = self._connection.getresponse()
        return answer, answer.read()

    def ask(self, method: str, path: str, body: Any) -> tuple[int, str, bytes]:
        """(status, media type, body) of the answer."""
        headers, data = dict(self._headers), None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            answer, said = self._exchange(method, path, data, headers)
        except ConnectionError:
            # A connection that was idle for long is closed by the server; what it closes twice is its fault.
            self._connection.close()
            try:
                answer, said = self._exchange(method, path, data, headers)
            except ConnectionError as error:  # a broken pipe would end a command without a word
                raise RuntimeError(f"{method} {path} was cut off: {type(error).__name__}") from error
        return answer.status, answer.headers.get_content_type(), said


def run(house: ApiHouse, count: int, roles: tuple[str, ...], start: int, within_s: float = 1e9) -> Tally:
    """`count` requests to the running API of `house`, by each role in turn; fewer when time is up."""
    tally, draw, began = Tally(), random.Random(start), time.monotonic()
    callers = [Caller(house, role) for role in roles]
    _, _, document = callers[-1].ask("GET", "/api/v1/openapi.json", None)
    guesser = Guesser(json.loads(document), draw)
    incidents = [str(row[0]) for row in house.conn.execute("SELECT id FROM incident").fetchall()]
    keys = {"incident": (*incidents, "x"), "day": ("2026-03-01", "0001-01-01", "x"), "kind": ("fall", "x")}
    for turn in range(count):
        if turn % 1000 == 999:
            print(turn + 1, len(tally.faults), f"{time.monotonic() - began:.0f} s", file=sys.stderr)
        if time.monotonic() - began > within_s:
            break
        caller = callers[turn % len(callers)]
        method, path, operation = draw.choice(guesser.operations)
        filled = re.sub(r"{(\w+)}", lambda name: quote(_key(draw, keys, name[1]), safe=""), path)
        asked = [
            one for one in operation.get("parameters", []) if one["in"] == "query" and draw.random() < 0.5
        ]
        query = {one["name"]: _text(guesser.value(one["schema"])) for one in asked}
        if query:
            filled += "?" + urlencode(query, errors="replace")
        status, media, said = caller.ask(method, filled, guesser.body(operation))
        tally.note(status, caller.role)
        if status >= 500:
            tally.faults.setdefault(f"{method} {path} {status}", f"{caller.role} {filled} {said[:300]!r}")
        elif status >= 400 and media != "application/problem+json":
            tally.faults.setdefault(f"{method} {path} {status} {media}", f"{caller.role} {filled}")
        if status == 401 and caller.role != "stranger" and b"signed-out" in said:
            _again(house, caller)
    tally.seconds = time.monotonic() - began
    return tally


def _again(house: ApiHouse, caller: Caller) -> None:
    """Come in again; who attacked the doors themselves waits first until they open."""
    house.clock.advance(minutes=20)
    house.wall.advance(minutes=20)
    with contextlib.suppress(AssertionError):  # not yet: the next answer brings us here again
        caller.sign_in()


def _key(draw: random.Random, keys: dict[str, tuple[str, ...]], name: str) -> str:
    if draw.random() < 0.08:
        return draw.choice(ODD).encode(errors="replace").decode()[:300] or "x"
    return draw.choice(keys.get(name, ("1", "1", "2", "3", "99", "x")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
