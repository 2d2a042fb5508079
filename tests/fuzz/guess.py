"""Requests that are nearly right, made up quickly from the description of the API; many thousand a minute."""

import base64
import contextlib
import http.client
import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from care.store import keys
from core.metrics_server import MetricsServer
from tests.fuzz.doors import Asked, Doors, metrics_door, socket_door
from tests.fuzz.tally import Tally
from tests.fuzz.words import ODD
from tests.support.api import EAST, START, STREET, ApiHouse
from tests.support.fhir import READS

EDGES: dict[str, tuple[str, ...]] = {
    "date-time": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T03:00:00Z",
                  "2026-03-02T03:00:00+14:00", "2026-03-01T03:00:00", "1969-12-31T00:00:00-12:00"),
    "date": ("0001-01-01", "9999-12-31", "2026-03-01", "2024-02-29"),
    "time": ("00:00", "23:59:59.999999", "08:00", "08:00:00+08:00"),
    "uuid": ("00000000-0000-0000-0000-000000000000",),
}  # fmt: skip
# What ends the session of whoever asks would make everything after it an attack from outside.
LEAVING = frozenset({("/api/v1/session", "delete")})
NUMBERS = (0, 1, 2, 3, 4, 60, 5000, -1, 0.5, 1e308, 2**31 - 1, 2**31, 2**63)


_JSON = {"Content-Type": "application/json"}
_PROBLEMS = ("application/problem+json", "application/fhir+json")
_OF_A_MACHINE = [*READS, "see_rules", "see_quarantine", "see_services", "take_photos", "export"]


