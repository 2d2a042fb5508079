"""The database's machine dies under load; its standby is promoted, and every part finds it by itself."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.batch import Batch
from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.postgres import Postgres
from core.embedded.process import spawn
from core.finding import Finding, Reason
from core.migrate import migrate
from ingest.decode import Decoded
from ingest.store import Store, Write
from tests.support import standby
from tests.support.cluster_town import Town, town
from tests.support.house import ROOT, wait_for
from tests.support.speakers import Speaker
from tests.support.standby import Standby
from tests.support.village import settle

pytestmark = pytest.mark.integration

HOMES = 6
HOLDING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class Servers:
    """A primary that acknowledges only what its standby has, and the parts that work on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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

    def start_part(self, name: str, broker_url: str = "") -> None:
        environment = os.environ | {
            "NOWALLS_DATABASE_URL": self.dsn,
            "NOWALLS_BROKER_URL": broker_url,
            "NOWALLS_DATA_DIR": str(self._folder),
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


@pytest.fixture
def speakers(broker: Nats) -> Iterator[list[Speaker]]:
    hashed = hash_secret("secret")
    broker.apply([Login(f"w{n}", f"h{n}", hashed) for n in range(1, HOMES + 1)])
    port = int(broker.url.rpartition(":")[2])
    made = [Speaker(n, "secret", [("127.0.0.1", port)], 0.01) for n in range(1, HOMES + 1)]
    yield made
    for speaker in made:
        speaker.give_up()
        if speaker.is_alive():
            speaker.join()


def stored(dsn: str) -> dict[str, list[int]]:
    with psycopg.connect(dsn) as conn:
        rows = conn.execute(
            "SELECT h.code, array_agg(r.value::int ORDER BY r.received, r.time) FROM reading r"
            " JOIN home h ON h.id = r.home_id WHERE r.metric = 4 GROUP BY h.code"
        ).fetchall()
    return dict(rows)


def finds(dsn: str, kind: str) -> None:
    """A detector finds something in home 1."""
    now = time.time_ns() // 1000
    with psycopg.connect(dsn) as conn:
        one = Finding(kind, 1, now, now, Reason(f"{kind}.x"), resident=1)
        Store(conn).write(Write(Decoded(Batch(now)), [one]), now)


def has_incident(dsn: str, kind: str) -> bool:
    with psycopg.connect(dsn) as conn:
        return conn.execute("SELECT 1 FROM incident WHERE kind = %s", (kind,)).fetchone() is not None


@pytest.mark.timeout(180)
def test_a_promoted_standby_has_all_that_was_acknowledged(
    servers: Servers, broker: Nats, speakers: list[Speaker]
) -> None:
    settle(servers.dsn, datetime.now(UTC), homes=HOMES)
    servers.start_part("ingest", broker.url)
    servers.start_part("alerts")
    finds(servers.dsn, "smoke")
    wait_for(lambda: has_incident(servers.dsn, "smoke"), "the alert engine is at work")
    wait_for(lambda: listens(servers.dsn), "ingest listens")
    for speaker in speakers:
        speaker.start()
    wait_for(lambda: sum(map(len, stored(servers.dsn).values())) > 300, "readings are stored")

    # The standby falls behind for a moment: what it has not got is not acknowledged to the broker either.
    receiver = only(servers.second.admin_dsn, "SELECT pid FROM pg_stat_wal_receiver")
    os.kill(receiver, signal.SIGSTOP)
    wait_for(lambda: only(servers.primary.admin_dsn, HOLDING), "a commit waits for the standby")
    began = time.monotonic()
    servers.kill_primary()
    os.kill(receiver, signal.SIGCONT)
    servers.second.promote()
    promoted_s = time.monotonic() - began
    before = sum(map(len, stored(servers.second.dsn).values()))
    wait_for(lambda: sum(map(len, stored(servers.second.dsn).values())) > before, "readings are stored again")
    back_s = time.monotonic() - began
    finds(servers.dsn, "gas")
    wait_for(lambda: has_incident(servers.dsn, "gas"), "the alert engine found the promoted one")

    for speaker in speakers:
        speaker.end()
        speaker.join(60)
    said = {f"h{s.home}": list(range(s.acknowledged)) for s in speakers}
    wait_for(lambda: stored(servers.second.dsn) == said, "every acknowledged message is a row, in order", 60)
    if path := os.environ.get("NOWALLS_CLUSTER_REPORT"):
        figures = {
            "promoted_s": promoted_s,
            "stored_again_s": back_s,
            "messages": sum(map(len, said.values())),
        }
        with Path(path).open("a") as file:
            file.write(json.dumps({"run": "fail-over of the database", **figures}) + "\n")


@pytest.mark.cluster
@pytest.mark.timeout(180)
def test_workers_of_a_cluster_keep_their_parts_over_a_fail_over(servers: Servers, shelf: Path) -> None:
    with town(servers.dsn, shelf / "town", time.time_ns() // 1000, homes=6, parts=4) as place:
        place.start_worker("a")
        place.start_worker("b")
        wait_for(lambda: place.is_shared_by("a", "b"), "two workers share the town")
        place.speak(0.05)
        place.everybody_says(10)
        had = place.owners()
        servers.kill_primary()
        servers.second.promote()
        before = len(broken_off(place))
        wait_for(lambda: place.rows() > before, "readings are stored again")
        place.everybody_says(30)
        assert place.owners() == had, "nobody took what somebody alive had"
        safe = place.fall_silent()
        wait_for(lambda: place.rows() >= safe, "what was acknowledged is stored")
        stored = place.stored()
        assert [stored[s.home] for s in place.speakers] == [
            list(range(s.acknowledged)) for s in place.speakers
        ]


def broken_off(place: Town) -> list[int]:
    """What is stored, read by a new connection."""
    with suppress(psycopg.OperationalError):
        place.rows()
    return [number for numbers in place.stored().values() for number in numbers]


def test_a_primary_that_comes_back_without_its_standby_acknowledges_nothing(servers: Servers) -> None:
    settle(servers.dsn, datetime.now(UTC), homes=1)
    servers.kill_primary()
    servers.second.promote()
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


def listens(dsn: str) -> bool:
    """Whether ingest has said that it hears devices."""
    with psycopg.connect(dsn) as conn:
        return conn.execute("SELECT 1 FROM heartbeat WHERE part = 'ingest'").fetchone() is not None


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True
