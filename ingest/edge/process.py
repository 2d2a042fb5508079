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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.clock import Clock
from core.instant import MINUTE, SECOND
from core.session_name import gateway_session
from ingest.edge import entry
from ingest.edge.alarm import Sound
from ingest.edge.config import Config
from ingest.edge.gateway import Gateway, Past, Work
from ingest.edge.mqtt import Local, Uplink
from ingest.edge.store import MIB, Store
from ingest.message import Message

log = logging.getLogger(__name__)

BATCH = 500
TICK_S = 1.0
# Small enough to count as one message (ingest.budget), and few enough never to be too many there.
MOST_ENTRIES, MOST_BYTES, EVERY_S, OUTSTANDING = 100, 24_000, 0.1, 4
_AT_ONCE = 20  # batches kept before somebody is heard again
# Held while the disk takes nothing: batches, an hour of a home; and bytes, of a process that may have 256 MB.
MOST_OWED, OWED_BYTES = 5000, 64 * MIB
_WAIT_S = 0.25
_DISK_S = 60.0  # memory stands in for the card: so often it is tried again


@dataclass(slots=True)
class _Owed:
    """What is to be kept: the work of `messages` that came at the instant `now`."""

    work: Work
    messages: Sequence[Message]
    now: int
    acknowledged: bool = False

    @property
    def size(self) -> int:
        """Bytes, nearly."""
        return sum(len(message.payload) for message in self.messages)


class Process:
    """Runs until `stop`."""

    def __init__(self, config: Config, folder: Path, clock: Clock) -> None:
        """`folder` holds the store."""
        self._config, self._clock = config, clock
        self._store = Store(folder / "gateway.sqlite", round(config.capacity_mb * MIB))
        self._gateway, self._latest = Gateway(config), 0
        self._top = f"nw/v1/{config.home_code}"
        name = gateway_session(config.gateway)
        context = ssl.create_default_context(cafile=config.ca) if config.ca else None
        topics = [f"{self._top}/+/+"]
        self._local = Local(config.local, name, clock.now, topics, context)
        commands = f"{self._top}/+/cmd"
        self._uplink = Uplink(config.uplink, name, self._own("status"), commands, context)
        self._outstanding: dict[int, list[int]] = {}
        self._done: list[int] = []  # that the platform has, and the disk does not know so yet
        self._sent_at = self._ticked = self._beat_at = self._disk_at = 0.0
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
        self._local.start()
        self._uplink.start()
        self.begin()
        while not self._stopping.is_set():
            messages = self._local.take(BATCH, _WAIT_S)
            if messages:
                self._hear(messages)
            self._pass_time()
            self._hand_up()
        self._local.stop()
        self._uplink.stop()
        self._store.close()

    def begin(self) -> None:
        """Be what we were: at a start, and when the clock was set back, for what was learnt of the time while
        it was fast lies ahead of us."""
        now = self._latest = self._clock.now()
        self._gateway = Gateway(self._config)
        past = [Past()]
        self._on_disk(lambda: past.append(self._store.past()))
        self._settle(self._gateway.restore(past[-1], now), (), now)

    def _now(self) -> int:
        now = self._clock.now()
        if now < self._latest - MINUTE:
            log.warning("the clock was set back", extra={"by_s": (self._latest - now) // SECOND})
            self.begin()
        self._latest = max(now, self._latest)
        return now

    def _hear(self, messages: Sequence[Message]) -> None:
        now = self._now()
        said = [m for m in messages if not m.topic.endswith("/cmd")]
        self._settle(self._gateway.handle(said, now), messages, now)

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
            if not self._on_disk(lambda: self._store.commit(first.work, first.messages, first.now)):  # noqa: B023
                self._acknowledge(self._owed[-1])
                while len(self._owed) > MOST_OWED or sum(one.size for one in self._owed) > OWED_BYTES:
                    self._owed.popleft()
                return
            self._acknowledge(first)
            self._owed.popleft()

    def _on_disk(self, call: Callable[[], object]) -> bool:
        """Whether it was done. A full disk is waited for; a file that breaks is put aside at once, not only
        at the next start, and what is at hand goes into a new one."""
        for attempt in (1, 2):
            try:
                call()
                return True
            except sqlite3.DatabaseError as error:
                log.error("store takes nothing", extra={"error": type(error).__name__})
                if type(error) is not sqlite3.DatabaseError or attempt == 2:
                    if not isinstance(error, sqlite3.OperationalError):
                        raise
                    return False
                self._outstanding.clear()
                self._done.clear()
                self._store.begin_anew()
        return False

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
        now = self._now()
        if mono - self._disk_at >= _DISK_S:
            self._disk_at = mono
            if self._store.try_disk():
                self._outstanding.clear()
                self._done.clear()
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
        self._done += [key for mid in self._uplink.confirmed() for key in self._outstanding.pop(mid, ())]
        if self._done and self._on_disk(lambda: self._store.sent(self._done)):
            self._done.clear()
        mono = time.monotonic()
        full = len(self._outstanding) >= OUTSTANDING or mono - self._sent_at < EVERY_S
        if not self._uplink.connected or full or not self._store.waiting[0]:
            return
        found: list[tuple[list[int], list[bytes]]] = []
        if not self._on_disk(lambda: found.append(self._next())):
            return
        ids, bodies = found[-1]
        if ids:
            self._sent_at = mono
            payload = entry.message_of(bodies)
            self._outstanding[self._uplink.publish(self._own("relay"), payload)] = ids

    def _next(self) -> tuple[list[int], list[bytes]]:
        """The first that are not on their way; at least one, however large."""
        under_way = {key for keys in self._outstanding.values() for key in keys} | set(self._done)
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