class Guesser:
    """Makes requests that are nearly right, from the description of the API."""

    def __init__(self, document: dict[str, Any], draw: random.Random) -> None:
        self._schemas, self._draw = document["components"]["schemas"], draw
        self.operations = [
            (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if (path, method) not in LEAVING
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
        role = "administrator" if self.role == "machine" else self.role
        person = self._house.person(role, **where.get(role, {"station": EAST}))
        if self.role == "machine":
            made = person.post("/tokens", name="fuzz", actions=_OF_A_MACHINE, station_id=EAST)
            assert made.status_code == 201, made.text
            self._headers = {"Authorization": f"Bearer {made.json()['token']}"}
            return
        cookies = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
        self._headers = {"Cookie": cookies, "X-CSRF-Token": person.session["csrf"]}

    def _exchange(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method.upper(), path, data, headers)
        answer = self._connection.getresponse()
        return answer, answer.read()

    @property
    def cookie(self) -> str:
        """What a browser of theirs sends."""
        return self._headers.get("Cookie", "")

    def ask(self, method: str, path: str, body: Any) -> tuple[int, str, bytes]:
        """(status, media type, body) of the answer to a request with a body of JSON, or with none."""
        if body is None:
            return self.send(Asked(method, path))
        return self.send(Asked(method, path, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def send(self, asked: Asked) -> tuple[int, str, bytes]:
        """The same of any request."""
        method, path, data = asked.method, asked.path, asked.data
        headers = self._headers | asked.headers
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


class Storm:
    """Requests of all kinds to the running API of `house`, by each role in turn."""

    def __init__(self, house: ApiHouse, roles: tuple[str, ...], draw: random.Random) -> None:
        self.tally, self._house, self._draw = Tally(), house, draw
        self.callers = [Caller(house, role) for role in roles]
        _, _, document = self.callers[-1].ask("GET", "/api/v1/openapi.json", None)
        self._guesser = Guesser(json.loads(document), draw)
        incidents = tuple(str(row[0]) for row in house.conn.execute("SELECT id FROM incident").fetchall())
        self._doors = Doors(draw, _device(house), incidents)
        self._keys = {
            "incident": (*incidents, "x"),
            "day": ("2026-03-01", "0001-01-01", "x"),
            "kind": ("fall", "x"),
        }
        self._metrics = MetricsServer(("127.0.0.1", 0), "a token of the numbers")
        threading.Thread(target=self._metrics.serve_forever, daemon=True).start()

    def one(self, turn: int) -> None:
        """The next request, judged."""
        caller, draw = self.callers[turn % len(self.callers)], self._draw
        if turn % 150 == 149:
            self._visit(caller)
        elif draw.random() < 0.2:
            asked = self._doors.one()
            self._judge(caller, asked, asked.door)
        else:
            asked, route = self._described()
            self._judge(caller, asked, route)

    def _described(self) -> tuple[Asked, str]:
        draw = self._draw
        method, path, operation = draw.choice(self._guesser.operations)
        filled = re.sub(r"{(\w+)}", lambda name: quote(_key(draw, self._keys, name[1]), safe=""), path)
        wanted = [
            one for one in operation.get("parameters", []) if one["in"] == "query" and draw.random() < 0.5
        ]
        query = {one["name"]: _text(self._guesser.value(one["schema"])) for one in wanted}
        if query:
            filled += "?" + urlencode(query, errors="replace")
        body = self._guesser.body(operation)
        data = None if body is None else json.dumps(body).encode()
        return Asked(method.upper(), filled, data, {} if data is None else _JSON), f"{method.upper()} {path}"

    def _judge(self, caller: Caller, asked: Asked, route: str) -> None:
        status, media, said = caller.send(asked)
        self.tally.note(status, caller.role)
        if _rightly_away(status, asked.path, said):
            return
        if status >= 500:
            self.tally.faults.setdefault(f"{route} {status}", f"{caller.role} {asked.path} {said[:300]!r}")
        elif status >= 400 and media not in _PROBLEMS and asked.method != "HEAD":
            self.tally.faults.setdefault(f"{route} {status} {media}", f"{caller.role} {asked.path}")
        if status == 401 and caller.role != "stranger" and b"signed-out" in said:
            again(self._house, caller.sign_in)

    def _visit(self, caller: Caller) -> None:
        """A socket, and the page of numbers."""
        port = self._metrics.server_address[1]
        for wrong in (
            socket_door(self._house.url, caller.cookie, self._draw),
            metrics_door(int(port), self._metrics.token, self._draw),
        ):
            self.tally.note(500 if wrong else 101, caller.role)
            if wrong:
                self.tally.faults.setdefault(wrong, caller.role)

    def end(self) -> None:
        """Nothing is left running."""
        self._metrics.shutdown()
        self._metrics.server_close()


def _rightly_away(status: int, path: str, said: bytes) -> bool:
    """There is no broker here, which a device is told, and nobody is watched over, which the page says."""
    if status != 503:
        return False
    if path.startswith("/api/v1/device-messages/"):
        return b'"try-again"' in said
    return path.startswith("/status") and b"gate-page" in said


def _device(house: ApiHouse) -> str:
    with psycopg.connect(house.dsn) as conn:
        key = keys.rotate(conn, 1, START)
    return "Basic " + base64.b64encode(f"{key.user}:{key.secret}".encode()).decode()


def run(house: ApiHouse, count: int, roles: tuple[str, ...], start: int, within_s: float = 1e9) -> Tally:
    """`count` requests to the running API of `house`, by each role in turn; fewer when time is up."""
    began = time.monotonic()
    storm = Storm(house, roles, random.Random(start))
    for turn in range(count):
        if turn % 1000 == 999:
            print(turn + 1, len(storm.tally.faults), f"{time.monotonic() - began:.0f} s", file=sys.stderr)
        if time.monotonic() - began > within_s:
            break
        storm.one(turn)
    storm.end()
    storm.tally.seconds = time.monotonic() - began
    return storm.tally


def again(house: ApiHouse, sign_in: Callable[[], None]) -> None:
    """Come in again; who attacked the doors themselves waits until they open: a 429 is a right answer."""
    house.clock.advance(minutes=20)
    house.wall.advance(minutes=20)
    with contextlib.suppress(AssertionError):  # not yet: the next answer brings us here again
        sign_in()


def _key(draw: random.Random, keys: dict[str, tuple[str, ...]], name: str) -> str:
    if draw.random() < 0.08:
        return draw.choice(ODD).encode(errors="replace").decode()[:300] or "x"
    return draw.choice(keys.get(name, ("1", "1", "2", "3", "99", "x")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
