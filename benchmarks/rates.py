"""What the chain sustains, in readings a second: one in a message, and many; every part on.

Open loop: a message is due when the plan says. Nothing is sustained that is not stored within a second of the
last message, so a backlog that grows shows. CPU is the kernel's account of each part.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stages import quantiles
from benchmarks.town import Town
from benchmarks.usage import cpu_s_of, usage
from simulators import swarm
from simulators.device import Identity, broker
from simulators.fleet import Broker

_DRAIN_S = 60.0
_STORED = "SELECT count(*), max(extract(epoch FROM pg_xact_commit_timestamp(xmin)))::float8 FROM reading"
_COMMITS = (
    "SELECT (extract(epoch FROM time) * 1000000)::bigint, device_id,"
    " extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM reading"
)
_SINCE = " WHERE time >= to_timestamp(%s)"


@dataclass(frozen=True, slots=True)
class Drive:
    """What a generator did; instants in seconds (time.time), shape (messages,)."""

    due: NDArray[np.float64]
    acked: NDArray[np.float64]
    cpu_s: float


def sustained(
    town: Town, rate: float, seconds: float, size: int, words: Sequence[str] = ()
) -> dict[str, Any]:
    """Offer `rate` messages a second of `size` readings each. `words`: of the command line of a broker that
    `nowalls up` did not start."""
    url = town.settings.broker_url.get_secret_value()
    stored = _said(town)
    before, cpu = usage(town.settings.data_dir), cpu_s_of(words) if words else 0.0
    began = time.time() - size / 1000  # the first of a message is so old
    drive = offered(town.steady, broker(url), swarm.Pace(rate, seconds, size=size))
    wanted, first = len(drive.due) * size, float(drive.due.min())
    rows, last = _drained(town, began, stored + wanted)
    after = usage(town.settings.data_dir)
    spent = {name: after[name].cpu_s - before[name].cpu_s for name in after}
    if words:
        spent["broker"] = cpu_s_of(words) - cpu
    waits = _waits(town, drive, began) if size == 1 else np.empty(0)
    return {
        "offered_readings_per_s": round(rate * size),
        "readings_a_message": size,
        "readings": wanted,
        "lost": wanted - rows,
        "stored_readings_per_s": round(rows / max(last - first, 1e-9)),
        "behind_at_the_end_s": round(last - float(drive.due.max()), 2),
        "due_to_row_ms": quantiles(waits),
        "cpu_us_per_reading": round(sum(spent.values()) * 1e6 / wanted, 2),
        "cpu_us_per_reading_by_part": {name: round(s * 1e6 / wanted, 2) for name, s in spent.items()},
        "cpu_us_per_reading_of_the_generator": round(drive.cpu_s * 1e6 / wanted, 2),
    }


def offered(identities: Sequence[Identity], where: Broker, pace: swarm.Pace) -> Drive:
    """Send from a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_drive, (list(identities), where, pace))


def _drive(identities: list[Identity], where: Broker, pace: swarm.Pace) -> Drive:
    async def all_of_it() -> Drive:
        crowd = swarm.Swarm(identities, where)
        await crowd.connect()
        try:
            measured = await crowd.drive(pace, settle_s=_DRAIN_S)
        finally:
            await crowd.leave()
        return Drive(measured.due, measured.acked, measured.cpu_s)

    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return asyncio.run(all_of_it())
    return uvloop.run(all_of_it())


def _said(town: Town) -> int:
    """How many rows the workers say that they stored."""
    return int(town.rows("SELECT coalesce(sum(stored), 0) FROM ingest_worker")[0][0])


def _drained(town: Town, began: float, wanted: int) -> tuple[int, float]:
    """(rows, instant of the last commit) once all are there or nothing more comes."""
    end = time.monotonic() + _DRAIN_S
    while _said(town) < wanted and time.monotonic() < end:
        time.sleep(0.5)
    rows, last = town.rows(_STORED + _SINCE, began)[0]
    return int(rows), float(last or began)


def _waits(town: Town, drive: Drive, began: float) -> NDArray[np.float64]:
    """Seconds from the instant a message was due to its commit, shape (n,); by the instant it carries."""
    found = town.rows(_COMMITS + _SINCE, began)
    keys = {row[0]: row[1] for row in town.rows("SELECT code, id FROM device")}
    devices = [keys[one.code] for one in town.steady]
    commits = {(device, t): commit for t, device, commit in found}
    waits = []
    for n, due in enumerate(drive.due.tolist()):
        commit = commits.get((devices[n % len(devices)], int(due * 1000) * 1000 + n % 1000))
        if commit is not None:
            waits.append(commit - due)
    return np.array(waits)
