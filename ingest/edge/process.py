"""The gateway as a process: take, decide, keep, acknowledge; sound; hand up what waits if there is a line."""

import json
import logging
import os
import sqlite3
import ssl
import subprocess
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.clock import Clock
from core.session_name import gateway_session
from ingest.edge import entry
from ingest.edge.alarm import Sound
from ingest.edge.config import Config
from ingest.edge.gateway import Gateway, Work
from ingest.edge.mqtt import Local, Uplink
from ingest.edge.store import MIB, Store
from ingest.message import Message

log = logging.getLogger(__name__)

BATCH = 500
TICK_S = 1.0
# Small enough to count as one message (ingest.budget), and few enough never to be too many there.
MOST_ENTRIES, MOST_BYTES, EVERY_S, OUTSTANDING = 100, 24_000, 0.1, 4
_AT_ONCE = 20  # batches kept before somebody is heard again
MOST_OWED = 5000  # batches held while the disk takes nothing: an hour of a home
_WAIT_S = 0.25


@dataclass(slots=True)
class _Owed:
    """What is to be kept: the work of `messages` that came at the instant `now`."""

    work: Work
    messages: Sequence[Message]
    now: int
    acknowledged: bool = False


class Process:
    """Runs until `stop`."""

    def __init__(self, config: Config, folder: Path, clock: Clock) -> None:
        """`folder` holds the store."""
        self._config, self._clock = config, clock
        self._store = Store(folder / "gateway.sqlite", round(config.capacity_mb * MIB))
        self._gateway = Gateway(config)
        self._top = f"nw/v1/{config.home_code}"
        name = gateway_session(config.gateway)
        context = ssl.create_default_context(cafile=config.ca) if config.ca else None
        topics = [f"{self._top}/+/+"]
        self._local = Local(config.local, name, clock.now, topics, context)
        commands = f"{self._top}/+/cmd"
        self._uplink = Uplink(config.uplink, name, self._own("status"), commands, context)
        self._outstanding: dict[int, list[int]] = {}
        self._sent_at = self._ticked = self._beat_at = 0.0
        self._connections = 0
        self._began = time.monotonic()
        self._owed: deque[_Owed] = deque()  # what the disk has not taken yet
        self._siren: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Leave `run` after the batch at hand; from any thread."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`."""
        now = self._clock.now()
        self._local.start()
        self._uplink.start()
        self._settle(self._gateway.restore(self._store.past(), now), (), now)
        while not self._stopping.is_set():
            messages = self._local.take(BATCH, _WAIT_S)
            if messages:
                self._hear(messages)
            self._pass_time()
            self._hand_up()
        self._local.stop()
        self._uplink.stop()
        self._store.close()

    def _hear(self, messages: Sequence[Message]) -> None:
        now = self._clock.now()
        self._settle(
            self._gateway.handle([m for m in messages if not m.topic.endswith("/cmd")], now), messages, now
        )

    def _settle(self, work: Work, messages: Sequence[Message], now: int) -> None:
        """Keep it, then act. What a full disk does not take waits here, and the siren sounds even so."""
        self._owed.append(_Owed(work, messages, now))
        alone = len(self._owed) == 1
        if alone:
            self._pay()
        if work.sound is not None:
            self._sound(work.sound)  # before what is owed, which takes its time
        if not alone:
            self._pay()

    def _pay(self) -> None:
        """Keep what waits, in order, and acknowledge it.

        While the disk is full what comes is acknowledged and held in memory: a broker hands out only so many
        messages before it is told of some, and the next may be the smoke alarm.
        """
        for _ in range(min(_AT_ONCE, len(self._owed))):
            first = self._owed[0]
            try:
                self._store.commit(first.work, first.messages, first.now)
            except sqlite3.OperationalError as error:
                log.error("store takes nothing", extra={"error": type(error).__name__})
                self._acknowledge(self._owed[-1])
                if len(self._owed) > MOST_OWED:
                    self._owed.popleft()
                return
            self._acknowledge(first)
            self._owed.popleft()

    def _acknowledge(self, owed: "_Owed") -> None:
        """Once: its numbers are given to other messages afterwards."""
        if not owed.acknowledged and owed.messages:
            self._local.acknowledge(owed.messages)
        owed.acknowledged = True

    def _pass_time(self) -> None:
        mono = time.monotonic()
        if mono - self._ticked < TICK_S:
            return
        self._ticked = mono
        now = self._clock.now()
        self._pay()
        work = self._gateway.tick(now)
        if work:
            self._settle(work, (), now)
        news = self._uplink.connections != self._connections
        if self._uplink.connected and (news or mono - self._beat_at >= self._config.heartbeat_s):
            self._connections, self._beat_at = self._uplink.connections, mono
            self._uplink.publish(self._own("status"), self._beat(now), retain=True)
        for topic, payload in self._uplink.commands():
            self._local.publish(topic, payload, qos=0)

    def _hand_up(self) -> None:
        done = [key for mid in self._uplink.confirmed() for key in self._outstanding.pop(mid, ())]
        if done:
            self._store.sent(done)
        mono = time.monotonic()
        full = len(self._outstanding) >= OUTSTANDING or mono - self._sent_at < EVERY_S
        if not self._uplink.connected or full or not self._store.waiting[0]:
            return
        ids, bodies = self._next()
        if ids:
            self._sent_at = mono
            payload = entry.message_of(bodies)
            self._outstanding[self._uplink.publish(self._own("relay"), payload)] = ids

    def _next(self) -> tuple[list[int], list[bytes]]:
        """The first that are not on their way; at least one, however large."""
        under_way = {key for keys in self._outstanding.values() for key in keys}
        ids: list[int] = []
        bodies: list[bytes] = []
        size = 0
        for key, body in self._store.next(MOST_ENTRIES + len(under_way)):
            if key in under_way:
                continue
            size += len(body)
            if ids and size > MOST_BYTES:
                break
            ids.append(key)
            bodies.append(body)
        return ids[:MOST_ENTRIES], bodies[:MOST_ENTRIES]

    def _beat(self, now: int) -> bytes:
        waiting, size = self._store.waiting
        said = {
            "t": now // 1000,
            "online": True,
            "uptime_s": round(time.monotonic() - self._began),
            "waiting": waiting,
            "waiting_bytes": size,
            "dropped": sum(self._store.dropped.values()),
        }
        return json.dumps(said).encode()

    def _sound(self, sound: Sound) -> None:
        """Tell the sirens of the home and start the command."""
        log.warning("alarm", extra={"sound": sound.sound, "kind": sound.kind})
        said = json.dumps({"sound": sound.sound, "kind": sound.kind, "t": sound.at // 1000}).encode()
        self._local.publish(f"{self._top}/siren", said, retain=True)
        order = json.dumps({"cmd": "siren", "sound": sound.sound, "t": sound.at // 1000}).encode()
        for device in self._config.devices:
            if device.kind == "siren":
                self._local.publish(f"{self._top}/{device.code}/cmd", order)
        if self._config.alarm.command:
            self._start(sound)

    def _start(self, sound: Sound) -> None:
        if self._siren is not None and self._siren.poll() is None:
            self._siren.terminate()  # one voice: the newest word counts
        spoken = os.environ | {"NOWALLS_SOUND": sound.sound, "NOWALLS_KIND": sound.kind}
        try:
            self._siren = subprocess.Popen(self._config.alarm.command, env=spoken, stdin=subprocess.DEVNULL)
        except OSError as error:
            log.error("alarm command did not start", extra={"error": type(error).__name__})

    def _own(self, stream: str) -> str:
        return f"{self._top}/{self._config.gateway}/{stream}"
