"""What a worker believes after a time without a line, and what it still does when it is told to stop."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.batch import READING, Batch
from core.clock import ManualClock
from core.finding import Finding
from core.instant import SECOND
from ingest.sightings import Sightings
from ingest.turns import Turns
from ingest.worker import Worker


class Source:
    """A broker that is there again; what it handed over was taken."""

    connected = True

    def waiting(self) -> int:
        return 0


class Patient:
    """A detector that can wait, and how often it was shown something."""

    name, may_wait_s, shown = "silence", 0.2, 0

    def fold(self, batch: Batch) -> list[Finding]:
        self.shown += 1
        return []


def back_after(away_s: float) -> tuple[Worker, list[int]]:
    """A worker whose line stood again at monotonic second 1000, and what was forgiven (microseconds)."""
    worker, forgiven = Worker.__new__(Worker), list[int]()
    worker._source, worker._budget = Source(), SimpleNamespace(forgive=forgiven.append)
    worker._deaf_since, worker._blind_since = 1000.0 - away_s, 1000.0
    return worker, forgiven


def test_silence_is_believed_only_once_what_comes_is_fresh() -> None:
    """A broker that hands over less at once than we take: nothing waits here, and there is more."""
    worker, forgiven = back_after(600)
    for second in range(41):
        worker._waited = max(0, 600 - 15 * second) * SECOND
        believed = worker._sees(1000.0 + second)
        assert believed == (worker._waited <= 5 * SECOND)
    assert forgiven == [640 * SECOND]


@pytest.mark.parametrize(("waited_s", "after_s"), [(0, 4), (7200, 60)], ids=["fresh", "never fresh"])
def test_silence_is_believed_in_the_end(waited_s: int, after_s: int) -> None:
    worker, _ = back_after(600)
    worker._waited = waited_s * SECOND
    assert next(second for second in range(61) if worker._sees(1000.0 + second)) == after_s


def test_who_is_told_to_stop_shows_everybody_first_what_was_stored() -> None:
    worker, calm = Worker.__new__(Worker), Patient()
    worker._clock, worker._writer = ManualClock(0), SimpleNamespace(stopping=True)
    worker._turns = Turns([calm], lambda detector, batch: detector.fold(batch))
    worker._turns.hear(Batch(0, np.zeros(1, READING)), mono=0.0)
    worker._sightings, worker._latest = Sightings(), 0
    worker._source = SimpleNamespace(take=lambda limit, wait_s: [])
    assert calm.shown == 0
    worker.run()
    assert calm.shown == 1


def test_each_step_of_a_tick_is_of_its_own_instant() -> None:
    """The database was away for minutes between two steps, and what came meanwhile was folded in: an instant
    from before would be a clock that was set back."""
    ticked: list[int] = []
    quick = SimpleNamespace(name="quick", tick=lambda now: ticked.append(now) or [])
    worker, clock = Worker.__new__(Worker), ManualClock(0)
    worker._detectors, worker._turns = [quick, quick], Turns([], lambda detector, batch: [])
    worker._measures = SimpleNamespace(detector=lambda *_: None, failed=lambda *_: None)
    worker._say = lambda findings: None  # type: ignore[method-assign]
    steps = worker._ticking(clock.now)
    next(steps)
    clock.instant += 300 * SECOND
    next(steps)
    assert ticked == [0, 300 * SECOND]
