"""Engines that are killed: `python -m tests.support.mortal <dsn> <kills> <seed> <clock>`.

A process without threads forks an engine, writes findings for it, and kills it with SIGKILL at a random
instant; again and again. The last engine lives until nothing is left to do.
"""

import os
import random
import signal
import sys
import time
from contextlib import suppress

import psycopg

from alerts import store
from alerts.cycles import next_due
from alerts.engine import Engine
from core.batch import Batch
from core.clock import Clock, parse
from core.finding import Finding, Reason
from ingest.decode import Decoded
from ingest.store import Store, Write

LIFE_S = 0.2  # at most; connecting and reading the policies take about 0.03
HOMES = 40


def engine(dsn: str, clock: Clock) -> int:
    """Fork one; returns its process id."""
    child = os.fork()
    if child:
        return child
    with suppress(BaseException):
        Engine(lambda: psycopg.connect(dsn), clock).run()
    os._exit(1)


def find(dsn: str, draw: random.Random, clock: Clock, number: int) -> None:
    """A few findings are committed, one by one, while the engine works."""
    with psycopg.connect(dsn) as conn:
        found = Store(conn)
        for device in range(draw.randint(0, 2)):
            now, home = clock.now(), draw.randint(1, HOMES)
            kind = draw.choice(["smoke", "fall", "water"])
            about = {"resident": home} if kind == "fall" else {"device": number * 10 + device}
            one = Finding(kind, home, now, now, Reason(f"{kind}.x"), **about)  # type: ignore[arg-type]
            found.write(Write(Decoded(Batch(now)), [one]), now)
            time.sleep(draw.uniform(0, 0.02))


def main() -> None:
    """Kill so many, then let one live until it has caught up."""
    dsn, kills, draw, clock = (
        sys.argv[1],
        int(sys.argv[2]),
        random.Random(int(sys.argv[3])),
        parse(sys.argv[4]),
    )
    for number in range(kills):
        child = engine(dsn, clock)
        dies_at = time.monotonic() + draw.uniform(0, LIFE_S)
        find(dsn, draw, clock, number)
        time.sleep(max(0.0, dies_at - time.monotonic()))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    survivor = engine(dsn, clock)
    with psycopg.connect(dsn, autocommit=True) as conn:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            due = next_due(conn, "next_step")
            waiting = conn.execute(
                store.Q["untriaged"], {"limit": 1, "floor": 0, "only": None, "aside": []}
            ).fetchone()
            if waiting is None and (due is None or due > clock.now()):
                break
            time.sleep(0.05)
    os.kill(survivor, signal.SIGKILL)
    os.waitpid(survivor, 0)


if __name__ == "__main__":
    main()
