"""The motion around a fall or a call for help: kept for a while, sent up when there is a reason. Pure."""

from collections import deque
from collections.abc import Iterable, Sequence

from core.directory import Directory
from core.finding import Finding
from core.instant import SECOND
from core.motion import MotionWindow

BEFORE, AFTER = 20 * SECOND, 20 * SECOND  # the board shows from 10 s before to 20 s after
KEPT = 90 * SECOND
ABOUT = frozenset({"fall", "sos"})


class Clips:
    """The last windows of each wearable, and the spans that are wanted of them."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._windows: dict[int, deque[MotionWindow]] = {}
        self._wanted: dict[int, list[tuple[int, int]]] = {}  # device -> spans still going on

    def fold(self, windows: Sequence[MotionWindow], findings: Iterable[Finding]) -> list[MotionWindow]:
        """What is to be sent now, in order: windows that belong to one of `findings` or of those before."""
        sent = [window for window in windows if self._is_wanted(window)]
        for window in windows:
            self._keep(window)
        known = {id(window) for window in sent}
        for finding in findings:
            for device in self._worn_by(finding):
                more = self._want(device, finding.onset - BEFORE, finding.onset + AFTER)
                sent += [window for window in more if id(window) not in known]
                known |= {id(window) for window in more}
        return sorted(sent, key=lambda window: (window.device, window.start))

    def _keep(self, window: MotionWindow) -> None:
        kept = self._windows.setdefault(window.device, deque())
        kept.append(window)
        while kept and kept[0].start < window.start - KEPT:
            kept.popleft()
        spans = self._wanted.get(window.device, [])
        self._wanted[window.device] = [span for span in spans if span[1] >= window.start - KEPT]

    def _is_wanted(self, window: MotionWindow) -> bool:
        spans = self._wanted.get(window.device, ())
        return any(since <= window.start <= until for since, until in spans)

    def _want(self, device: int, since: int, until: int) -> list[MotionWindow]:
        spans = self._wanted.setdefault(device, [])
        if (since, until) in spans:
            return []
        spans.append((since, until))
        return [window for window in self._windows.get(device, ()) if since <= window.start <= until]

    def _worn_by(self, finding: Finding) -> list[int]:
        """The wearables that can show it."""
        if finding.kind not in ABOUT or finding.cleared:
            return []
        entries = self._directory.by_id.values()
        own = [entry.id for entry in entries if entry.id == finding.device and entry.kind == "wearable"]
        return own or [
            entry.id
            for entry in entries
            if entry.kind == "wearable" and self._directory.subject(entry) == finding.resident
        ]
