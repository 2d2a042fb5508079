"""A town whose devices speak to a three-node cluster, and whose ingest workers share it; nodes and workers
can be killed, and everything is counted in the database."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from core import jetstream
from core.embedded.cluster import Cluster
from core.embedded.cluster_config import STREAM
from core.embedded.nats import hash_secret
from core.embedded.nats_config import Guest, Login
from core.embedded.process import spawn
from core.instant import to_datetime
from core.partition import partition_of
from tests.support.house import ROOT, wait_for
from tests.support.speakers import Address, Speaker
from tests.support.village import settle

# Who writes what, and when: the proof that a part has one owner at a time, whatever the owners believe.
_WITNESS = """
CREATE TABLE written (n bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT clock_timestamp(),
                      part integer, backend integer);
CREATE TABLE part_of (home_id integer PRIMARY KEY, part integer);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO written (part, backend)
    SELECT part, pg_backend_pid() FROM part_of WHERE home_id = NEW.home_id;
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER INSERT ON reading FOR EACH ROW EXECUTE FUNCTION witness();
"""


class Town:
    """`homes` homes in `parts` parts, a watch in each, and workers that are started and killed by name."""

    def __init__(self, dsn: str, folder: Path, now: int, homes: int, parts: int) -> None:
        self.dsn, self.homes, self.parts, self._folder = dsn, homes, parts, folder
        settle(dsn, to_datetime(now), homes=homes)
        self._conn = psycopg.connect(dsn, autocommit=True)
        self.conn.execute(_WITNESS)
        for home_id, code in self.conn.execute("SELECT id, code FROM home").fetchall():
            self.conn.execute("INSERT INTO part_of VALUES (%s, %s)", (home_id, partition_of(code, parts)))
        self.cluster = Cluster(folder, parts)
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self.speakers: list[Speaker] = []

    @property
    def conn(self) -> psycopg.Connection[Any]:
        """A connection to whichever server may be written to."""
        if self._conn.broken or self._conn.closed:
            self._conn = psycopg.connect(self.dsn, autocommit=True)
        return self._conn

    def open(self) -> None:
        """Start the cluster, its consumers, and let the devices in: in this order nothing said is dropped."""
        self.cluster.start()
        asyncio.run(self._prepare())
        hashed = hash_secret("secret")
        logins: list[Guest] = [Login(f"w{n}", f"h{n}", hashed) for n in range(1, self.homes + 1)]
        assert not self.cluster.apply(logins)

    async def _prepare(self) -> None:
        client = await jetstream.connect(self.cluster.carrier_url)
        await jetstream.ensure(client, self.parts)
        await client.close()

    def close(self) -> None:
        for speaker in self.speakers:
            speaker.give_up()
        for speaker in self.speakers:
            speaker.join()
        for name in list(self._workers):
            self.kill_worker(name)
        self.cluster.stop()
        self._conn.close()

    # -- workers --------------------------------------------------------------------------------------
    def start_worker(self, name: str, **settings: str) -> None:
        data = self._folder / name
        data.mkdir(exist_ok=True)
        environment = os.environ | {
            "NOWALLS_DATA_DIR": str(data),
            "NOWALLS_DATABASE_URL": self.dsn,
            "NOWALLS_CARRIER": "jetstream",
            "NOWALLS_CARRIER_URL": self.cluster.carrier_url,
            "NOWALLS_PARTITIONS": str(self.parts),
            "OMP_NUM_THREADS": "1",
            **settings,
        }
        with (data / "ingest.log").open("ab") as output:
            self._workers[name] = spawn(
                [sys.executable, "-P", "-m", "ingest"],
                cwd=ROOT,
                env=environment | {"PYTHONPATH": str(ROOT)},
                output=output,
            )

    def kill_worker(self, name: str) -> None:
        """SIGKILL."""
        worker = self._workers.pop(name)
        worker.kill()
        worker.wait()

    def signal_worker(self, name: str, number: int) -> None:
        self._workers[name].send_signal(number)

    def ended(self, name: str) -> bool:
        return self._workers[name].poll() is not None

    def owners(self) -> Mapping[int, str]:
        """Part -> process id of the worker that has it, of those said to live."""
        rows = self.conn.execute(
            "SELECT p.number, m.name FROM ingest_partition p JOIN ingest_member m USING (worker)"
        )
        return {number: name.rpartition("/")[2] for number, name in rows}

    def parts_of(self, name: str) -> set[int]:
        pid = str(self._workers[name].pid)
        return {number for number, owner in self.owners().items() if owner == pid}

    def is_shared_by(self, *names: str) -> bool:
        """Whether every part, and the rest, has an owner among these, and none has two more than another."""
        loads = [len(self.parts_of(name)) for name in names]
        return sum(loads) == self.parts + 1 and max(loads) - min(loads) <= 1

    # -- nodes ----------------------------------------------------------------------------------------
    def leader(self) -> int:
        """Which node leads the stream of what devices said."""

        async def asked() -> str:
            client = await jetstream.connect(self.cluster.carrier_url)
            try:
                said = await jetstream.ask(client, f"STREAM.INFO.{STREAM}")
            finally:
                await client.close()
            return str(said["cluster"]["leader"])

        name = asyncio.run(asked())
        return next(i for i, node in enumerate(self.cluster.nodes) if node.node.name == name)

    def kill_node(self, number: int) -> None:
        """SIGKILL."""
        process = self.cluster.nodes[number].process
        assert process is not None
        process.kill()
        process.wait()

    def revive_node(self, number: int) -> None:
        node = self.cluster.nodes[number]
        node.spawn()
        wait_for(node.is_ready, f"node {number} lets people in")

    # -- devices --------------------------------------------------------------------------------------
    def speak(self, every_s: float) -> None:
        """All watches begin to count, each at a node of its own."""
        nodes: list[Address] = [(one.node.host, one.node.mqtt_port) for one in self.cluster.nodes]
        self.speakers = [Speaker(n, "secret", nodes, every_s) for n in range(1, self.homes + 1)]
        for speaker in self.speakers:
            speaker.start()

    def fall_silent(self) -> int:
        """How many messages are safe, once no more are said."""
        for speaker in self.speakers:
            speaker.end()
        for speaker in self.speakers:
            speaker.join(60)
            assert not speaker.is_alive(), "the last message was never acknowledged"
        return sum(speaker.acknowledged for speaker in self.speakers)

    def everybody_says(self, more: int) -> None:
        """Wait until each has said so many more."""
        then = [speaker.acknowledged + more for speaker in self.speakers]
        pairs = list(zip(self.speakers, then, strict=True))
        wait_for(lambda: all(one.acknowledged >= goal for one, goal in pairs), f"{more} messages of each", 60)

    # -- counting -------------------------------------------------------------------------------------
    def one(self, statement: str, *values: Any) -> Any:
        row = self.conn.execute(statement.encode(), values).fetchone()
        return row[0] if row else None

    def rows(self) -> int:
        return int(self.one("SELECT count(*) FROM reading WHERE metric = 4"))

    def stored(self) -> dict[int, list[int]]:
        """Home -> the numbers it said, in the order in which they were received."""
        found: dict[int, list[int]] = {speaker.home: [] for speaker in self.speakers}
        for code, said in self.conn.execute(
            "SELECT h.code, array_agg(r.value::int ORDER BY r.received, r.time) FROM reading r"
            " JOIN home h ON h.id = r.home_id WHERE r.metric = 4 GROUP BY h.code"
        ):
            found[int(code[1:])] = said
        return found

    def intervals(self) -> dict[int, list[int]]:
        """Part -> the database sessions that wrote there, one after the other; one comes back for none."""
        found: dict[int, list[int]] = {}
        for part, backend in self.conn.execute("SELECT part, backend FROM written ORDER BY n"):
            row = found.setdefault(part, [])
            if not row or row[-1] != backend:
                row.append(backend)
        return found


@contextmanager
def town(dsn: str, folder: Path, now: int, homes: int = 12, parts: int = 6) -> Iterator[Town]:
    """A town with its cluster running; whatever it started is stopped at the end."""
    built = Town(dsn, folder, now, homes, parts)
    try:
        built.open()
        yield built
    finally:
        built.close()
