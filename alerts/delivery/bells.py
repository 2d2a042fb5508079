"""Rings at the doors of FHIR subscriptions: an empty, signed POST when something is new, and nothing else.

A subscription keeps up to which transaction it was rung for. It moves on when the call was heard, so a kill
repeats a ring and loses none; several workers take different ones.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from psycopg import Connection

from alerts.delivery.channel import Answer, Outcome
from alerts.delivery.channels.webhook import sign
from alerts.delivery.target import ForbiddenTarget, aim, is_gone, post
from core.clock import Clock, SystemClock
from core.instant import SECOND, to_datetime
from core.kind import KINDS
from core.quantity import BY_NAME
from core.queries import load

log = logging.getLogger(__name__)
Q = load(Path(__file__).with_suffix(".sql"))

_POLL_S = 1.0
_AT_ONCE = 8
_LEASE = timedelta(seconds=30)
_AGAIN = {"Observation": timedelta(seconds=60)}  # measurements come all the time
# What was received before a ring may be committed after it: better one ring too many.
_LATE = timedelta(seconds=10)
_SOON = timedelta(seconds=2)
_LONGEST = timedelta(hours=1)
_FAR = _LONGEST + timedelta(minutes=1)
MOST_FAILURES = 20
_KINDS = [kind.name for kind in KINDS if kind.about in ("resident", "home") and kind.name != "home_offline"]
_METRICS = [
    BY_NAME[name].id
    for name in ("heart_rate", "spo2", "body_temperature", "steps", "respiration", "systolic", "diastolic",
                 "glucose", "weight")
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bell:
    """One subscription, as it was claimed."""

    id: int
    account: int
    path: str
    resource: str
    resident: int | None
    endpoint: str
    failures: int
    ends_at: datetime | None
    seen: str
    seen_at: datetime


def pause(failures: int) -> timedelta | None:
    """How long to wait after so many failures in a row; None: no more."""
    if failures >= MOST_FAILURES:
        return None
    return min(_LONGEST, timedelta(seconds=2.0**failures))


def caller(secret: Callable[[int], str], *, allow_private: bool) -> Callable[[Bell, str], Answer]:
    """Rings by HTTP; `secret` gives what signs the calls of a subscription."""

    def ring(bell: Bell, call: str) -> Answer:
        stamp = str(SystemClock().now() // SECOND)
        headers = {
            "User-Agent": "nowalls",
            "webhook-id": call,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(secret(bell.id), call, stamp, b""),
        }
        try:
            return post(aim(bell.endpoint, allow_private), b"", headers)
        except ForbiddenTarget as error:
            return Answer(Outcome.REFUSED, str(error))
        except OSError as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)

    return ring


class Bells:
    """A loop for alerts.loops."""

    def __init__(
        self, ring: Callable[[Bell, str], Answer], clock: Clock, stopping: Event, wall: Clock | None = None
    ) -> None:
        self._ring = ring
        self._clock = clock
        self._wall = wall or SystemClock()
        self._stopping = stopping

    def work(self, conn: Connection[Any]) -> None:
        """Until stopping."""
        with ThreadPoolExecutor(_AT_ONCE, "bell") as threads:
            while not self._stopping.is_set():
                began = time.monotonic()
                if self.turn(conn, threads) < _AT_ONCE:
                    self._stopping.wait(max(0.0, _POLL_S - (time.monotonic() - began)))

    def turn(self, conn: Connection[Any], threads: ThreadPoolExecutor) -> int:
        """Look at those that are due, ring where there is news; how many were due."""
        now = to_datetime(self._clock.now())
        claim = {"now": now, "lease": now + _LEASE, "far": now + _FAR, "limit": _AT_ONCE}
        bells = [Bell(*row) for row in conn.execute(Q["claim"], claim)]
        news = [(bell, horizon) for bell in bells if (horizon := self._news(conn, bell, now)) is not None]
        calls = [threads.submit(self._ring, bell, f"{bell.id}-{horizon}") for bell, horizon in news]
        for (bell, horizon), call in zip(news, calls, strict=True):
            self._record(conn, bell, horizon, call.result())
        return len(bells)

    def _news(self, conn: Connection[Any], bell: Bell, now: datetime) -> str | None:
        """Up to where there is something new; None when there is nothing, or nobody to tell."""
        wall_now = to_datetime(self._wall.now())
        over = bell.ends_at is not None and bell.ends_at <= now
        if over or not _yes(conn, "stands", {"account": bell.account, "wall_now": wall_now}):
            conn.execute(Q["end"], {"id": bell.id})
            return None
        row = conn.execute(Q["horizon"]).fetchone()
        assert row is not None
        horizon = str(row[0])
        if bell.resource == "Observation":
            values = {
                "resident": bell.resident,
                "path": bell.path,
                "metrics": _METRICS,
                "since": bell.seen_at - _LATE,
                "now": now,
            }
            new = _yes(conn, "measured", values)
        else:
            where = {"seen": bell.seen, "horizon": horizon, "kinds": _KINDS, "path": bell.path}
            new = _yes(conn, "incidents", where | {"resident": bell.resident})
        if new:
            return horizon
        conn.execute(Q["quiet"], {"id": bell.id, "horizon": horizon, "due": now + _SOON})
        return None

    def _record(self, conn: Connection[Any], bell: Bell, horizon: str, answer: Answer) -> None:
        now = to_datetime(self._clock.now())
        if answer.outcome is Outcome.SENT:
            due = now + _AGAIN.get(bell.resource, _SOON)
            conn.execute(Q["rung"], {"id": bell.id, "horizon": horizon, "now": now, "due": due})
            return
        wait = None if is_gone(answer.detail) else pause(bell.failures + 1)
        log.warning("a subscription was not heard", extra={"subscription": bell.id, "ends": wait is None})
        again = None if wait is None else now + wait
        conn.execute(Q["failed"], {"id": bell.id, "due": again, "error": answer.detail[:200]})


def _yes(conn: Connection[Any], name: str, values: dict[str, Any]) -> bool:
    row = conn.execute(Q[name], values).fetchone()
    return bool(row and row[0])
