"""Two alert engines and two API processes behind one address; one of each is killed while it all happens."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from api.turn import Turn
from core.batch import Batch
from core.embedded.ports import any_free
from core.embedded.process import spawn
from core.finding import Finding, Reason
from core.instant import to_datetime
from ingest.decode import Decoded
from ingest.store import Store, Write
from tests.durability.conftest import administrator, answers
from tests.support.api import Ear, Person
from tests.support.house import ROOT, wait_for
from tests.support.village import settle

pytestmark = pytest.mark.integration

HOMES, EARS = 8, 12


class Pair:
    """Two processes of each part on one database; the API's share one port."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self._folder = folder
        self.url = f"http://127.0.0.1:{any_free()}"
        self._environment = os.environ | {
            "NOWALLS_DATABASE_URL": dsn,
            "NOWALLS_DATA_DIR": str(folder),
            "NOWALLS_HTTP_PORT": self.url.rpartition(":")[2],
            "NOWALLS_SHARE_PORT": "true",
            "PYTHONPATH": str(ROOT),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """`name` is that of a package, with a number behind it."""
        with (self._folder / f"{name}.log").open("ab") as output:
            command = [sys.executable, "-P", "-m", name.rstrip("0123456789")]
            self._running[name] = spawn(command, cwd=ROOT, env=self._environment, output=output)

    def kill(self, name: str) -> None:
        """SIGKILL."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def answers(self) -> bool:
        """Whether a connection made now is answered."""
        return answers(self.url)

    def administrator(self) -> Person:
        """Who comes by the link of the first run."""
        return administrator(self.url, self._folder)


@contextmanager
def finding(dsn: str) -> Iterator[Any]:
    """A function that lets a detector find something in a home."""
    with psycopg.connect(dsn) as conn:
        store = Store(conn)

        def find(number: int) -> UUID:
            now = time.time_ns() // 1000
            home = number % HOMES + 1
            # One of a kind is open in a home at a time: the others would be joined to it.
            kind = ("smoke", "gas", "water", "sos")[number // HOMES]
            one = Finding(kind, home, now, now, Reason(f"{kind}.x"), resident=home)
            store.write(Write(Decoded(Batch(now)), [one]), now)
            return one.id

        yield find


@pytest.fixture
def pair(dsn: str, shelf: Path) -> Iterator[Pair]:
    settle(dsn, to_datetime(time.time_ns() // 1000), homes=HOMES)
    made = Pair(dsn, shelf)
    yield made
    made.stop()


def heard(ear: Ear, of: set[UUID], by_id: dict[str, UUID]) -> set[UUID]:
    """The findings whose incidents come by this socket until it breaks or nothing comes."""
    found: set[UUID] = set()
    try:
        while found < of:
            said = ear.next("incident", seconds=5)["incident"]
            if said["id"] in by_id:
                found.add(by_id[said["id"]])
    except (ConnectionClosed, TimeoutError):
        return found
    return found


@pytest.mark.timeout(300)
def test_one_engine_and_one_api_may_die_and_nobody_misses_an_incident(pair: Pair, dsn: str) -> None:
    for name in ("api1", "api2", "alerts1", "alerts2"):
        pair.start(name)
    wait_for(pair.answers, "the API answers")
    chief = pair.administrator()
    with ExitStack() as stack, finding(dsn) as find, psycopg.connect(dsn, autocommit=True) as conn:
        wait_for(lambda: _sessions(conn, "nowalls alerts") == 4, "both engines have their two loops")
        wait_for(lambda: _sessions(conn, "nowalls-api-live") == 2, "both processes of the API listen")
        ears = [stack.enter_context(chief.listens()) for _ in range(EARS)]
        found = [find(n) for n in range(HOMES)]
        cursors = [ear.hello["cursor"] for ear in ears]

        pair.kill("alerts1")
        pair.kill("api1")
        found += [find(n) for n in range(HOMES, 3 * HOMES)]
        incidents = wait_for(lambda: _of_findings(conn, found), "every finding is an incident")
        assert len(incidents) == len(set(incidents.values())) == len(found), "each is one incident"

        by_id = {str(incident): finding for finding, incident in incidents.items()}
        dropped = 0
        for ear, cursor in zip(ears, cursors, strict=True):
            got = heard(ear, set(found), by_id)
            if got < set(found):
                dropped += 1
                again = stack.enter_context(chief.listens(cursor))
                assert again.hello["resumed"], "another process goes on where the dead one was"
                got |= heard(again, set(found), by_id)
            assert got == set(found)
        assert 0 < dropped < EARS, "both processes had some of the sockets"
        for incident in incidents.values():
            assert chief.act(str(incident), "acknowledge").status_code == 200
    chief.http.close()


def test_a_turn_is_one_process_and_goes_to_the_next_when_its_connection_ends(dsn: str) -> None:
    first, second, other = Turn(dsn, "claims"), Turn(dsn, "claims"), Turn(dsn, "else")
    assert first.is_ours()
    assert not second.is_ours()
    assert other.is_ours(), "another task has a turn of its own"
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'nowalls-api-turn' AND datname = current_database()"
        )
    wait_for(second.is_ours, "the next one's turn")
    assert not first.is_ours(), "it does not believe so any more"
    for turn in (first, second, other):
        turn.give_up()


def _sessions(conn: psycopg.Connection[Any], application: str) -> int:
    row = conn.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()",
        (application,),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _of_findings(conn: psycopg.Connection[Any], found: list[UUID]) -> dict[UUID, UUID] | None:
    rows = dict(
        conn.execute("SELECT finding_id, id FROM incident WHERE finding_id = ANY(%s)", (found,)).fetchall()
    )
    return rows if len(rows) == len(found) else None
