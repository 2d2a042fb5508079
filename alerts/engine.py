"""The alert engine: cycles over due rows, woken by the doorbell and by the earliest due instant."""

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
from alerts.policy import Policy
from core.clock import Clock
from core.instant import SECOND, to_datetime

log = logging.getLogger(__name__)

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_HOUSEKEEPING_S = 30.0
_HEAR_S = 0.5
_LEASE = timedelta(seconds=15)
_PUBLISH = 100
_BACK_OFF_S, _BACK_OFF_AT_MOST_S = 0.1, 5.0


class Engine:
    """Runs until `stop`; a database that goes away is waited for, and nothing is kept in memory."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], line: Line, clock: Clock) -> None:
        self._connect = connect
        self._line = line
        self._clock = clock
        self._stop = threading.Event()

    def stop(self) -> None:
        """Leave `run` after the cycle at hand."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped; consoles are heard in a thread of their own, so that they never wait."""
        hearing = threading.Thread(target=self._stay_connected, args=(self._hear,), name="consoles")
        hearing.start()
        self._stay_connected(self._serve)
        hearing.join()

    def _stay_connected(self, work: Callable[[psycopg.Connection[Any]], None]) -> None:
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

    def _serve(self, conn: psycopg.Connection[Any]) -> None:
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
            if not self._round(conn, policies):
                self._wait(conn)

    def _round(self, conn: psycopg.Connection[Any], policies: dict[str, Policy]) -> bool:
        """One pass over everything due; True when there may be more at once."""
        try:
            ruled = cycles.triage(conn, policies, self._clock.now())
            stepped = cycles.due(conn, policies, self._clock.now())
        except store.LostRace:
            return True  # rolled back whole; the next round sees what the winner did
        published = self._publish(conn)
        return bool(ruled or stepped or published)

    def _publish(self, conn: psycopg.Connection[Any]) -> int:
        """Show consoles what they should show. Claimed first, marked after: a crash repeats, never loses."""
        now = to_datetime(self._clock.now())
        with conn.transaction():
            claimed = conn.execute(
                store.Q["claim_publications"], {"now": now, "lease": now + _LEASE, "limit": _PUBLISH}
            ).fetchall()
        if not claimed:
            return 0
        rows = conn.execute(store.Q["for_console"], {"ids": [row[0] for row in claimed]}).fetchall()
        shown = {row[0]: row for row in rows}
        for incident, target, _ in claimed:
            self._show(conn, shown[incident], target)
        return len(claimed)

    def _show(self, conn: psycopg.Connection[Any], row: tuple[Any, ...], target: str) -> None:
        body, over = console.payload(row)
        topic = console.topic(target, row[0])
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        proven = self._line.publish(topic, text, retain=not over)
        if proven and over:
            # An empty retained message takes the incident off the broker.
            proven = self._line.publish(topic, b"", retain=True)
        if not proven:
            log.warning("console not reached", extra={"incident": str(row[0])})
            return
        with conn.transaction():
            conn.execute(
                store.Q["published"],
                {
                    "incident": row[0],
                    "target": target,
                    "version": row[2],
                    "now": to_datetime(self._clock.now()),
                },
            )

    def _hear(self, conn: psycopg.Connection[Any]) -> None:
        while not self._stop.is_set():
            for topic, payload in self._line.hear(_HEAR_S):
                became = console.take_action(conn, topic, payload, self._clock.now())
                log.info("console acted", extra={"became": became})

    def _wait(self, conn: psycopg.Connection[Any]) -> None:
        """Until the doorbell rings, something is due, or the poll: whichever is first."""
        due = cycles.next_due(conn)
        wait_s = _POLL_S
        if due is not None:
            wait_s = min(wait_s, self._clock.sleep_s(max(0, due - self._clock.now()) / SECOND))
        for _ in conn.notifies(timeout=max(wait_s, 0.001), stop_after=1):
            return
