"""Station consoles over MQTT: what they should show (retained until closed), and what they answer."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import psycopg
from psycopg import Connection

from alerts import console, cycles, store
from alerts.delivery import store as outbox
from alerts.loops import wait
from alerts.mqtt import Line
from core import logs
from core.clock import Clock
from core.heartbeat import Pulse
from core.instant import SECOND, to_datetime

log = logging.getLogger(__name__)

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_HEAR_S = 0.5
_LEASE = timedelta(seconds=15)
_PUBLISH = 100
_ORDER = ("high", "medium", "low")


class Consoles:
    """Two loops: telling and hearing, each with a connection of its own."""

    def __init__(self, line: Line, clock: Clock, stopping: Event) -> None:
        self._line = line
        self._clock = clock
        self._stopping = stopping
        self._pulse = Pulse("consoles")
        self._sounds: dict[str, bytes] = {}
        self._owed: set[str] = set()  # stations whose siren must hear how urgent it is

    @property
    def loops(self) -> list[Callable[[Connection[Any]], None]]:
        """To be run side by side."""
        return [self.tell, self.hear]

    def tell(self, conn: Connection[Any]) -> None:
        """Show consoles what they should show. Claimed first, marked after: a crash repeats, never loses.

        Of several workers one has the line, for the broker knows it by one name; when it goes, the next.
        """
        conn.execute("LISTEN incident")
        while not _got(conn):
            if self._stopping.wait(_POLL_S):
                return
        self._owed.update(row[0] for row in conn.execute(outbox.Q["with_a_siren"]))
        self._line.start()
        try:
            self._tell(conn)
        finally:
            self._line.stop()

    def _tell(self, conn: Connection[Any]) -> None:
        while not self._stopping.is_set():
            if not self._line.up:
                self._stopping.wait(_HEAR_S)
                continue
            self._pulse.beat(conn, self._clock.now())
            shown = self._publish(conn)
            self._sound(conn)
            if not shown:
                wait(conn, self._pause_s(conn))

    def hear(self, conn: Connection[Any]) -> None:
        """Carry out what consoles ask for."""
        while not self._stopping.is_set():
            for topic, payload in self._line.hear(_HEAR_S):
                self._take(conn, topic, payload)

    def _take(self, conn: Connection[Any], topic: str, payload: bytes) -> None:
        try:
            became = console.take_action(conn, topic, payload, self._clock.now())
        except psycopg.Error:
            raise  # it is given again
        except Exception as error:  # what one console says must not silence everybody
            log.error("what a console said failed", extra=logs.trace(error))
            return
        log.info("console acted", extra={"became": became})

    def _publish(self, conn: Connection[Any]) -> int:
        now = to_datetime(self._clock.now())
        lease = now + _LEASE
        claim = {"now": now, "lease": lease, "limit": _PUBLISH}
        claimed = conn.execute(store.Q["claim_publications"], claim).fetchall()
        if not claimed:
            return 0
        rows = conn.execute(store.Q["for_console"], {"ids": [row[0] for row in claimed]}).fetchall()
        shown = {row[0]: row for row in rows}
        claimed.sort(key=lambda one: _ORDER.index(shown[one[0]][5]))
        for at, (incident, target, _) in enumerate(claimed):
            self._owed.add(target)
            if not self._show(conn, shown[incident], target):
                # This one comes due when its lease is over; it holds up no other.
                log.warning("consoles not reached", extra={"incident": str(incident)})
                self._hand_back(conn, claimed[at + 1 :], lease)
                return at
        return len(claimed)

    def _hand_back(self, conn: Connection[Any], rest: Sequence[tuple[Any, ...]], lease: datetime) -> None:
        incidents, targets = [row[0] for row in rest], [row[1] for row in rest]
        due = {"incidents": incidents, "targets": targets, "lease": lease}
        conn.execute(outbox.Q["hand_back"], due | {"now": to_datetime(self._clock.now())})

    def _sound(self, conn: Connection[Any]) -> None:
        """Make sirens as loud as what their consoles show; no name, no place, nothing of anybody."""
        if not self._owed:
            return
        targets = sorted(self._owed)
        for target, loudest, drill, count in conn.execute(outbox.Q["loudest"], {"targets": targets}):
            body = json.dumps({"sound": loudest or "off", "drill": drill, "count": count}).encode()
            if self._sounds.get(target) != body:
                if not self._line.publish(console.siren_topic(target), body, retain=True):
                    return  # the others, too, at the next turn
                self._sounds[target] = body
            self._owed.discard(target)

    def _show(self, conn: Connection[Any], row: tuple[Any, ...], target: str) -> bool:
        try:
            body, over = console.payload(row)
        except Exception as error:  # what cannot be put into words holds up no other; it comes due again
            log.error("an incident cannot be shown", extra={"incident": str(row[0]), **logs.trace(error)})
            return True
        topic = console.topic(target, row[0])
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        proven = self._line.publish(topic, text, retain=not over)
        if proven and over:
            # An empty retained message takes the incident off the broker.
            proven = self._line.publish(topic, b"", retain=True)
        if proven:
            done = {"incident": row[0], "target": target, "version": row[2]}
            done["now"] = to_datetime(self._clock.now())
            conn.execute(store.Q["published"], done)
            conn.execute(outbox.Q["at_the_console"], done)
        return proven

    def _pause_s(self, conn: Connection[Any]) -> float:
        due = cycles.next_due(conn, "next_publication")
        if due is None:
            return _POLL_S
        until_due_s = self._clock.sleep_s(max(0, due - self._clock.now()) / SECOND)
        return min(_POLL_S, max(0.02, until_due_s))


def _got(conn: Connection[Any]) -> bool:
    row = conn.execute(outbox.Q["take_the_line"]).fetchone()
    return bool(row and row[0])
