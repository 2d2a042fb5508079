"""The API as people meet it: a real server on a real database, with clocks that the test moves."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import uvicorn
from websockets.sync.client import ClientConnection, connect

from alerts import cycles, store
from api import tokens
from api.app import create_app
from api.live.wire import Wire
from api.settings import ApiSettings
from core import timeseries
from core.batch import Batch
from core.clock import ManualClock
from core.finding import Finding, Reason
from core.instant import from_datetime, to_datetime
from core.sealed import MARK
from core.settings import Settings
from ingest.decode import Decoded
from ingest.store import Store, Write
from tests.support.village import settle

START = datetime(2026, 3, 1, 3, tzinfo=UTC)
PASSWORD = "a long enough password"
CITY, STREET, EAST, WEST = 1, 2, 3, 4  # stations of the village; odd homes (and residents) are in EAST


def until(what: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer of `what`."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
    return answer


class Ear:
    """A socket on the live feed."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.hello = self.next("hello")

    def next(self, *types: str, seconds: float = 60) -> dict[str, Any]:
        """The next message of one of `types`; others are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            text = self.connection.recv(timeout=max(0, deadline - time.monotonic()))
            assert MARK not in str(text), "sealed text on the live feed"
            message = json.loads(text)
            if message["type"] in types:
                return message  # type: ignore[no-any-return]

    def forget(self) -> None:
        """Pass over what came already: what is heard from now on was said from now on."""
        with suppress(TimeoutError):
            while True:
                self.connection.recv(timeout=0)

    def incident(self) -> dict[str, Any]:
        return self.next("incident")["incident"]  # type: ignore[no-any-return]


def _nothing_sealed(answer: httpx.Response) -> None:
    """What is sealed in the database is opened before anybody sees it, on every way there is."""
    assert MARK.encode() not in answer.read(), f"sealed text from {answer.url.path}"


class Person:
    """Somebody with a browser, signed in or not."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Plain HTTP: loading certificates would take longer than the calls.
        self.http = httpx.Client(
            base_url=f"{url}/api/v1", timeout=30, verify=False, event_hooks={"response": [_nothing_sealed]}
        )
        self.session: dict[str, Any] = {}

    def became(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.session = answer.json()
        self.http.headers["X-CSRF-Token"] = self.session["csrf"]

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def act(self, incident: str, action: str, **more: Any) -> httpx.Response:
        return self.post(f"/incidents/{incident}/actions", action=action, **more)

    @contextmanager
    def listens(self, cursor: str = "", origin: str | None = None) -> Iterator[Ear]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        address = self.url.replace("http", "ws") + "/api/v1/live" + (f"?cursor={cursor}" if cursor else "")
        with connect(
            address,
            additional_headers={"Cookie": cookies},
            origin=origin or self.url,  # type: ignore[arg-type]
            compression=None,
            close_timeout=1,
        ) as connection:
            yield Ear(connection)


class ApiHouse:
    """A village, its alert engine by hand, and the API before it."""

    def __init__(self, dsn: str, folder: Path, conn: psycopg.Connection[Any], found: Store) -> None:
        self.dsn, self.folder, self.conn, self._found = dsn, folder, conn, found
        self.clock, self.wall = ManualClock(from_datetime(START)), ManualClock(from_datetime(START))
        store.seed_policies(conn, START)
        self._policies = store.policies(conn)
        self.url = ""
        self._people: list[Person] = []

    @contextmanager
    def serves(self, broker_url: str = "", interpreter_url: str = "", **own: Any) -> Iterator[None]:
        """While the API runs; with a broker, devices are answered there too."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            listener.listen(200)
            settings = Settings(  # type: ignore[call-arg]
                database_url=self.dsn,
                broker_url=broker_url,
                interpreter_url=interpreter_url,
                data_dir=self.folder,
                http_port=port,
            )
            app = create_app(settings, ApiSettings(**own), self.clock, self.wall)
            config = uvicorn.Config(
                app,
                log_config=None,
                ws=Wire,
                ws_max_size=4096,
                ws_max_queue=8,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=2,
            )
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            self.url = f"http://127.0.0.1:{port}"
            until(lambda: server.started)
            try:
                yield
            finally:
                for person in self._people:
                    person.http.close()
                server.should_exit = True
                thread.join(10)

    def stranger(self) -> Person:
        person = Person(self.url)
        self._people.append(person)
        return person

    def invitation(self, role: str, station: int | None = None, resident: int | None = None) -> str:
        """A code as the command line makes it."""
        code = tokens.fresh()
        now = to_datetime(self.wall.now())
        self.conn.execute(
            "INSERT INTO invitation (code_hash, role, station_id, resident_id, created_at, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (tokens.digest(code), role, station, resident, now, now + timedelta(days=7)),
        )
        return code

    def person(self, role: str, station: int | None = None, resident: int | None = None) -> Person:
        """Somebody who came by an invitation."""
        someone = self.stranger()
        code = self.invitation(role, station, resident)
        login = f"{role}.{len(self._people)}"
        someone.became(
            someone.post(
                "/invitations/redeem", code=code, login=login, password=PASSWORD, name=login, language="en"
            )
        )
        return someone

    def finds(self, kind: str, home: int = 1, **known: Any) -> Finding:
        """A detector finds something, and the engine makes an incident of it."""
        now = self.clock.now()
        known = {"resident": home, "onset": now, "at": now, "reason": Reason(f"{kind}.x")} | known
        finding = Finding(kind=kind, home=home, **known)
        self._found.write(Write(Decoded(Batch(now)), [finding]), now)
        self.engine_works()
        return finding

    def engine_works(self) -> None:
        while cycles.triage(self.conn, self._policies, self.clock.now()):
            pass
        cycles.due(self.conn, self._policies, self.clock.now())

    def sos(self, home: int = 1) -> str:
        """An open incident; returns its id."""
        finding = self.finds("sos", home)
        row = self.conn.execute("SELECT id FROM incident WHERE finding_id = %s", (finding.id,)).fetchone()
        assert row is not None
        return str(UUID(str(row[0])))


@contextmanager
def api_house(dsn: str, folder: Path) -> Iterator[ApiHouse]:
    """A village of four homes, two in each community, with nobody signed in."""
    settle(dsn, START, homes=4)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        with conn.transaction():
            timeseries.make_room(conn, timeseries.engine(conn), START)
        yield ApiHouse(dsn, folder, conn, Store(other))
