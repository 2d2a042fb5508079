"""Keeps relatives' own smart homes told of how somebody is, and takes it back when they may know no longer.

What should be on the broker is compared with what is known to be there: a crash repeats, never forgets.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, Protocol

from psycopg import Connection

from alerts.delivery import home_assistant
from core.clock import Clock
from core.instant import to_datetime
from core.kind import KINDS
from core.queries import load

log = logging.getLogger(__name__)
Q = load(Path(__file__).with_suffix(".sql"))

_POLL_S = 1.0
QUIET_S = 4 * 3600.0  # as in the lists of the API
_ALARMS = [kind.name for kind in KINDS if kind.about in ("resident", "home") and kind.latched]
_EVERY = timedelta(seconds=home_assistant.EVERY_S)


class Publishes(Protocol):
    """The line to the broker, as far as it is used here."""

    @property
    def up(self) -> bool:
        """Whether this worker has the line, and the broker is there."""
        ...

    def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
        """True once the broker has it."""
        ...


class Kept(NamedTuple):
    """One login, what should be known there, and what was published last."""

    id: int
    code: str
    label: str
    language: str
    holds: bool
    state: str
    help: str
    shown: str | None
    shown_at: datetime | None


class Homes:
    """A loop for alerts.loops; it works in the worker that holds the line."""

    def __init__(self, line: Publishes, clock: Clock, stopping: Event) -> None:
        self._line = line
        self._clock = clock
        self._stopping = stopping
        self._introduced: set[int] = set()

    def work(self, conn: Connection[Any]) -> None:
        """Until stopping."""
        while not self._stopping.is_set():
            if self._line.up:
                self.turn(conn)
            self._stopping.wait(_POLL_S)

    def turn(self, conn: Connection[Any]) -> None:
        """Publish what differs from what was said, or is old; take back what may be known no longer."""
        now = to_datetime(self._clock.now())
        values = {"now": now, "alarm_kinds": _ALARMS, "quiet_s": QUIET_S}
        for kept in [Kept(*row) for row in conn.execute(Q["homes"], values).fetchall()]:
            if not (self._say(conn, kept, now) if kept.holds else self._take_back(conn, kept, now)):
                log.warning("a relative's home not reached", extra={"family_home": kept.id})
                return  # the line is down: all of them at the next turn

    def _say(self, conn: Connection[Any], kept: Kept, now: datetime) -> bool:
        wanted = home_assistant.state(kept.state, kept.help)
        lately = kept.shown_at is not None and kept.shown_at <= now < kept.shown_at + _EVERY
        if kept.shown == wanted and lately and kept.id in self._introduced:
            return True
        told: list[tuple[str, str]] = []
        if not kept.shown or kept.id not in self._introduced:  # once by each worker: a broker may forget
            told += home_assistant.configs(kept.code, kept.label, kept.language).items()
            # Known to be there before it is: what a crash leaves behind is taken back all the same.
            conn.execute(Q["shown"], {"id": kept.id, "shown": kept.shown or "", "now": now})
        told.append((home_assistant.state_topic(kept.code), wanted))
        if not self._publish(told):
            return False
        self._introduced.add(kept.id)
        conn.execute(Q["shown"], {"id": kept.id, "shown": wanted, "now": now})
        return True

    def _take_back(self, conn: Connection[Any], kept: Kept, now: datetime) -> bool:
        conn.execute(Q["end"], {"id": kept.id, "now": now})
        conn.execute(Q["ring"])
        if kept.shown is None:
            return True
        if not self._publish([(topic, "") for topic in home_assistant.topics(kept.code)]):
            return False
        conn.execute(Q["taken_back"], {"id": kept.id, "now": now})
        return True

    def _publish(self, told: Sequence[tuple[str, str]]) -> bool:
        return all(self._line.publish(topic, text.encode(), retain=True) for topic, text in told)
