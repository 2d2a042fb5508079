"""The outbox worker: claims what is due, decides, sends, records. Any number of workers may run.

One thread owns the database connection and every decision; threads only speak to services. Between the answer
of a service and its record lies one commit, and a service gets its next message only after it: a kill at any
instant loses nothing and repeats at most what was under way, one message a lane.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import psycopg

from alerts.delivery import store
from alerts.delivery.channel import Answer, Channel, Outcome
from alerts.delivery.lanes import Lanes
from alerts.delivery.message import Message, render
from alerts.delivery.pace import pace
from alerts.delivery.plan import FAILING_AFTER, PRIORITIES, Decision, Endpoint, Tell, Tried, after, decide
from alerts.delivery.store import Held, Try
from core import logs, metrics
from core.clock import Clock
from core.heartbeat import Pulse
from core.instant import SECOND, from_datetime, to_datetime

log = logging.getLogger(__name__)

_TRIES = metrics.counter("nowalls_delivery_tries_total")
_SECONDS = metrics.histogram("nowalls_delivery_seconds")
_IN_HAND = metrics.gauge("nowalls_deliveries_in_hand")

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_KEEP_S = 3.0
_HELD = 500  # in our hands at once; the urgent are taken beyond it
_BACKLOG_S = 5.0  # who would wait longer for a lane lets others be claimed meanwhile; not the urgent

_UNREADY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Job:
    """One message to one endpoint."""

    held: Held
    number: int  # of the try
    endpoint: Endpoint
    service: str
    message: Message


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a job."""

    answer: Answer
    started: int  # Unix microseconds
    ended: int


# (connection, what was held, endpoint, failures in a row before and now, now)
Watch = Callable[[psycopg.Connection[Any], Held, Endpoint, int, datetime], None]


