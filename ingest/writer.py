"""The store behind a connection that may break: waits, connects again, and isolates what it refuses."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import psycopg

from analytics.falls.calibration import Verdict
from analytics.living.day import HomeDay
from analytics.memory import Memory
from analytics.routine import RoutineDay
from analytics.silence_patience import Rulings
from core import logs
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding
from core.motion import MotionWindow
from core.partition import WHOLE
from ingest.decode import Decoded, Decoder
from ingest.device_clock import DeviceClock
from ingest.message import Fault, Message, Refused
from ingest.store import Store, Write

log = logging.getLogger(__name__)

T = TypeVar("T")

# A row the database (or the way there) will never take; all else is the database's own trouble and passes.
_POISON = (psycopg.DataError, psycopg.IntegrityError, TypeError, ValueError, OverflowError)
_WAIT_S, _WAIT_AT_MOST_S = 0.1, 5.0


class Writer:
    """Calls on the store, repeated until they succeed or `stopping` is set."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        self._connect = connect
        self._stop = threading.Event()
        self._rung = threading.Event()
        self._store: Store | None = None
        self.share = WHOLE  # whose homes it reads; it writes whatever it is given
        self._homes: list[int] | None = None  # their keys; None: all

    @property
    def stopping(self) -> bool:
        """True once work should end."""
        return self._stop.is_set()

    @stopping.setter
    def stopping(self, value: bool) -> None:
        if value:
            self._stop.set()

    def stop(self) -> None:
        """As `stopping` set."""
        self._stop.set()

    @property
    def directory_changed(self) -> bool:
        """True when somebody rang the `directory` bell since it was read."""
        return self._rung.is_set()

    def has_news(self) -> bool:
        """Whether the bell was rung by anything committed before this call: asks the database."""
        self._must(lambda store: store.hear())
        return self._rung.is_set()

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._drop()

    def write(
        self, work: Write, now: int, messages: Sequence[Message] = (), decoder: Decoder | None = None
    ) -> bool:
        """Store `work`; False when we stop before it is stored.

        When the database refuses a row for good, the messages are stored one by one and the refused ones
        go to quarantine, so that one bad row never holds back the rest.
        """
        try:
            return self._until_done(lambda store: store.write(work, now)) is not None
        except _POISON as error:
            log.error("batch refused by the store", extra=logs.trace(error))
        # What was learnt of clocks first, then each finding and each message by itself.
        stored = self._apart(
            Write(
                Decoded(Batch(now), clocks=work.decoded.clocks),
                routine=work.routine,
                memories=work.memories,
                behaviour=work.behaviour,
            ),
            now,
        )
        for finding in work.findings:
            stored = self._apart(Write(Decoded(Batch(now)), [finding]), now) and stored
        if decoder is not None:
            stored = all(self._one(message, now, decoder) for message in messages) and stored
        return stored

    def known(self, now: int) -> tuple[Directory, dict[int, DeviceClock]]:
        """What a decoder starts from."""
        return self.directory(now), self._must(lambda store: store.clocks())

    def directory(self, now: int) -> Directory:
        """Who and what is installed."""
        self._rung.clear()
        directory = self._must(lambda store: store.directory(now, self.share))
        if not self.share.is_whole:
            self._homes = sorted({entry.home for entry in directory.by_id.values()})
        return directory

    def next_change(self, now: int) -> int | None:
        """When the directory next changes by itself; None: never."""
        return self._must(lambda store: (store.next_change(now),))[0]

    def findings(self, since: int) -> list[Finding]:
        """The last revision of findings of late."""
        return self._must(lambda store: store.findings(since, self._homes))

    def routine(self, now: int) -> list[RoutineDay]:
        """The learnt days of homes."""
        return self._must(lambda store: store.routine(now, self._homes))

    def rulings(self, since: int, until: int | None = None) -> Rulings:
        """What was said of alarms of silence since, and before `until`."""
        return self._must(lambda store: store.rulings(since, until))

    def home_days(self, since: int, homes: Sequence[int] | None = None) -> list[HomeDay]:
        """Finished days of homes in numbers; of all where none are named."""
        return self._must(lambda store: store.home_days(since, self._homes if homes is None else homes))

    def memories(self, detector: str) -> list[Memory]:
        """What a detector asked to keep."""
        return self._must(lambda store: store.memories(detector))

    def recent(self, since: int, until: int, handed: Mapping[int, int]) -> Iterator[Batch]:
        """Stored readings in the order in which they came; after a broken connection from the beginning,
        which changes nothing for a fold. `handed`: see Store.recent."""
        while not self.stopping:
            try:
                self._must(lambda store: None)  # a connection, waited for
                if self._store is not None:
                    yield from self._store.recent(since, until, self._homes, handed)
                return
            except psycopg.OperationalError as error:
                log.warning("database away", extra={"error": type(error).__name__})
                self._drop()

    def recent_motion(self, since: int, until: int, handed: Mapping[int, int]) -> list[MotionWindow]:
        """Stored windows of late. `handed`: see Store.recent."""
        return self._must(lambda store: store.recent_motion(since, until, self._homes, handed))

    def make_room(self, now: int) -> int:
        """Partitions ahead, and old ones gone if nobody reads them just now; until when there is room."""
        until = self._must(lambda store: store.make_room(now))
        try:
            if self._store is not None:
                self._store.drop_old(now)
        except psycopg.errors.LockNotAvailable:
            log.info("old chunks are being read; they are dropped another day")
        except psycopg.Error as error:
            log.warning("old chunks not dropped", extra={"error": type(error).__name__})
            self._drop()
        return until

    def trim(self, devices: Sequence[str], now: int | None = None) -> int:
        """Forget what is too much in quarantine of `devices`, and with `now` what is old, if that can be done
        at present; how many messages went."""
        try:
            if self._store is None:
                return 0
            old = self._store.forget(now) if now is not None else 0
            return old + (self._store.trim(devices) if devices else 0)
        except psycopg.Error as error:
            log.warning("quarantine not trimmed", extra={"error": type(error).__name__})
            self._drop()
            return 0

    def last_batch(self, worker: str) -> int | None:
        """When the worker of this name last stored something."""
        return self._must(lambda store: store.last_batch(worker))

    def heard(self) -> list[tuple[int, int]]:
        """When each device was last heard."""
        return self._must(lambda store: store.heard())

    def verdicts(self, since: int) -> dict[int, tuple[Verdict, ...]]:
        """What people said of each resident's falls."""
        return self._must(lambda store: store.verdicts(since))

    def report(self, figures: Mapping[str, Any], hearing: int | None) -> None:
        """Figures for the system page, and when we could last hear devices; not worth waiting for."""
        try:
            if self._store is not None:
                self._store.report(figures, hearing)
        except psycopg.Error:
            self._drop()

    def _one(self, message: Message, now: int, decoder: Decoder) -> bool:
        try:
            work = Write(decoder.decode([message], now))
            return self._until_done(lambda store: store.write(work, now)) is not None
        except _POISON as error:
            refused = Refused(message, Fault.UNREADABLE, f"the store refused it: {type(error).__name__}")
            return self._apart(Write(Decoded(Batch(now), refused=[refused])), now)

    def _apart(self, work: Write, now: int) -> bool:
        try:
            return self._until_done(lambda store: store.write(work, now)) is not None
        except _POISON as error:
            log.error("refused by the store even by itself", extra=logs.trace(error))
            return True

    def _must(self, call: Callable[[Store], T]) -> T:
        result = self._until_done(call)
        if result is None:
            raise InterruptedError("stopped while waiting for the database")
        return result[0]

    def _until_done(self, call: Callable[[Store], T]) -> tuple[T] | None:
        """(result of `call`,), or None when we stop first; raises what is poison."""
        wait_s = _WAIT_S
        while True:
            try:
                if self._store is None:
                    self._store = self._open()
                return (call(self._store),)
            except _POISON:
                raise
            except psycopg.Error as error:
                log.warning("database away", extra={"error": type(error).__name__})
                self._drop()
            if self._stop.wait(wait_s):
                return None
            wait_s = min(_WAIT_AT_MOST_S, wait_s * 2)

    def _open(self) -> Store:
        conn = self._connect()
        conn.add_notify_handler(lambda notice: self._rung.set())
        conn.execute("LISTEN directory")
        conn.commit()
        self._rung.set()  # whatever rang while nobody listened
        return Store(conn)

    def _drop(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None
