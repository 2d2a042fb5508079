"""`python -m benchmarks.outbox`: from the commit of a notification to the service it goes to.

The real delivery process on a database of its own; a writer in another process commits notifications and
notes the instant before each commit; a bare HTTP server here notes when the whole request has arrived.
"""

import asyncio
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import psycopg

from benchmarks.stages import quantiles
from core.embedded.postgres import Postgres
from core.migrate import migrate

_INCIDENT = """INSERT INTO incident (id, version, kind, severity, priority, state, station_id, finding_id,
    onset, detected_at, state_since, reason_key, reason_params)
VALUES ('00000000-0000-0000-0000-000000000001', 1, 'sos', '', 'high', 'open', 1, gen_random_uuid(), %(now)s,
    %(now)s, %(now)s, 'sos.button', '{}')"""
_NOTIFICATION = """INSERT INTO notification (incident_id, n, recipient_kind, recipient_id, purpose, sees,
    priority, due_at, queued_at)
VALUES ('00000000-0000-0000-0000-000000000001', %(n)s, 'account', %(to)s, 'alarm', 'all', 'high', %(now)s,
    %(now)s) RETURNING id"""
_SERVICES = 10  # so many hosts, as it were: a lane each


class Post(NamedTuple):
    """A database and the delivery process on it."""

    dsn: str
    process: int

    def memory_mib(self) -> float:
        """Proportional set size."""
        text = Path(f"/proc/{self.process}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


@contextmanager
def post(ports: list[int]) -> Iterator[Post]:
    """While it runs; account n has a webhook on one of `ports`."""
    folder = Path(tempfile.mkdtemp(prefix="nwpost-"))
    folder.chmod(0o755)
    postgres = Postgres(folder)
    postgres.start()
    try:
        with psycopg.connect(postgres.dsn) as conn:
            migrate(conn, datetime.now(UTC))
            _people(conn, ports)
        environment = os.environ | {
            "NOWALLS_DATABASE_URL": postgres.dsn,
            "NOWALLS_BROKER_URL": "mqtt://127.0.0.1:1",
            "NOWALLS_DATA_DIR": str(folder),
            "NOWALLS_ALLOW_PRIVATE_TARGETS": "true",
            "NOWALLS_SELF_TEST_AT": "",
        }
        worker = subprocess.Popen([sys.executable, "-m", "alerts.delivery"], env=environment)
        try:
            time.sleep(2)
            yield Post(postgres.dsn, worker.pid)
        finally:
            worker.terminate()
            worker.wait(20)
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def _people(conn: psycopg.Connection[Any], ports: list[int]) -> None:
    now = {"now": datetime.now(UTC)}
    conn.execute("INSERT INTO station (id, path, code, level, name) VALUES (1, '1', 'city', 'city', 'City')")
    conn.execute(_INCIDENT, now)
    for n, port in enumerate(ports, 1):
        row = now | {"id": n, "login": f"a{n}", "address": f"http://127.0.0.1:{port}/hook"}
        conn.execute(
            "INSERT INTO account (id, login, name, password_hash, created_at)"
            " VALUES (%(id)s, %(login)s, '', '', %(now)s)",
            row,
        )
        conn.execute(
            "INSERT INTO endpoint (owner_kind, owner_id, channel, address, created_at)"
            " VALUES ('account', %(id)s, 'webhook', %(address)s, %(now)s)",
            row,
        )


def write(dsn: str, begin: int, rate: float, count: int, sink: str) -> None:
    """Commit notifications at `rate` a second; {n: instant before the commit} goes to `sink`."""
    written: dict[int, float] = {}
    with psycopg.connect(dsn) as conn:
        began = time.time()
        for number in range(count):
            time.sleep(max(0.0, began + number / rate - time.time()))
            row = {"n": begin + number, "to": 1 + number % _SERVICES, "now": datetime.now(UTC)}
            found = conn.execute(_NOTIFICATION, row).fetchone()
            conn.execute("SELECT pg_notify('notification', '')")
            assert found is not None
            written[found[0]] = time.time()
            conn.commit()
    Path(sink).write_text(json.dumps(written))


class Sink:
    """Answers everything with 200 and notes when it came."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        self.seen.append(time.time())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()


async def _stage(dsn: str, sink: Sink, begin: int, rate: float, count: int) -> dict[str, Any]:
    sink.seen.clear()
    with tempfile.NamedTemporaryFile() as file:
        writer = multiprocessing.get_context("spawn").Process(
            target=write, args=(dsn, begin, rate, count, file.name)
        )
        writer.start()
        await asyncio.to_thread(writer.join)
        end = time.monotonic() + 30
        while len(sink.seen) < count and time.monotonic() < end:
            await asyncio.sleep(0.05)
        written = json.loads(Path(file.name).read_text())
    await asyncio.sleep(1)
    with psycopg.connect(dsn) as conn:
        rows = conn.execute(
            "SELECT notification_id, extract(epoch FROM started_at)::float8 FROM delivery_attempt"
            " WHERE notification_id = ANY(%s)",
            ([int(key) for key in written],),
        ).fetchall()
    began = np.array([started - written[str(key)] for key, started in rows])
    # Which request was which is of no matter for the whole: both sides in their order.
    arrived = np.sort(np.array(sink.seen)) - np.sort(np.array(list(written.values())))
    return {
        "rate_per_s": rate,
        "asked": count,
        "arrived": len(sink.seen),
        "commit_to_start_ms": quantiles(began),
        "commit_to_received_ms": quantiles(arrived),
    }


async def _measure(seconds: float) -> dict[str, Any]:
    sink = Sink()
    servers = [await asyncio.start_server(sink.serve, "127.0.0.1", 0) for _ in range(_SERVICES)]
    with post([server.sockets[0].getsockname()[1] for server in servers]) as here:
        results = {
            "at_rest": await _stage(here.dsn, sink, 0, 2.0, int(2 * seconds)),
            "at_50_per_s": await _stage(here.dsn, sink, 100_000, 50.0, int(50 * seconds)),
            "as_fast_as_possible": await _stage(here.dsn, sink, 200_000, 1e6, 5000),
            "memory_mib": round(here.memory_mib(), 1),
        }
    for server in servers:
        server.close()
    return results


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="Length of a stage.")
def main(seconds: float) -> None:
    """Latency of the outbox, at rest, at 50 a second, and with everything at once."""
    click.echo(json.dumps(asyncio.run(_measure(seconds)), indent=1))


if __name__ == "__main__":
    main()
