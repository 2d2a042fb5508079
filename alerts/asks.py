"""The question of the cancel window, put to wearables over MQTT.

It is put at QoS 0, which no broker keeps for a device that is away, and again every few seconds until there
is an answer: so a crash repeats it, nothing loses it, and none arrives hours later. The answer comes as any
other event of a device, through ingest and triage.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any, Protocol

from psycopg import Connection

from alerts import cycles, store
from alerts.loops import wait
from core.clock import Clock
from core.instant import SECOND, to_datetime

AGAIN = timedelta(seconds=5)
_POLL_S = 1.0
_LIMIT = 100


class Line(Protocol):
    """What can publish (alerts.mqtt.Line)."""

    @property
    def up(self) -> bool:
        """Whether the broker is there."""
        ...

    def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
        """Whether the message is on its way."""
        ...


class Asks:
    """One loop, with a connection of its own."""

    def __init__(self, line: Line, clock: Clock, stopping: Event) -> None:
        self._line, self._clock, self._stopping = line, clock, stopping

    @property
    def loops(self) -> list[Callable[[Connection[Any]], None]]:
        """To be run beside others."""
        return [self.ask]

    def ask(self, conn: Connection[Any]) -> None:
        """Put what is to be asked, until stopped."""
        conn.execute("LISTEN ask")
        while not self._stopping.is_set():
            if not self._line.up:
                self._stopping.wait(_POLL_S)
            elif not put(conn, self._line, self._clock.now()):
                wait(conn, self._pause_s(conn))

    def _pause_s(self, conn: Connection[Any]) -> float:
        due = cycles.next_due(conn, "next_ask")
        if due is None:
            return _POLL_S
        until_due_s = self._clock.sleep_s(max(0, due - self._clock.now()) / SECOND)
        return min(_POLL_S, max(0.02, until_due_s))


def put(conn: Connection[Any], line: Line, now: int) -> int:
    """Put the questions that are due at `now` (Unix microseconds); returns how many."""
    instant = to_datetime(now)
    claim = {"now": instant, "again": instant + AGAIN, "limit": _LIMIT}
    with conn.transaction():
        rows = conn.execute(store.Q["claim_asks"], claim).fetchall()
    for incident, topic, expires, waiting in rows:
        if waiting and expires <= now:
            continue  # its time is over: the engine is opening the incident this moment
        said: dict[str, Any] = {"cmd": "ask_ok" if waiting else "ask_over", "id": str(incident)}
        said["t"] = now // 1000
        if waiting:
            said |= {"until": expires // 1000, "buzz": True}
        line.publish(topic, json.dumps(said).encode(), retain=False, qos=0)
    return len(rows)
