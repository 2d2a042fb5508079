"""What a message costs on a three-node cluster: the nodes, one worker of ingest, and the database.

All share this machine, so the rate says little; CPU seconds a message are what `benchmarks.capacity` computes
with. `python -m benchmarks.cluster [RATE] [SECONDS]` prints them as JSON.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.usage import below
from core import jetstream
from core.embedded.cluster import Cluster
from core.embedded.nats import hash_secret
from core.embedded.nats_config import Login
from core.embedded.postgres import Postgres
from core.embedded.process import spawn, stop
from core.instant import DAY
from core.settings import Settings
from simulators import swarm
from simulators.demo import admit_document
from simulators.device import Identity, broker

_SECRET = "only for this minute"  # noqa: S105 - of devices that live as long as the measurement
_PARTS, _HOMES = 8, 400
_TAKEN = "SELECT count(*) FROM ingest_partition WHERE worker IS NOT NULL"
_ROWS = "SELECT count(*) FROM reading"


def measure(rate: float, seconds: float) -> dict[str, Any]:
    """Figures of `rate` messages of one reading a second, for `seconds`, from `_HOMES` homes."""
    with tempfile.TemporaryDirectory(prefix="nowalls-cluster-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = Postgres(folder / "store")
        settings = _store(postgres, folder)
        stack.callback(postgres.stop)
        cluster = Cluster(folder / "nodes", _PARTS)
        cluster.start()
        stack.callback(cluster.stop)
        asyncio.run(_prepare(cluster.carrier_url))
        hashed = hash_secret(_SECRET)
        cluster.apply([Login(f"w{n}", f"h{n}", hashed) for n in range(_HOMES)])
        worker = stack.enter_context(_worker(settings, cluster.carrier_url))
        _wait(
            lambda: _one(settings, "SELECT count(*) FROM ingest_partition WHERE worker IS NOT NULL") > _PARTS
        )
        pids = {
            "nodes": [node.process.pid for node in cluster.nodes if node.process],
            "worker": [worker],
            "database": [postgres.process.pid] if postgres.process else [],
        }
        return _drive(settings, cluster, pids, swarm.Pace(rate, seconds))


def _drive(
    settings: Settings, cluster: Cluster, pids: dict[str, list[int]], pace: swarm.Pace
) -> dict[str, Any]:
    people = [Identity(f"w{n}", f"h{n}", _SECRET) for n in range(_HOMES)]
    warm = swarm.Pace(pace.rate, 2)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        url = cluster.nodes[0].url
        pool.apply(swarm.run, (people, broker(url), warm))
        stored = _settled(settings, 0)
        before = _cpu_s(pids)
        measured: swarm.Measured = pool.apply(swarm.run, (people, broker(url), pace))
        rows = _settled(settings, stored) - stored
    spent = {part: cpu - before[part] for part, cpu in _cpu_s(pids).items()}
    return {
        **measured.figures(),
        "rows": rows,
        "cpu_us_per_message": {part: round(cpu * 1e6 / max(1, rows), 1) for part, cpu in spent.items()},
        "memory_mib": {part: round(sum(one.memory_mib for one in below(ids))) for part, ids in pids.items()},
    }


def _cpu_s(pids: dict[str, list[int]]) -> dict[str, float]:
    return {part: sum(one.cpu_s for one in below(ids)) for part, ids in pids.items()}


def _store(postgres: Postgres, folder: Path) -> Settings:
    now = time.time_ns() // 1000
    postgres.start()
    settings = Settings(database_url=postgres.dsn, data_dir=folder)  # type: ignore[arg-type]
    known = {"NOWALLS_DATABASE_URL": postgres.dsn, "NOWALLS_DATA_DIR": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "core.migrate"], env=os.environ | known, check=True, capture_output=True
    )
    homes = [
        {
            "code": f"h{n}",
            "station": "east",
            "residents": [{"name": f"Resident {n}"}],
            "devices": [
                {"code": f"w{n}", "kind": "wearable", "site": "wrist", "wearer": 0, "room": "bedroom"}
            ],
        }
        for n in range(_HOMES)
    ]
    station = {
        "code": "east",
        "level": "community",
        "name": "东",
        "name_en": "East",
        "time_zone": "Asia/Shanghai",
    }
    admit_document(json.dumps({"stations": [station], "homes": homes}), now - DAY, settings)
    return settings


async def _prepare(url: str) -> None:
    client = await jetstream.connect(url)
    await jetstream.ensure(client, _PARTS)
    await client.close()


@contextmanager
def _worker(settings: Settings, carrier: str) -> Iterator[int]:
    environment = os.environ | {
        "NOWALLS_DATABASE_URL": settings.database_url.get_secret_value(),
        "NOWALLS_DATA_DIR": str(settings.data_dir),
        "NOWALLS_CARRIER": "jetstream",
        "NOWALLS_CARRIER_URL": carrier,
        "NOWALLS_PARTITIONS": str(_PARTS),
        "NOWALLS_DEVICE_RATE": "0",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    with (settings.data_dir / "ingest.log").open("wb") as output:
        command = [sys.executable, "-m", "ingest"]
        process = spawn(command, cwd=Path.cwd(), env=environment, output=output)
    try:
        yield process.pid
    finally:
        stop(process, signal.SIGTERM, 20)


def _one(settings: Settings, query: str) -> int:
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        row = conn.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _settled(settings: Settings, at_least: int) -> int:
    """Rows, once no more come for a second."""
    rows, since = at_least, time.monotonic()
    while time.monotonic() - since < 1:
        time.sleep(0.1)
        if (now := _one(settings, _ROWS)) != rows:
            rows, since = now, time.monotonic()
    return rows


def _wait(condition: Any, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the workers took no parts")
        time.sleep(0.1)


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:3]]
    print(json.dumps(measure(*(given if len(given) == 2 else (800.0, 15.0))), indent=1))
