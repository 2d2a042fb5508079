"""The loop: take what has arrived, decode, detect, store in one transaction, acknowledge.

A batch is whatever arrived while the last one was being written, and where much happens what comes in the
next few milliseconds (`ingest.gather`): small and quick when little happens, large and cheap when much does.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar

from analytics.detector import Detector
from analytics.memory import Keeper
from core import logs
from core.batch import Batch
from core.clock import Clock
from core.finding import Finding
from core.instant import DAY, MINUTE, SECOND, to_datetime
from core.partition import WHOLE, Share
from ingest import budget, late
from ingest.abilities import Learner, Tellable, Watcher
from ingest.activity import backlog, places
from ingest.behaviour.living import Living
from ingest.budget import UNLIMITED, Budget, Limits
from ingest.decode import Decoded, Decoder, DeviceNews, merged
from ingest.gather import Gather
from ingest.late import LOOK_BACK, LOOK_BACK_MOTION, MOTION, READINGS, Late
from ingest.measures import Measures
from ingest.message import Fault, Message
from ingest.sightings import Sightings
from ingest.source import Source
from ingest.store import Write
from ingest.tidying import Tidying
from ingest.turns import Turns
from ingest.verdicts import Feedback
from ingest.writer import Writer

T = TypeVar("T")

log = logging.getLogger(__name__)

BATCH = 2000
_LOOK_BACK_FINDINGS = 40 * DAY
# Every change of the directory rings a bell, and is told beforehand where it was entered so: this is for the
# bell that nobody heard. A big directory is not read for each of many changes.
_REFRESH_S, _REFRESH_SHARE = 600.0, 0.1
_REPORT_S = 1.0
_TRIM_S = 60.0
_STRANGE_S, _MOST_STRANGE = 1.0, 10_000
_OVER = object()
_STRANGERS = (Fault.UNKNOWN_DEVICE, Fault.FOREIGN_HOME)
# After a connection is made the broker first hands over what it kept, and again what an earlier worker had
# in hand (ack_wait): until then silence means nothing.
_SETTLE_S, _SETTLE_AT_MOST_S, _FRESH = 4.0, 60.0, 5 * SECOND


@dataclass(slots=True)
class Figures:
    """What a worker has done, for the system page."""

    name: str
    started_at: datetime
    last_batch_at: datetime | None = None
    received: int = 0
    stored: int = 0
    quarantined: int = 0
    findings: int = 0
    queued: int = 0
    lag_ms: float = 0.0


class Worker:
    """Runs until `stopping`; a database or a broker that goes away is waited for."""

    def __init__(
        self,
        source: Source,
        writer: Writer,
        detectors: Sequence[Detector],
        clock: Clock,
        name: str = "ingest",
        limits: Limits = UNLIMITED,
        share: Share = WHOLE,
    ) -> None:
        """`share`: the homes it looks after, for as long as it lives; who takes over others makes another
        worker for them, whose `name` is that of those who had them before."""
        writer.share = share
        self._source = source
        self._writer = writer
        self._detectors = detectors
        self._turns = Turns(detectors, self._fold)
        self._passing: Iterator[None] | None = None  # time, in steps
        self._may_wait = False  # who hands us batches wants to see at once what follows from them
        self._watchers = [detector for detector in detectors if isinstance(detector, Watcher)]
        self._learners = [detector for detector in detectors if isinstance(detector, Learner)]
        self._keepers = [detector for detector in detectors if isinstance(detector, Keeper)]
        self.feedback = Feedback(writer, detectors)
        self._living = Living(writer, detectors)
        self._clock = clock
        self._measures = Measures(source, clock, [detector.name for detector in detectors])
        self.figures = Figures(name, to_datetime(clock.now()))
        self._sightings, self._tidying, self._late = Sightings(), Tidying(), Late()
        self._latest = clock.now()
        self._decoder = Decoder(*writer.known(clock.now()))
        self._changes_at = writer.next_change(clock.now())
        self._not_before = 0.0  # the directory is not read again
        self._tick_s = min(1.0, max(0.05, clock.sleep_s(1.0)))
        self._budget = Budget(limits, clock.now(), self._away(clock.now(), name))
        self._room_until = self._room_made_at = 0
        self._waited = 0  # microseconds; how far behind us what comes now was said
        self._strange: dict[str, float] = {}  # topics of devices nobody knows, and when that was looked up
        self._ticked = self._reported = self._trimmed = 0.0
        self._refreshed = time.monotonic()
        self._deaf_since = time.monotonic()
        self._blind_since: float | None = self._deaf_since
        self._restore()

    @property
    def stopping(self) -> bool:
        """Set to leave `run` after the batch at hand."""
        return self._writer.stopping

    @stopping.setter
    def stopping(self, value: bool) -> None:
        self._writer.stopping = value

    def run(self) -> None:
        """Work until `stopping`, or until the clock was set back: what was learnt while it was fast lies
        ahead of us, and a new worker, which resumes from the store, knows nothing of it."""
        # Where a night passes in a second, a fraction of a second is too long.
        self._may_wait = self._clock.sleep_s(1.0) >= 1.0
        take = Gather(self._source).take if self._may_wait else self._source.take
        while not self.stopping and not self._set_back():
            idle_s = 0.0 if self._passing else self._turns.wait_s(time.monotonic(), self._tick_s / 2)
            messages = take(BATCH, idle_s)
            if messages:
                with self._measures.batch(messages):
                    if self.handle(messages):
                        self._source.acknowledge(messages)
            self._pass_time()
        self._say(self._turns.settle())
        self._note(self._sightings.rest())

    def _set_back(self) -> bool:
        """Whether the clock shows a time that is over."""
        now, before = self._clock.now(), self._latest
        self._latest = max(now, before)
        if now >= before - MINUTE:
            return False
        log.warning("the clock was set back", extra={"by_s": (before - now) // SECOND})
        return True

    def handle(self, messages: Sequence[Message]) -> bool:
        """Store a batch and what the detectors make of it; False when it was not (we are stopping)."""
        now = self._clock.now()
        self._make_room(now)
        # What the broker kept while we were away comes all at once, and is nobody's fault.
        free = self._blind_since is not None
        parts = self._budget.split(messages, self._decoder.directory, free)
        if not self._handle(parts.kept, now):
            return False
        if parts.refused:
            # After the others have theirs: who says too much waits.
            work = Write(Decoded(Batch(now), refused=parts.refused), parts.findings, floods=parts.floods)
            self.figures.quarantined += len(parts.refused)
            if parts.floods:
                log.warning("devices say too much", extra={"devices": parts.floods})
            if not self._writer.write(work, now):
                return False
            self._tidying.note(parts.refused, self._decoder.directory)
            self._measures.stored(0, parts.refused, parts.findings)
        self.figures.received += len(messages)
        self.figures.lag_ms = max(self._waited, self._clock.now() - messages[0].received) / 1000
        return True

    def _handle(self, messages: Sequence[Message], now: int) -> bool:
        """Read, detect and store what is within its devices' budgets."""
        measures = self._measures
        decoded = measures.step("decode", lambda: self._decoder.decode(messages, now))
        strangers = [item.message for item in decoded.refused if item.fault in _STRANGERS]
        if self._are_news({message.topic for message in strangers}) and self._writer.has_news():
            self._refresh()
            # A device may speak before we have heard of it: ask again before turning it away.
            decoded.refused = [item for item in decoded.refused if item.fault not in _STRANGERS]
            decoded = merged(decoded, self._decoder.decode(strangers, now))
        findings = measures.step("detect", lambda: self._tell(decoded.told) + self._hear(decoded.batch))
        where = places(decoded.batch.readings, self._decoder.directory)
        if self._may_wait:
            decoded.news = self._sightings.due(decoded.news)
        work = Write(decoded, findings, where, memories=self._budget.kept() + self._late.note(decoded.batch))
        if not measures.step("store", lambda: self._writer.write(work, now, messages, self._decoder)):
            return False
        done, rows = self.figures, len(decoded.batch.readings) + len(decoded.batch.motion)
        measures.stored(rows, decoded.refused, findings)
        self._tidying.note(decoded.refused, self._decoder.directory)
        done.stored += rows
        done.quarantined += len(decoded.refused)
        done.findings += len(findings)
        done.last_batch_at = to_datetime(now)
        self._waited = backlog(decoded.batch)
        return True

    def tick(self, now: int) -> None:
        """Let time pass for the detectors up to `now`."""
        for _ in self._ticking(lambda: now):
            continue

    def _ticking(self, instant: Callable[[], int]) -> Iterator[None]:
        """The same in steps, between which what has arrived is stored, if the database is away perhaps for
        minutes: each step asks anew what time it is."""
        for findings in self._turns.settling():
            self._say(findings)
            yield
        for detector in self._detectors:
            self._say(self._guarded(detector, detector.tick, instant()))
            yield
        now = instant()
        self._note(self._sightings.late(now))
        findings = self._budget.quiet(now)
        routine = [row for learner in self._learners for row in learner.routine_rows()]
        memories = [memory for keeper in self._keepers for memory in keeper.memories()]
        lived = self._living.collect(now, self._decoder.directory)
        work = Write(Decoded(Batch(now)), findings, routine=routine, memories=memories, behaviour=lived)
        if (findings or routine or memories or lived) and self._writer.write(work, now):
            self.figures.findings += len(findings)
            self._measures.stored(0, (), findings)

    def _restore(self) -> None:
        """State is a fold of what is stored: let the detectors see the last of it again.

        The last of it lies before the moment we stopped, which may be long ago.
        """
        now = self._clock.now()
        stopped = min(now, self._writer.last_batch(self.figures.name) or now)
        self._make_room(now)
        findings = self._writer.findings(now - _LOOK_BACK_FINDINGS)
        for detector in self._detectors:
            detector.know(self._decoder.directory)
        for learner in self._learners:
            learner.load(self._writer.routine(now))
        for keeper in self._keepers:
            keeper.recall(self._writer.memories(keeper.name))
        # What was written while the clock was fast must not keep a silence from being noticed.
        heard = [(device, min(at, now)) for device, at in self._writer.heard()]
        self._budget.heard(heard)
        self._budget.recall(self._writer.memories(budget.NAME))
        self._late.recall(self._writer.memories(late.NAME))
        for watcher in self._watchers:
            watcher.heard(heard)
        self.feedback.refresh(now)
        self._living.restore(now)
        self._budget.resume(findings, self._decoder.directory)
        for detector in self._detectors:
            detector.resume(findings)
        again = [finding for batch in self._past(stopped, now) for finding in self._detect(batch)]
        if again:
            self._writer.write(Write(Decoded(Batch(now)), again), now)

    def _away(self, now: int, name: str) -> int:
        """For how long nobody listened."""
        return now - min(now, self._writer.last_batch(name) or now)

    def _past(self, stopped: int, now: int) -> Iterator[Batch]:
        until = now + MINUTE  # devices' clocks may be a little fast
        handed = self._late.since(READINGS, stopped)
        yield from self._writer.recent(stopped - LOOK_BACK, until, handed)
        handed = self._late.since(MOTION, stopped)
        motion = self._writer.recent_motion(stopped - LOOK_BACK_MOTION, until, handed)
        if motion:
            yield Batch(now, motion=motion)

    def _detect(self, batch: Batch) -> list[Finding]:
        return [finding for detector in self._detectors for finding in self._fold(detector, batch)]

    def _hear(self, batch: Batch) -> list[Finding]:
        found = self._turns.hear(batch, time.monotonic())
        return found if self._may_wait else found + self._turns.settle()

    def _fold(self, detector: Detector, batch: Batch) -> list[Finding]:
        return self._guarded(detector, detector.fold, batch)

    def _say(self, findings: Sequence[Finding]) -> None:
        """Store findings about what was stored before."""
        now = self._clock.now()
        if findings and self._writer.write(Write(Decoded(Batch(now)), findings), now):
            self.figures.findings += len(findings)
            self._measures.stored(0, (), findings)

    def _note(self, news: dict[int, DeviceNews]) -> None:
        """Write down news of devices that has waited."""
        now = self._clock.now()
        if news:
            self._writer.write(Write(Decoded(Batch(now), news=news)), now)

    def _tell(self, told: list[Finding]) -> list[Finding]:
        """What gateways saw, before what follows from the readings they handed up with it."""
        tellable = [one for one in self._detectors if told and isinstance(one, Tellable)]
        return [f for detector in tellable for f in self._guarded(detector, detector.told, told)]

    def _guarded(self, detector: Detector, step: Callable[[T], list[Finding]], value: T) -> list[Finding]:
        """A fault in one detector must neither stop the others nor keep readings from being stored."""
        began = time.perf_counter()
        try:
            found = step(value)
            self._measures.detector(detector.name, time.perf_counter() - began)
            return found
        except Exception as error:
            self._measures.failed(detector.name)
            log.error("detector failed", extra={"detector": detector.name, **logs.trace(error)})
            return []

    def _pass_time(self) -> None:
        mono = time.monotonic()
        if self._passing:
            if next(self._passing, _OVER) is _OVER:
                self._passing = None
        elif mono - self._ticked >= self._tick_s and self._sees(mono):
            self._ticked = mono
            self._passing = self._ticking(lambda: self._source.oldest() or self._clock.now())
            if not self._may_wait:
                deque(self._passing, maxlen=0)
                self._passing = None
        else:
            self._say(self._turns.turn(mono))
        if mono - self._reported >= _REPORT_S:
            self._reported = mono
            self.figures.queued = self._source.waiting()
            hearing = self._clock.now() if self._source.connected else None
            self._writer.report(asdict(self.figures), hearing)
        if self._is_old(mono):
            self._refresh()
        devices, old = self._tidying.due(mono), mono - self._trimmed >= _TRIM_S
        if old:
            self._trimmed = mono
        if old or devices:
            self._writer.trim(devices, self._clock.now() if old else None)
        self.feedback.refresh(self._clock.now())
        self._living.refresh(self._clock.now())

    def _sees(self, mono: float) -> bool:
        """Whether silence on the wire means silence at home."""
        if not self._source.connected:
            if self._blind_since is None:
                self._deaf_since = mono
            self._blind_since = mono
            return False
        if self._blind_since is not None:
            blind_s = mono - self._blind_since
            # A broker that hands over less at once than we take has more, though nothing waits here.
            fresh = self._waited <= _FRESH and self._source.waiting() == 0
            drained = blind_s >= _SETTLE_S and fresh
            if not drained and blind_s < _SETTLE_AT_MOST_S:
                return False
            self._budget.forgive(round((mono - self._deaf_since) * SECOND))
            self._blind_since = None
        return True

    def _are_news(self, topics: set[str]) -> bool:
        """Whether a topic among them was not looked up within the last second; whose device is unknown for
        good does not make us ask for every message of it."""
        mono = time.monotonic()
        news = {topic for topic in topics if mono - self._strange.get(topic, -_STRANGE_S) >= _STRANGE_S}
        if len(self._strange) > _MOST_STRANGE:
            self._strange.clear()
        self._strange |= dict.fromkeys(news, mono)
        return bool(news)

    def _is_old(self, mono: float) -> bool:
        """Whether the directory has to be read again, for which a tenth of our time is enough."""
        due = self._changes_at is not None and self._clock.now() >= self._changes_at
        old = due or self._writer.directory_changed or mono - self._refreshed >= _REFRESH_S
        return old and mono >= self._not_before

    def _refresh(self) -> None:
        """Read again who is installed."""
        began = time.monotonic()
        self._read_directory()
        self._refreshed = time.monotonic()
        self._not_before = self._refreshed + (self._refreshed - began) / _REFRESH_SHARE

    def _read_directory(self) -> None:
        now = self._clock.now()
        directory = self._writer.directory(now)
        self._changes_at = self._writer.next_change(now)
        if directory != self._decoder.directory:
            self._say(self._turns.settle())  # by the directory they came under
            self._decoder.directory = directory
            for detector in self._detectors:
                detector.know(directory)

    def _make_room(self, now: int) -> None:
        # Also when the clock was set back: what was made while it was fast lies elsewhere.
        if now + DAY > self._room_until or now < self._room_made_at - MINUTE:
            self._room_until, self._room_made_at = self._writer.make_room(now), now
