"""What a worker or the interpreter counts of itself. A batch costs a few microseconds for each detector, a
message nothing."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

from core import metrics
from core.clock import Clock
from core.finding import Finding
from core.instant import SECOND
from ingest.message import Message, Refused

T = TypeVar("T")

_MESSAGES = metrics.counter("nowalls_messages_total")
_READINGS = metrics.counter("nowalls_readings_total")
_QUARANTINED = metrics.counter("nowalls_quarantined_total")
_FINDINGS = metrics.counter("nowalls_findings_total")
_BATCH = metrics.histogram("nowalls_batch_seconds")
_INGEST = metrics.histogram("nowalls_ingest_seconds")
_DETECTOR = metrics.histogram("nowalls_detector_seconds")
_FAILURES = metrics.counter("nowalls_detector_failures_total")


class Carrier(Protocol):
    """What is asked of a source of messages; see ingest.worker.Source."""

    @property
    def connected(self) -> bool:
        """Whether it hears."""
        ...

    def oldest(self) -> int | None:
        """Instant of arrival of the first message not taken yet."""
        ...

    def waiting(self) -> int:
        """How many are not taken yet."""
        ...


class Measures:
    """One worker's; of several in a process the gauges show the worst, or the sum of what waits."""

    def __init__(self, source: Carrier, clock: Clock, detectors: Iterable[str] = ()) -> None:
        """`clock` is the one messages are stamped by; `detectors` are named ahead: what begins to be counted
        at one was never seen to rise."""
        for name in detectors:
            _FAILURES.labels(name)
        self._source = source
        self._clock = clock
        self._in_hand: int | None = None  # instant of arrival of the oldest message being worked on
        self._detectors: dict[str, Any] = {}
        self._steps: dict[str, Any] = {}
        _ALL.add(self)

    @contextmanager
    def batch(self, messages: Sequence[Message]) -> Iterator[None]:
        """While `messages` are worked on and not yet acknowledged."""
        self._in_hand = messages[0].received
        try:
            yield
        finally:
            self._in_hand = None
        _MESSAGES.inc(len(messages))
        _INGEST.observe(max(0.0, self._clock.sleep_s((self._clock.now() - messages[0].received) / SECOND)))

    def step(self, name: str, work: Callable[[], T]) -> T:
        """What `work` gives, timed as a step of the batch."""
        began = time.perf_counter()
        try:
            return work()
        finally:
            known = self._steps.get(name)
            if known is None:
                known = self._steps[name] = _BATCH.labels(name)
            known.observe(time.perf_counter() - began)

    def detector(self, name: str, seconds: float) -> None:
        """A detector was done with a batch."""
        known = self._detectors.get(name)
        if known is None:
            known = self._detectors[name] = _DETECTOR.labels(name)
        known.observe(seconds)

    def failed(self, detector: str) -> None:
        """A detector failed."""
        _FAILURES.labels(detector).inc()

    def stored(self, rows: int, refused: Sequence[Refused], findings: Sequence[Finding]) -> None:
        """So much is in the store now."""
        _READINGS.inc(rows)
        for reason, count in Counter(str(item.fault) for item in refused).items():
            _QUARANTINED.labels(reason).inc(count)
        for kind, count in Counter(str(finding.kind) for finding in findings).items():
            _FINDINGS.labels(kind).inc(count)

    def age_s(self) -> float:
        """Real seconds since the oldest message came that is not safe yet; 0 when all are."""
        oldest = self._in_hand if self._in_hand is not None else self._source.oldest()
        return 0.0 if oldest is None else max(0.0, self._clock.sleep_s((self._clock.now() - oldest) / SECOND))

    def waiting(self) -> int:
        """Messages that nobody has taken yet."""
        return self._source.waiting()

    def connected(self) -> bool:
        """Whether the broker is heard."""
        return self._source.connected


_ALL: WeakSet[Measures] = WeakSet()
metrics.gauge("nowalls_oldest_unacknowledged_seconds").set_function(
    lambda: max((one.age_s() for one in list(_ALL)), default=0.0)
)
metrics.gauge("nowalls_waiting_messages").set_function(lambda: sum(one.waiting() for one in list(_ALL)))
metrics.gauge("nowalls_broker_connected").set_function(
    lambda: float(all(one.connected() for one in list(_ALL)))
)
