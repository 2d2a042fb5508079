"""`python -m benchmarks.boards`: from the commit of an incident to the sockets of many boards.

A real API process on a database of its own; a writer in a process of its own commits incidents at a steady
rate and notes the instant before each commit; raw sockets in a third note when the bytes arrive. What a
browser then needs to draw is not in it.
"""

import asyncio
import base64
import json
import multiprocessing
import os
import re
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import numpy as np
import psycopg

from benchmarks.hall import Hall, hall
from benchmarks.stages import quantiles

_ID = re.compile(rb'"type":"incident".{0,120}?"incident":\{"id":"([0-9a-f-]{36})"', re.DOTALL)
_SETTLE_S = 2.0


class Ears(asyncio.Protocol):
    """One board: notes when each incident first arrived. It reads bytes and parses nothing else: hundreds of
    browsers have a machine each, these share one."""

    def __init__(self, hall: Hall) -> None:
        self.seen: dict[bytes, float] = {}
        self.ready = asyncio.get_running_loop().create_future()
        self._hall, self._tail = hall, b""

    def connection_made(self, transport: Any) -> None:
        """Ask for the live feed."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        transport.write(
            f"GET /api/v1/live HTTP/1.1\r\nHost: {self._hall.address}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: http://{self._hall.address}\r\nCookie: {self._hall.cookie}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Note what arrived."""
        arrived = time.time()
        data = self._tail + data
        if not self.ready.done() and b'"type": "hello"' in data:
            self.ready.set_result(None)
        end = 0
        for match in _ID.finditer(data):
            self.seen.setdefault(match.group(1), arrived)
            end = match.end()
        self._tail = data[max(end, len(data) - 300) :]

    def connection_lost(self, error: Exception | None) -> None:
        """A board that is thrown out would make the others look good."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("refused"))


_INCIDENT = """INSERT INTO incident (id, finding_id, kind, severity, priority, state, version, station_id,
    home_id, resident_id, onset, detected_at, opened_at, state_since, next_step_at, reason_key, reason_params)
VALUES (%(id)s, %(id)s, 'sos', 'pressed', 'high', 'open', 2, %(station)s, 1, 1, %(now)s, %(now)s, %(now)s,
    %(now)s, %(now)s + interval '1 minute', 'sos.button', '{}')"""
_EVENT = """INSERT INTO incident_event (incident_id, n, at, kind, data)
VALUES (%(id)s, %(n)s, %(now)s, %(kind)s, '{}')"""


def write(dsn: str, station: int, rate: float, seconds: float, sink: str) -> None:
    """Commit incidents at `rate` a second, like the engine; (id, instant before the commit) go to `sink`."""
    written: dict[str, float] = {}
    with psycopg.connect(dsn) as conn:
        began = time.time()
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, began + number / rate - time.time()))
            key = str(uuid4())
            row = {"id": key, "station": station, "now": datetime.now(UTC)}
            conn.execute(_INCIDENT, row)
            for n, kind in ((1, "detected"), (2, "opened")):
                conn.execute(_EVENT, {**row, "n": n, "kind": kind})
            conn.execute("SELECT pg_notify('incident', '')")
            written[key] = time.time()
            conn.commit()
    Path(sink).write_text(json.dumps(written))


async def _listen(hall: Hall, boards: int, rate: float, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    host, port = hall.address.split(":")
    ears: list[Ears] = []
    for _ in range(boards):
        _, ear = await loop.create_connection(lambda: Ears(hall), host, int(port))
        ears.append(ear)
        if len(ears) % 20 == 0:
            await asyncio.gather(*(one.ready for one in ears))
    await asyncio.gather(*(one.ready for one in ears))
    sink = str(hall.folder / "written.json")
    writer = multiprocessing.get_context("spawn").Process(
        target=write, args=(hall.dsn, hall.station, rate, seconds, sink)
    )
    before = hall.cpu_s()
    writer.start()
    await asyncio.to_thread(writer.join)
    await asyncio.sleep(_SETTLE_S)
    written: dict[str, float] = json.loads(Path(sink).read_text())
    late = [
        ear.seen[key.encode()] - at for ear in ears for key, at in written.items() if key.encode() in ear.seen
    ]
    return {
        "boards": boards,
        "rate_per_s": rate,
        "incidents": len(written),
        "missing": len(written) * boards - len(late),
        "commit_to_socket_ms": quantiles(np.asarray(late)),
        "api_cpu_ms_per_incident": round((hall.cpu_s() - before) * 1000 / len(written), 2),
    }


def measure(seconds: float) -> list[dict[str, Any]]:
    """Each case for so long."""
    with hall() as here:
        return [
            asyncio.run(_listen(here, boards, rate, seconds))
            for boards, rate in ((4, 50.0), (500, 1.0), (500, 5.0))
        ]


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="Length of each case.")
@click.option("--json", "target", default=Path("out/boards.json"), type=click.Path(path_type=Path))
def main(seconds: float, target: Path) -> None:
    """Commit to socket: a few boards at 50 incidents a second, and 500 boards at one a second and at five."""
    results = measure(seconds)
    for case in results:
        click.echo(json.dumps(case))
    target.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cores": len(os.sched_getaffinity(0)), "load_after": os.getloadavg()[0]}
    target.write_text(json.dumps({"machine": machine, "cases": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
