"""The database's machine dies under load; its standby is promoted, and every part finds it by itself."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.batch import Batch
from core.embedded.ports import any_free
from core.embedded.postgres import Postgres
from core.embedded.process import spawn
from core.finding import Finding, Reason
from core.migrate import migrate
from ingest.decode import Decoded
from ingest.store import Store, Write
from tests.durability.conftest import administrator, answers
from tests.support import standby
from tests.support.api import Ear, Person
from tests.support.cluster_town import town
from tests.support.house import ROOT, wait_for
from tests.support.standby import Standby

pytestmark = pytest.mark.integration

ROWS = "SELECT count(*) FROM reading WHERE metric = 4"
HOLDING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class Servers:
    """A primary that acknowledges only what its standby has, and the parts that work on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"http://127.0.0.1:{any_free()}"  # of the API
        self.primary = Postgres(folder / "first")
        self.primary.start()
        now = datetime.now(UTC)
        with psycopg.connect(self.primary.dsn) as conn:
            migrate(conn, now)
        standby.share_passwords(folder / "first", folder / "second")
        self.second = Standby(folder / "second", self.primary.admin_dsn)
        self.second.start()
        standby.demand(self.primary.admin_dsn)
        self.dsn = standby.either([self.primary.dsn, self.second.dsn])
        self._parts: dict[str, subprocess.Popen[bytes]] = {}

    def start_part(self, name: str) -> None:
        environment = os.environ | {
            "NOWALLS_DATABASE_URL": self.dsn,
            "NOWALLS_DATA_DIR": str(self._folder),
            "NOWALLS_HTTP_PORT": self.url.rpartition(":")[2],
            "PYTHONPATH": str(ROOT),
        }
        with (self._folder / f"{name}.log").open("ab") as output:
            command = [sys.executable, "-P", "-m", name]
            self._parts[name] = spawn(command, cwd=ROOT, env=environment, output=output)

    def kill_primary(self) -> None:
        process = self.primary.process
        assert process is not None
        process.kill()
        process.wait()

    def stop(self) -> None:
        for part in self._parts.values():
            part.kill()
            part.wait()
        self.primary.stop()
        self.second.stop()


@pytest.fixture
def servers(shelf: Path) -> Iterator[Servers]:
    made = Servers(shelf)
    yield made
    made.stop()


def finds(dsn: str, kind: str) -> None:
    """A detector finds something in home 1."""
    now = time.time_ns() // 1000
    with psycopg.connect(dsn) as conn:
        one = Finding(kind, 1, now, now, Reason(f"{kind}.x"), resident=1)
        Store(conn).write(Write(Decoded(Batch(now)), [one]), now)


def has_incident(dsn: str, kind: str) -> bool:
    with psycopg.connect(dsn) as conn:
        return conn.execute("SELECT 1 FROM incident WHERE kind = %s", (kind,)).fetchone() is not None


@pytest.mark.cluster
@pytest.mark.timeout(300)
def test_a_promoted_standby_has_all_that_was_acknowledged_and_every_part_finds_it(
    servers: Servers, shelf: Path
) -> None:
    now = time.time_ns() // 1000
    with ExitStack() as stack, town(servers.dsn, shelf / "town", now, homes=6, parts=4) as place:
        place.start_worker("a")
        place.start_worker("b")
        for part in ("api", "alerts"):
            servers.start_part(part)
        finds(servers.dsn, "smoke")
        wait_for(lambda: has_incident(servers.dsn, "smoke"), "the alert engine is at work")
        wait_for(lambda: answers(servers.url), "the API answers")
        chief = stack.enter_context(signed_in(servers, shelf))
        ear = stack.enter_context(chief.listens())
        wait_for(lambda: place.is_shared_by("a", "b"), "two workers share the town")
        had = place.owners()
        place.speak(0.02)
        place.everybody_says(20)

        # The standby falls behind for a moment: what it has not got is not acknowledged to the broker either.
        receiver = only(servers.second.admin_dsn, "SELECT pid FROM pg_stat_wal_receiver")
        os.kill(receiver, signal.SIGSTOP)
        wait_for(lambda: only(servers.primary.admin_dsn, HOLDING), "a commit waits for the standby")
        began = time.monotonic()
        servers.kill_primary()
        os.kill(receiver, signal.SIGCONT)
        servers.second.promote()
        promoted_s = time.monotonic() - began
        before = only(servers.second.dsn, ROWS)
        wait_for(lambda: only(servers.second.dsn, ROWS) > before, "readings are stored again")
        stored_again_s = time.monotonic() - began
        finds(servers.dsn, "gas")
        wait_for(lambda: has_incident(servers.dsn, "gas"), "the alert engine found the promoted one")
        a_board_goes_on(chief, ear)
        place.everybody_says(20)

        with suppress(psycopg.OperationalError):
            place.rows()  # the connection that is gone
        assert place.owners() == had, "nobody took what somebody alive had"
        safe = place.fall_silent()
        wait_for(lambda: place.rows() >= safe, "what was acknowledged is stored")
        said = {one.home: list(range(one.acknowledged)) for one in place.speakers}
        assert place.stored() == said, "every acknowledged message is a row, once, in order"
    if path := os.environ.get("NOWALLS_CLUSTER_REPORT"):
        figures = {"promoted_s": promoted_s, "stored_again_s": stored_again_s, "messages": safe}
        with Path(path).open("a") as file:
            file.write(json.dumps({"run": "fail-over of the database", **figures}) + "\n")
    an_old_primary_that_comes_back_acknowledges_nothing(servers)


@contextmanager
def signed_in(servers: Servers, folder: Path) -> Iterator[Person]:
    person = administrator(servers.url, folder)
    try:
        yield person
    finally:
        person.http.close()


def a_board_goes_on(chief: Person, ear: Ear) -> None:
    """Signed in as before, it is told what happened by the socket that it had, and can act on it."""
    kinds = dict[str, str]()
    while "gas" not in kinds:
        told = ear.incident()
        kinds[told["kind"]] = told["id"]
    for kind in ("smoke", "gas"):
        incidents = chief.get("/incidents")["items"]
        found = next(one for one in incidents if one["kind"] == kind)
        assert chief.act(found["id"], "acknowledge").status_code == 200


def an_old_primary_that_comes_back_acknowledges_nothing(servers: Servers) -> None:
    servers.primary.spawn()
    wait_for(lambda: _answers(servers.primary.admin_dsn), "the old one is back")
    writer = threading.Thread(target=renames_a_station, args=(servers.primary.dsn,))
    writer.start()
    pid = wait_for(lambda: only(servers.primary.admin_dsn, HOLDING), "a commit waits for the standby")
    assert only(servers.primary.dsn, "SELECT 1 FROM station WHERE name = 'new'") is None
    assert writer.is_alive()
    only(servers.primary.admin_dsn, f"SELECT pg_terminate_backend({pid})")
    writer.join(30)


def only(dsn: str, statement: str) -> Any:
    """The one value that a statement gives, or None."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        row = conn.execute(statement.encode()).fetchone()
    return row[0] if row else None


def renames_a_station(dsn: str) -> None:
    """Raises nothing: its connection is ended while it waits."""
    with suppress(psycopg.OperationalError), psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("UPDATE station SET name = 'new'")


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True
