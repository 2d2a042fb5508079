"""The alert engine: cycles over due rows, woken by the doorbell and by the earliest due instant.

Three loops, each with a thread and a connection of its own, so that a broker which does not answer never
holds up an alarm: ruling and stepping, telling consoles, hearing consoles.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg

from alerts import console, cycles, store
from alerts.mqtt import Line
from core.clock import Clock
from core.instant import SECOND, to_datetime

log = logging.getLogger(__name__)

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_HOUSEKEEPING_S = 30.0
_HEAR_S = 0.5
_LEASE = timedelta(seconds=15)
_PUBLISH = 100
_BACK_OFF_S, _BACK_OFF_AT_MOST_S = 0.1, 5.0

_Connection = psycopg.Connection[Any]


class Engine:
    """Runs until `stop`; a database that goes away is waited for, and nothing is kept in memory."""

    def __init__(self, connect: Callable[[], _Connection], line: Line, clock: Clock) -> None:
        self._connect = connect
        self._line = line
        self._clock = clock
        self._stop = threading.Event()
        self._failed: BaseException | None = None

    def stop(self) -> None:
        """Leave `run` after the cycle at hand."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped. A loop that fails ends all of them and raises: half an engine helps nobody."""
        loops = [
            threading.Thread(target=self._guard, args=(work,), name=work.__name__)
            for work in (self._tell, self._hear)
        ]
        for loop in loops:
            loop.start()
        self._guard(self._rule)
        for loop in loops:
            loop.join()
        if self._failed is not None:
            raise self._failed

    def _guard(self, work: Callable[[_Connection], None]) -> None:
        try:
            self._stay_connected(work)
        except BaseException as error:
            self._failed = error
        finally:
            self._stop.set()

    def _stay_connected(self, work: Callable[[_Connection], None]) -> None:
        wait_s = _BACK_OFF_S
        while not self._stop.is_set():
            try:
                with self._connect() as conn:
                    conn.autocommit = True
                    wait_s = _BACK_OFF_S
                    work(conn)
            except psycopg.Error as error:
                log.warning("database away", extra={"error": type(error).__name__})
                self._stop.wait(wait_s)
                wait_s = min(_BACK_OFF_AT_MOST_S, wait_s * 2)

    def _rule(self, conn: _Connection) -> None:
        """Triage and timers."""
        store.seed_policies(conn, to_datetime(self._clock.now()))
        conn.execute("LISTEN finding")
        conn.execute("LISTEN incident")
        policies = store.policies(conn)
        kept_house = 0.0
        while not self._stop.is_set():
            if time.monotonic() - kept_house > _HOUSEKEEPING_S:
                kept_house = time.monotonic()
                policies = store.policies(conn)
                cycles.advance(conn, self._clock.now())
            try:
                done = cycles.triage(conn, policies, self._clock.now())
                done += cycles.due(conn, policies, self._clock.now())
            except store.LostRace:
                continue  # rolled back whole; the next round sees what the winner did
            if not done:
                self._wait(conn, "next_step")

    def _tell(self, conn: _Connection) -> None:
        """Show consoles what they should show. Claimed first, marked after: a crash repeats, never loses."""
        conn.execute("LISTEN incident")
        while not self._stop.is_set():
            if not self._line.up:
                self._stop.wait(_HEAR_S)
            elif not self._publish(conn):
                self._wait(conn, "next_publication")

    def _publish(self, conn: _Connection) -> int:
        now = to_datetime(self._clock.now())
        claim = {"now": now, "lease": now + _LEASE, "limit": _PUBLISH}
        claimed = conn.execute(store.Q["claim_publications"], claim).fetchall()
        if not claimed:
            return 0
        rows = conn.execute(store.Q["for_console"], {"ids": [row[0] for row in claimed]}).fetchall()
        shown = {row[0]: row for row in rows}
        for incident, target, _ in claimed:
            if not self._show(conn, shown[incident], target):
                log.warning("consoles not reached", extra={"incident": str(incident)})
                return 0  # the rest comes due again when the lease is over
        return len(claimed)

    def _show(self, conn: _Connection, row: tuple[Any, ...], target: str) -> bool:
        body, over = console.payload(row)
        topic = console.topic(target, row[0])
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        proven = self._line.publish(topic, text, retain=not over)
        if proven and over:
            # An empty retained message takes the incident off the broker.
            proven = self._line.publish(topic, b"", retain=True)
        if proven:
            done = {"incident": row[0], "target": target, "version": row[2]}
            conn.execute(store.Q["published"], {**done, "now": to_datetime(self._clock.now())})
        return proven

    def _hear(self, conn: _Connection) -> None:
        while not self._stop.is_set():
            for topic, payload in self._line.hear(_HEAR_S):
                became = console.take_action(conn, topic, payload, self._clock.now())
                log.info("console acted", extra={"became": became})

    def _wait(self, conn: _Connection, query: str) -> None:
        """Until the doorbell rings, something is due, or the poll: whichever is first."""
        due = cycles.next_due(conn, query)
        wait_s = _POLL_S
        if due is not None:
            # Something overdue that could not be done now is tried again soon, not at once.
            wait_s = min(wait_s, max(0.02, self._clock.sleep_s(max(0, due - self._clock.now()) / SECOND)))
        for _ in conn.notifies(timeout=wait_s, stop_after=1):
            return