class Post:
    """A loop for alerts.loops."""

    def __init__(
        self,
        channel: Callable[[str], Channel],
        home_url: str,
        clock: Clock,
        stopping: Event,
        watch: Watch,
    ) -> None:
        """`channel` gives the channel of a name; `watch` hears how endpoints do."""
        self._channel = channel
        self._home_url = home_url
        self._clock = clock
        self._stopping = stopping
        self._watch = watch
        self._lanes: Lanes[Job, Sent] = Lanes()
        self._open: dict[int, Held] = {}  # what is in our hands, as it stands with what is recorded
        self._out: Counter[int] = Counter()  # messages of each that wait or are under way
        self._unrecorded: list[tuple[Job, Sent]] = []
        self._failing: dict[int, int] = {}  # failures in a row, as far as we know, of endpoints that fail
        self._pulse = Pulse("deliver")
        self._worker = 0
        self._rung = False
        self._kept = 0.0
        self._look_at = 0.0  # when to look for due rows though nobody rang (monotonic)
        self._full = False  # hands full at the last look: only what is urgent was taken
        self._latest = 0  # the latest instant our clock has shown
        _IN_HAND.set_function(lambda: len(self._open))

    def work(self, conn: psycopg.Connection[Any]) -> None:
        """Until stopping; then what is under way is waited for and recorded."""
        conn.add_notify_handler(lambda _: self._ring())
        conn.execute("LISTEN notification")
        self._worker = store.sign_on(conn, self._now())
        # After a lost connection: what waited is claimed again, what is under way will be recorded.
        self._lanes.forget()
        self._out = Counter(job.held.case.id for job in self._lanes.under_way)
        self._open = {job.held.case.id: job.held for job in self._lanes.under_way}
        self._latest = self._clock.now()
        self._look_anew(conn)
        while not self._stopping.is_set():
            self._look_after(conn)
            done = self._collect(conn) + self._claim(conn)
            self._lanes.start(lambda _, job: self._begin(conn, job))
            if not done:
                self._wait(conn)
        self._lanes.forget()
        self._lanes.close()
        self._collect(conn)
        store.give_back(conn, list(self._open), self._now())

    def _ring(self) -> None:
        self._rung = True

    def _look_anew(self, conn: psycopg.Connection[Any]) -> None:
        store.look_anew(conn, self._now())
        self._rung = True

    def _look_after(self, conn: psycopg.Connection[Any]) -> None:
        if time.monotonic() - self._kept < _KEEP_S:
            return
        self._kept = time.monotonic()
        store.keep(conn, self._worker, list(self._open), self._now())
        store.inherit(conn, self._now())
        if self._clock.now() < self._latest:
            log.warning("the clock was set back")
            self._look_anew(conn)
        self._latest = self._clock.now()
        self._pulse.beat(conn, self._clock.now())

    def _collect(self, conn: psycopg.Connection[Any]) -> int:
        """Record what came back and decide anew about those notifications, in one transaction."""
        self._unrecorded += self._lanes.finished()
        if not self._unrecorded:
            return 0
        tries = [_try(job, sent) for job, sent in self._unrecorded]
        held = self._with(tries)
        now, back = self._now(), Counter(one.held.case.id for one in tries)
        decided = [(one, decide(one.case, now)) for key, one in held.items() if back[key] == self._out[key]]
        with conn.transaction():
            failures = store.record(conn, tries)
            store.settle(conn, [(one.case, decision) for one, decision in decided])
        self._open |= held
        for job, _ in self._unrecorded:
            self._lanes.free(job.service, job)
            self._less(job.held.case.id)
        self._unrecorded = []
        _count(tries)
        self._tell(conn, decided)
        for one, failed in zip(tries, failures, strict=True):
            self._learn(one.endpoint.id, failed)
            if failed != one.endpoint.failures:
                self._watch(conn, one.held, one.endpoint, failed, one.ended)
        return len(tries)

    def _with(self, tries: list[Try]) -> dict[int, Held]:
        """The notifications of `tries` as they stand after them."""
        held: dict[int, Held] = {}
        for one in tries:
            key = one.held.case.id
            before = held.get(key) or self._open[key]
            tried = Tried(one.endpoint.id, str(one.answer.outcome), one.ended)
            held[key] = replace(before, case=after(before.case, [tried]), tries=max(before.tries, one.number))
        return held

    def _less(self, notification: int) -> bool:
        """One message less is out for it; whether that was the last."""
        self._out[notification] -= 1
        if self._out[notification] > 0:
            return False
        del self._out[notification]
        self._open.pop(notification, None)
        return True

    def _claim(self, conn: psycopg.Connection[Any]) -> int:
        room = _HELD - len(self._open)
        freed = self._full and room > 0
        if not (freed or self._rung or time.monotonic() >= self._look_at):
            return 0
        self._rung, self._full = False, room <= 0
        now, limit = self._now(), room if room > 0 else _HELD
        ids = store.claim(conn, self._worker, list(self._open), limit, now, only_high=self._full)
        cases = store.cases(conn, ids, now)
        for endpoint in (each for one in cases for each in one.case.endpoints):
            self._learn(endpoint.id, endpoint.failures)  # also what other workers have found out
        decided = [(one, decide(one.case, now)) for one in cases]
        store.settle(conn, [(one.case, decision) for one, decision in decided])
        self._tell(conn, decided)
        self._look_at = time.monotonic() + (0.0 if len(ids) == limit else self._pause_s(conn))
        return len(ids)

    def _tell(self, conn: psycopg.Connection[Any], decided: Iterable[tuple[Held, Decision]]) -> None:
        for held, decision in decided:
            if isinstance(decision, Tell):
                try:
                    self._enqueue(conn, held, decision.endpoints)
                except psycopg.Error:
                    raise
                except Exception as error:  # one message that cannot be made ready holds up no other
                    log.error("a message cannot be made ready", extra=logs.trace(error))
                    store.put_off(conn, held.case, self._now() + _UNREADY)

    def _enqueue(self, conn: psycopg.Connection[Any], held: Held, endpoints: tuple[Endpoint, ...]) -> None:
        ways = []
        for endpoint in endpoints:
            channel = self._channel(endpoint.channel)
            service = _service(channel, endpoint)
            ways.append((endpoint, service, self._lanes.lane(service, channel.lanes).delay_s()))
        soonest = min(delay for _, _, delay in ways)
        if held.case.priority != "high" and soonest > _BACKLOG_S:
            store.put_off(conn, held.case, self._now() + timedelta(seconds=soonest / 2))
            return
        now = self._clock.now()
        jobs: list[Job] = []
        for endpoint, service, delay in ways:
            if held.case.priority != "high" and delay > _BACKLOG_S:
                continue  # the rest of its rank is told when this one was
            message = render(held.content, endpoint.id, endpoint.language, self._home_url, now)
            jobs.append(Job(held, held.tries + 1 + len(jobs), endpoint, service, message))
        self._open[held.case.id] = held
        self._out[held.case.id] = len(jobs)
        for job in jobs:
            self._lanes.put(job.service, -PRIORITIES.index(held.case.priority), job)

    def _begin(self, conn: psycopg.Connection[Any], job: Job) -> Callable[[], tuple[float, Sent]] | None:
        """What a thread is to do for `job`; None when the service may not be used so soon, or when the way
        failed for others while the job waited for it: then it is decided anew which way to go."""
        if len(job.held.case.endpoints) > 1 and self._failing.get(job.endpoint.id, 0) > job.endpoint.failures:
            self._set_aside(conn, job, self._now())
            self._ring()
            return None
        allowed = pace(job.service, job.held.case.priority)
        until = store.use_service(conn, job.service, allowed, self._now()) if allowed else None
        if until is None:
            return lambda: self._send(job)
        if job.held.case.priority == "high":
            now = self._clock.now()
            return lambda: (0.0, Sent(Answer(Outcome.LIMITED, "our own pace"), now, now))
        self._set_aside(conn, job, until)
        return None

    def _set_aside(self, conn: psycopg.Connection[Any], job: Job, until: datetime) -> None:
        """Not now; when nothing else is out for the same notification, it is looked at again then."""
        held = self._open[job.held.case.id]
        if self._less(held.case.id):
            store.put_off(conn, held.case, until)

    def _learn(self, endpoint: int, failures: int) -> None:
        if failures >= FAILING_AFTER:
            self._failing[endpoint] = failures
        else:
            self._failing.pop(endpoint, None)

    def _send(self, job: Job) -> tuple[float, Sent]:
        started, began = self._clock.now(), time.monotonic()
        try:
            answer = self._channel(job.endpoint.channel).send(job.endpoint.address, job.message)
        except Exception as error:  # a library's mistake must not end the worker, nor lose the message
            log.error("channel broke", extra={"channel": job.endpoint.channel, **logs.trace(error)})
            answer = Answer(Outcome.UNREACHABLE, type(error).__name__)
        return time.monotonic() - began, Sent(answer, started, self._clock.now())

    def _wait(self, conn: psycopg.Connection[Any]) -> None:
        if self._rung:
            return
        pause_s = self._look_at - time.monotonic()
        if pause_s > 0:
            self._lanes.wait(conn.pgconn.socket, min(pause_s, _POLL_S))
            conn.pgconn.consume_input()
            while conn.pgconn.notifies():
                self._rung = True

    def _pause_s(self, conn: psycopg.Connection[Any]) -> float:
        """Real seconds until the next one is due, or the poll."""
        due = store.next_due(conn, list(self._open), only_high=self._full)
        if due is None:
            return _POLL_S
        until_due_s = self._clock.sleep_s(max(0, from_datetime(due) - self._clock.now()) / SECOND)
        return min(_POLL_S, max(0.01, until_due_s))

    def _now(self) -> datetime:
        return to_datetime(self._clock.now())


def _service(channel: Channel, endpoint: Endpoint) -> str:
    """The service behind an endpoint; of an address that cannot be read one of its own: nobody else's message
    is to suffer from what one person typed, and sending says what is wrong with it."""
    try:
        return channel.service(endpoint.address)
    except Exception as error:
        log.error("an address cannot be read", extra={"endpoint": endpoint.id, "error": type(error).__name__})
        return f"unreadable:{endpoint.id}"


def _try(job: Job, sent: Sent) -> Try:
    ended = to_datetime(sent.ended)
    return Try(job.held, job.number, job.endpoint, sent.answer, to_datetime(sent.started), ended)


def _count(tries: Iterable[Try]) -> None:
    for one in tries:
        _TRIES.labels(one.endpoint.channel, str(one.answer.outcome)).inc()
        _SECONDS.labels(one.endpoint.channel).observe((one.ended - one.started).total_seconds())
