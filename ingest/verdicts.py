"""What people said of past falls, read again and again and handed to the detectors that heed it."""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from analytics.detector import Detector
from analytics.falls.calibration import Change, Verdicts
from core.instant import DAY
from ingest.writer import Writer

log = logging.getLogger(__name__)

REMEMBERED = 540 * DAY  # nine half-lives: what is older counts for nothing
READ_EVERY_S = 30.0


@runtime_checkable
class Heeding(Protocol):
    """A detector that is more or less careful with a resident after what people said of past findings."""

    def heed(self, verdicts: Verdicts, now: int) -> Sequence[Change]:
        """All that was ever said and not taken back, before anything is folded and whenever it changed."""
        ...


class Feedback:
    """Reads the verdicts at the start and every half minute."""

    def __init__(self, writer: Writer, detectors: Iterable[Detector]) -> None:
        self._writer = writer
        self._heeding = [detector for detector in detectors if isinstance(detector, Heeding)]
        self._read_at: float | None = None

    def refresh(self, now: int) -> None:
        """Read again if it is time; every change makes a line in the log that names nobody."""
        mono = time.monotonic()
        if not self._heeding or (self._read_at is not None and mono - self._read_at < READ_EVERY_S):
            return
        first, self._read_at = self._read_at is None, mono
        verdicts = self._writer.verdicts(now - REMEMBERED)
        changed = [change for detector in self._heeding for change in detector.heed(verdicts, now)]
        if first:
            log.info("verdicts on falls read", extra={"verdicts": len(changed), "residents": len(verdicts)})
            return
        for change in changed:
            word = "verdict on a fall heard" if change.heard else "verdict on a fall taken back"
            verdict = change.verdict
            log.info(word, extra={"incident": verdict.incident, "word": verdict.word, "shift": change.shift})
