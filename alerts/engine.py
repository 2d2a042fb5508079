"""The alert engine: cycles over due rows, woken by the doorbell and by the earliest due instant.

It talks to the database only. What it wants people to be told, the delivery process tells them
(alerts.delivery), so that a broker or a service which does not answer never holds up an alarm.
"""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from alerts import cycles, store
from alerts.loops import Loops, wait
from core.clock import Clock
from core.instant import SECOND, to_datetime

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_HOUSEKEEPING_S = 30.0

_Connection = psycopg.Connection[Any]


class Engine:
    """Runs until `stop`."""

    def __init__(self, connect: Callable[[], _Connection], clock: Clock) -> None:
        self._loops = Loops(connect)
        self._clock = clock

    def stop(self) -> None:
        """Leave `run` after the cycle at hand."""
        self._loops.stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        self._loops.run([self._rule])

    def _rule(self, conn: _Connection) -> None:
        """Triage and timers."""
        store.seed_policies(conn, to_datetime(self._clock.now()))
        conn.execute("LISTEN finding")
        conn.execute("LISTEN incident")
        policies = store.policies(conn)
        kept_house = 0.0
        while not self._loops.stopping.is_set():
            if time.monotonic() - kept_house > _HOUSEKEEPING_S:
                kept_house = time.monotonic()
                policies = store.policies(conn)
                cycles.advance(conn, self._clock.now())
            try:
                done = cycles.triage(conn, policies, self._clock.now())
                done += cycles.due(conn, policies, self._clock.now())
                done += cycles.stranded(conn, policies, self._clock.now())
            except store.LostRace:
                continue  # rolled back whole; the next round sees what the winner did
            if not done:
                wait(conn, self._pause_s(conn))

    def _pause_s(self, conn: _Connection) -> float:
        """Until something is due, or the poll."""
        due = cycles.next_due(conn, "next_step")
        if due is None:
            return _POLL_S
        # Something overdue that could not be done now is tried again soon, not at once.
        until_due_s = self._clock.sleep_s(max(0, due - self._clock.now()) / SECOND)
        return min(_POLL_S, max(0.02, until_due_s))
