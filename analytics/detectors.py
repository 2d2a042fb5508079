"""Which detectors there are: the composition root of this package."""

from collections.abc import Iterable

from analytics.detector import Detector
from analytics.falls import FallDetector
from analytics.falls.calibration import Change, Verdicts
from analytics.immediate import ImmediateDetector
from analytics.inactivity import InactivityDetector
from analytics.supervision import SupervisionDetector
from analytics.vitals import VitalsDetector
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding


class Falls:
    """The fall detector behind the common protocol."""

    name = "falls"

    def __init__(self, detector: FallDetector | None = None) -> None:
        self.detector = detector or FallDetector()

    def know(self, directory: Directory) -> None:
        """Where each device is worn, and what was given back."""
        self.detector.know({entry.id: entry.site for entry in directory.by_id.values()})

    def resume(self, findings: Iterable[Finding]) -> None:
        """Its state comes back from the windows of the last `FallDetector.lookback_s` seconds."""

    def heed(self, verdicts: Verdicts, now: int) -> list[Change]:
        """What people said of past falls."""
        return self.detector.heed(verdicts, now)

    def fold(self, batch: Batch) -> list[Finding]:
        """Motion windows in, falls out."""
        return self.detector.fold(batch.motion, batch.now) if batch.motion else []

    def tick(self, now: int) -> list[Finding]:
        """A fall is confirmed by what does not follow."""
        return self.detector.tick(now)


def all_detectors() -> list[Detector]:
    """A fresh set, in the order in which their findings are written: what is certain comes first."""
    return [ImmediateDetector(), Falls(), VitalsDetector(), InactivityDetector(), SupervisionDetector()]
