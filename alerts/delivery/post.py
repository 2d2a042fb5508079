"""The outbox worker: claims what is due, decides, sends, records. Any number of workers may run.

One thread owns the database connection and every decision; threads only speak to services. Between the answer
of a service and its record lies one commit, and a service gets its next message only after it: a kill at any
instant loses nothing and repeats at most what was under way, one message a lane.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import psycopg

from alerts.delivery import store
from alerts.delivery.channel import Answer, Channel, Outcome
from alerts.delivery.lanes import Lanes
from alerts.delivery.message import Message, render
from alerts.delivery.pace import pace
from alerts.delivery.plan import PRIORITIES, Endpoint, Tell, decide
from alerts.delivery.store import Held
from core import logs
from core.clock import Clock
from core.heartbeat import Pulse
from core.instant import SECOND, from_datetime, to_datetime

log = logging.getLogger(__name__)

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_KEEP_S = 3.0
_HELD = 500
_BACKLOG_S = 5.0  # who would wait longer for a lane lets others be claimed meanwhile; not the urgent


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
        self._open: dict[int, int] = {}  # notification -> messages waiting or under way
        self._unrecorded: list[tuple[Job, Sent]] = []
        self._pulse = Pulse("deliver")
        self._worker = 0
        self._rung = False
        self._kept = 0.0

    def work(self, conn: psycopg.Connection[Any]) -> None:
        """Until stopping; then what is under way is waited for and recorded."""
        conn.add_notify_handler(lambda _: self._ring())
        conn.execute("LISTEN notification")
        self._worker = store.sign_on(conn, self._now())
        # After a lost connection: what waited is claimed again, what is under way will be recorded.
        self._lanes.forget()
        self._open = dict(Counter(job.held.case.id for job in self._lanes.under_way))
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

    def _look_after(self, conn: psycopg.Connection[Any]) -> None:
        if time.monotonic() - self._kept < _KEEP_S:
            return
        self._kept = time.monotonic()
        store.keep(conn, self._worker, list(self._open), self._now())
        store.inherit(conn, self._now())
        self._pulse.beat(conn, self._clock.now())

    def _collect(self, conn: psycopg.Connection[Any]) -> int:
        """Record what came back, then decide anew about those notifications."""
        self._unrecorded += self._lanes.finished()
        if not self._unrecorded:
            return 0
        with conn.transaction():
            failures = [self._record(conn, job, sent) for job, sent in self._unrecorded]
        done, self._unrecorded = self._unrecorded, []
        again = []
        for job, _ in done:
            self._lanes.free(job.service, job)
            if self._less(job.held.case.id):
                again.append(job.held.case.id)
        self._decide(conn, again)
        for (job, sent), failed in zip(done, failures, strict=True):
            if failed != job.endpoint.failures:
                self._watch(conn, job.held, job.endpoint, failed, to_datetime(sent.ended))
        return len(done)

    def _record(self, conn: psycopg.Connection[Any], job: Job, sent: Sent) -> int:
        started, ended = to_datetime(sent.started), to_datetime(sent.ended)
        return store.record(conn, job.held, job.number, job.endpoint, sent.answer, started, ended)

    def _less(self, notification: int) -> bool:
        """One message less is out for it; whether that was the last."""
        left = self._open.get(notification, 1) - 1
        if left:
            self._open[notification] = left
        else:
            self._open.pop(notification, None)
        return not left

    def _claim(self, conn: psycopg.Connection[Any]) -> int:
        room = _HELD - len(self._open)
        if room <= 0:
            return 0
        self._rung = False
        ids = store.claim(conn, self._worker, list(self._open), room, self._now())
        self._decide(conn, ids)
        return len(ids)

    def _decide(self, conn: psycopg.Connection[Any], ids: list[int]) -> None:
        if not ids:
            return
        now = self._now()
        held = store.cases(conn, ids, now)
        contents: Mapping[int, Any] = {}
        with conn.transaction():
            decisions = [(one, decide(one.case, now)) for one in held]
            for one, decision in decisions:
                store.settle(conn, one.case, decision)
            telling = [(one, d.endpoints) for one, d in decisions if isinstance(d, Tell)]
            if telling:
                contents = store.contents(conn, [one.case.id for one, _ in telling])
        for one, endpoints in telling:
            self._enqueue(conn, one, endpoints, contents[one.case.id])

    def _enqueue(
        self, conn: psycopg.Connection[Any], held: Held, endpoints: tuple[Endpoint, ...], content: Any
    ) -> None:
        lanes = []
        for endpoint in endpoints:
            channel = self._channel(endpoint.channel)
            service = channel.service(endpoint.address)
            lanes.append((service, self._lanes.lane(service, channel.lanes)))
        delay = max(lane.delay_s() for _, lane in lanes)
        if held.case.priority != "high" and delay > _BACKLOG_S:
            store.put_off(conn, held.case, self._now() + timedelta(seconds=delay / 2))
            return
        self._open[held.case.id] = len(endpoints)
        for number, (endpoint, (service, _)) in enumerate(zip(endpoints, lanes, strict=True), held.tries + 1):
            message = render(content, endpoint.id, endpoint.language, self._home_url, self._clock.now())
            job = Job(held, number, endpoint, service, message)
            self._lanes.put(service, -PRIORITIES.index(held.case.priority), job)

    def _begin(self, conn: psycopg.Connection[Any], job: Job) -> Callable[[], tuple[float, Sent]] | None:
        """What a thread is to do for `job`; None when the service may not be used so soon."""
        allowed = pace(job.service, job.held.case.priority)
        until = store.use_service(conn, job.service, allowed, self._now()) if allowed else None
        if until is None:
            return lambda: self._send(job)
        if job.held.case.priority == "high":
            now = self._clock.now()
            return lambda: (0.0, Sent(Answer(Outcome.LIMITED, "our own pace"), now, now))
        if self._less(job.held.case.id):
            store.put_off(conn, job.held.case, until)
        return None

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
        full = len(self._open) >= _HELD
        due = None if full else store.next_due(conn, list(self._open))
        seconds = _POLL_S
        if due is not None:
            seconds = self._clock.sleep_s(max(0, from_datetime(due) - self._clock.now()) / SECOND)
        if not self._rung:
            self._lanes.wait(conn.pgconn.socket, min(_POLL_S, max(0.01, seconds)))
            conn.pgconn.consume_input()
            while conn.pgconn.notifies():
                self._rung = True

    def _now(self) -> datetime:
        return to_datetime(self._clock.now())
