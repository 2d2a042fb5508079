"""Which detectors there are: the composition root of this package."""

from collections.abc import Iterable

from analytics.activity import ActivityReader
from analytics.detector import Detector
from analytics.falls import FallDetector
from analytics.falls.calibration import Change, Verdicts
from analytics.falls.fusion import Fusion, report_in
from analytics.forecast import ForecastDetector
from analytics.hazards import HazardDetector
from analytics.immediate import ALARMS, ImmediateDetector
from analytics.inactivity import InactivityDetector
from analytics.living import LivingDetector
from analytics.supervision import SupervisionDetector
from analytics.vitals import VitalsDetector
from analytics.wandering import WanderingDetector
from analytics.worn import WornDetector
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding


class Falls:
    """Falls as motion shows them and as devices report them themselves, behind the common protocol."""

    name = "falls"
    may_wait_s = 0.05

    def __init__(self, detector: FallDetector | None = None) -> None:
        self.detector = detector or FallDetector()
        self._reports = ImmediateDetector(["fall"])
        self._fusion = Fusion()

    def know(self, directory: Directory) -> None:
        """Where each device is worn, and what was given back."""
        self._reports.know(directory)
        self._fusion.keep({entry.home for entry in directory.by_id.values()})
        self.detector.know({entry.id: entry.site for entry in directory.by_id.values()})

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """When each device was last heard before a restart."""
        self._reports.heard(rows)

    def resume(self, findings: Iterable[Finding]) -> None:
        """Falls told before; the rest comes back from the motion of `FallDetector.lookback_s` seconds."""
        findings = list(findings)
        self.detector.resume(finding for finding in findings if finding.kind == "motion_unusable")
        falls = [finding for finding in findings if finding.kind == "fall"]
        self._reports.resume(falls)
        self._fusion.resume(falls)
        for finding in falls:
            if (told := report_in(finding)) is not None:
                self.detector.report(finding.resident, *told, finding.home)

    def heed(self, verdicts: Verdicts, now: int) -> list[Change]:
        """What people said of past falls."""
        return self.detector.heed(verdicts, now)

    def fold(self, batch: Batch) -> list[Finding]:
        """Motion windows and reported falls in, one finding a fall out."""
        said = self._reports.fold(batch)
        for report in [*said]:
            if report.device is not None:
                said += self.detector.report(report.resident, report.device, report.onset, report.home)
        if motion := [window for window in batch.motion if not window.judged]:
            said += self.detector.fold(motion, batch.now)
        return self._fusion.join(said)

    def told(self, findings: Iterable[Finding]) -> list[Finding]:
        """Falls that a gateway saw, as news of those known here, and motion that it could not use."""
        return self._fusion.join(
            finding for finding in findings if finding.kind in ("fall", "motion_unusable")
        )

    def tick(self, now: int) -> list[Finding]:
        """A fall is confirmed by what does not follow."""
        return self._fusion.join(self.detector.tick(now))


def all_detectors() -> list[Detector]:
    """A fresh set, in the order in which their findings are written: what is certain comes first."""
    certain = ImmediateDetector([alarm.kind for alarm in ALARMS if alarm.kind != "fall"])
    reader = ActivityReader()
    watches: list[Detector] = [
        HazardDetector(),
        VitalsDetector(),
        InactivityDetector(reader=reader),
        LivingDetector(reader),
        WanderingDetector(),
        WornDetector(),
        ForecastDetector(),
        SupervisionDetector(),
    ]
    return [certain, Falls(), *watches]
