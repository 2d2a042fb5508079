"""The alert engine: cycles over due rows, woken by the doorbell and by the earliest due instant.

It talks to the database only. What it wants people to be told, the delivery process tells them
(alerts.delivery), so that a broker or a service which does not answer never holds up an alarm.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import psycopg

from alerts import cycles, store
from alerts.aside import Aside, is_away, is_race
from alerts.dispatch.store import arrivals, run_out
from alerts.escalation.policy import Book
from alerts.loops import Loops, wait
from alerts.roster.gaps import report_gaps
from core import metrics
from core.clock import Clock
from core.heartbeat import Pulse
from core.instant import HOUR, SECOND, to_datetime

log = logging.getLogger(__name__)

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_HOUSEKEEPING_S = 30.0
# Timers lie seconds ahead: many rings in a busy minute are one look at them, and triage has the processor.
_REST_S = 0.1

_Connection = psycopg.Connection[Any]
_Cycle = Callable[[_Connection, Book, int], int]

_SECONDS = metrics.histogram("nowalls_cycle_seconds")
_WORK = metrics.counter("nowalls_cycle_work_total")
_FAILURES = metrics.counter("nowalls_cycle_failures_total")

TIMERS = (cycles.due, cycles.stranded, run_out, arrivals)
_GAPS_EVERY = 6 * HOUR


class Engine:
    """Runs until `stop`."""

    def __init__(self, connect: Callable[[], _Connection], clock: Clock) -> None:
        for cycle in ("triage", *map(_name, TIMERS)):  # what begins at one was never seen to rise
            _FAILURES.labels(cycle)
        self._loops = Loops(connect)
        self._clock = clock
        self._look_again = 0
        self._asides = [Aside() for _ in TIMERS]
        self._put_right = Aside()

    def stop(self) -> None:
        """Leave `run` after the cycle at hand."""
        self._loops.stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        self._loops.run([self._rule, self._step])

    def _rule(self, conn: _Connection) -> None:
        """Triage: a loop of its own, so that a city's worth of findings holds up no timer."""
        conn.execute("LISTEN finding")
        look, wholly_at = cycles.Look(), time.monotonic()

        def triage(conn: _Connection, book: Book, now: int) -> int:
            nonlocal wholly_at
            if time.monotonic() - wholly_at > _POLL_S:
                wholly_at = time.monotonic()
                look.whole()
            return look.triage(conn, book, now)

        self._work(conn, (triage,), lambda: _POLL_S, Pulse("triage"), cycles.advance)

    def _step(self, conn: _Connection) -> None:
        """Timers: escalation, questions to responders, arrivals."""
        conn.execute("LISTEN incident")
        timers = [partial(cycle, aside=left) for cycle, left in zip(TIMERS, self._asides, strict=True)]
        self._work(conn, timers, lambda: self._pause_s(conn), Pulse("steps"), self._look_ahead, _REST_S)

    def _work(
        self,
        conn: _Connection,
        work: Sequence[_Cycle],
        pause_s: Callable[[], float],
        pulse: Pulse,
        keep_house: Callable[[_Connection, int], None],
        rest_s: float = 0.0,
    ) -> None:
        store.seed_policies(conn, to_datetime(self._clock.now()))
        conn.execute("LISTEN policy")
        book, kept_house = store.policies(conn), time.monotonic()
        while not self._loops.stopping.is_set():
            if time.monotonic() - kept_house > _HOUSEKEEPING_S:
                kept_house = time.monotonic()
                self._try(conn, lambda: keep_house(conn, self._clock.now()))
                book = store.policies(conn)
            # One cycle that fails holds up no other; it shows by the silence of the pulse.
            took = [self._try(conn, partial(self._turn, cycle, conn, book)) for cycle in work]
            if None in took:
                self._loops.stopping.wait(_REST_S)
                continue
            pulse.beat(conn, self._clock.now())
            done = any(took)
            rung = set() if done else wait(conn, pause_s())
            if "policy" in rung:
                book = store.policies(conn)
            if rung and rest_s:
                self._loops.stopping.wait(min(rest_s, pause_s()))

    def _turn(self, cycle: _Cycle, conn: _Connection, book: Book) -> int:
        began = time.perf_counter()
        try:
            done = cycle(conn, book, self._clock.now())
        except Exception as error:
            if not is_race(error):
                _FAILURES.labels(_name(cycle)).inc()
            raise
        if done:
            _WORK.labels(_name(cycle)).inc(done)
            _SECONDS.labels(_name(cycle)).observe(time.perf_counter() - began)
        return done

    def _try(self, conn: _Connection, work: Callable[[], int | None]) -> int | None:
        """What `work` returns, 0 where that is nothing; None when it failed and is tried again. A database
        that is away is raised."""
        try:
            return work() or 0
        except Exception as error:
            if is_away(conn, error):
                raise
            if not is_race(error):  # else rolled back whole; the next round sees what the winner did
                log.error("a cycle failed", extra={"error": type(error).__name__})
            return None

    def _look_ahead(self, conn: _Connection, now: int) -> None:
        while cycles.ahead(conn, store.policies(conn), now, self._put_right):
            log.warning("timers lay ahead of the clock")
        if abs(self._look_again - now) > _GAPS_EVERY:
            self._look_again = now  # the clock was set
        if now >= self._look_again:
            self._look_again = now + _GAPS_EVERY
            report_gaps(conn, now)

    def _pause_s(self, conn: _Connection) -> float:
        """Until something is due, or the poll."""
        due = cycles.next_due(conn, "next_step")
        if due is None:
            return _POLL_S
        # Something overdue that could not be done now is tried again soon, not at once.
        until_due_s = self._clock.sleep_s(max(0, due - self._clock.now()) / SECOND)
        left = any(aside.keys(self._clock.now()) for aside in self._asides)
        return min(_POLL_S, max(0.5 if left else 0.02, until_due_s))


def _name(cycle: _Cycle) -> str:
    """What a cycle is called: its function's name, whatever was bound to it."""
    return str(getattr(getattr(cycle, "func", cycle), "__name__", "cycle"))
