"""When each detector gets to see what has arrived: at once, or with what comes while it may wait.

A fold costs most by the call and little by the row, and only few detectors are in a hurry. So what is stored
waits for the others, a fraction of a second, and one of them is served between two batches: what arrives
meanwhile is stored without waiting for all of them. Nothing can be lost on the way: after a restart every
detector sees again what happened last, and what happened earlier does not wait. Pure but for the folds:
instants are arguments.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analytics.detector import Detector
from core.batch import Batch, one_after_another
from core.finding import Finding
from core.instant import HOUR, MINUTE

MANY = 500  # rows; so many together are worth a fold of their own
# What is older comes out of a device's memory; what is seen again of that after a restart is `ingest.late`.
LATE, LATE_MOTION = HOUR, MINUTE

Fold = Callable[[Detector, Batch], list[Finding]]


@dataclass(slots=True)
class _Group:
    """Detectors that may wait equally long, and what waits for them."""

    may_wait_s: float
    detectors: list[Detector]
    waiting: list[Batch] = field(default_factory=list)
    since: float = 0.0
    served: Batch | None = None  # what is being shown to the detectors of `left`
    left: list[Detector] = field(default_factory=list)

    def add(self, batch: Batch, mono: float) -> None:
        if not self.waiting:
            self.since = mono
        self.waiting.append(batch)

    def is_due(self, mono: float) -> bool:
        return bool(self.left) or (bool(self.waiting) and mono - self.since >= self.may_wait_s)

    def next(self) -> tuple[Detector, Batch]:
        """Whose turn it is, and with what; only while something waits."""
        if not self.left:
            self.served, self.waiting = joined(self.waiting), []
            self.left = self.detectors[::-1]
        assert self.served is not None
        return self.left.pop(), self.served


class Turns:
    """Serves detectors by how long they may wait: `may_wait_s`, seconds, none where one is silent."""

    def __init__(self, detectors: Iterable[Detector], fold: Fold) -> None:
        """`fold` shows a batch to a detector and survives its faults."""
        self._fold = fold
        by_wait: dict[float, list[Detector]] = {}
        for detector in detectors:
            by_wait.setdefault(getattr(detector, "may_wait_s", 0.0), []).append(detector)
        self._at_once = by_wait.pop(0.0, [])
        self._groups = [_Group(wait_s, group) for wait_s, group in sorted(by_wait.items())]

    def hear(self, batch: Batch, mono: float) -> list[Finding]:
        """Show `batch` to those in a hurry, and to all when it is large or late; `mono`: monotonic s."""
        found = [finding for detector in self._at_once for finding in self._fold(detector, batch)]
        if not len(batch.readings) and not batch.motion:
            return found
        for group in self._groups:
            group.add(batch, mono)
        if len(batch.readings) + len(batch.motion) >= MANY or _is_late(batch):
            found += self.settle()
        return found

    def turn(self, mono: float) -> list[Finding]:
        """Serve one detector that may not wait longer."""
        for group in self._groups:
            if group.is_due(mono):
                return self._fold(*group.next())
        return []

    def settle(self) -> list[Finding]:
        """Show everybody what still waits."""
        return [finding for found in self.settling() for finding in found]

    def settling(self) -> Iterator[list[Finding]]:
        """Show everybody what waits now, one after the other; what is heard meanwhile may wait on."""
        for group in self._groups:
            for _ in range(len(group.left) + len(group.detectors) * bool(group.waiting)):
                if not group.left and not group.waiting:
                    break
                yield self._fold(*group.next())

    def wait_s(self, mono: float, most: float) -> float:
        """How long everybody may still wait, `most` seconds at most."""
        for group in self._groups:
            if group.left:
                return 0.0
            if group.waiting:
                most = min(most, max(0.0, group.since + group.may_wait_s - mono))
        return most


def _is_late(batch: Batch) -> bool:
    """Whether something in it happened before what is seen again after a restart."""
    return bool((batch.readings["time"] < batch.now - LATE).any()) or any(
        window.start < batch.now - LATE_MOTION for window in batch.motion
    )


def joined(batches: Sequence[Batch]) -> Batch:
    """Batches in order of arrival as one, which is as new as the last."""
    if len(batches) == 1:
        return batches[0]
    readings = one_after_another([batch.readings for batch in batches])
    return Batch(batches[-1].now, readings, [window for batch in batches for window in batch.motion])
