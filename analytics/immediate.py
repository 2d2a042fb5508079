"""What must never wait: the SOS button, smoke, gas, CO, water, tampering, a fall that a device reports.

A sensor that says so is believed at once. One finding an episode: it stays open while the state is above
zero, a sensor's own all-clear ends it, and repeats change nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.quantity import BY_NAME

REPEAT = MINUTE  # a press, or a sensor that flickers, within this is the same episode
LATE = 2 * MINUTE  # from here on the reason says how late
TOO_LATE = 6 * HOUR  # a report older than this is history, not an emergency
CLOCK_LOST = 30 * DAY  # no device remembers that long: its clock is wrong and the report is new
EPISODES = 4  # kept for each sensor, so that late and repeated messages find theirs


class Alarm(NamedTuple):
    """One row: the quantity, the finding it makes, whether it is a person's (else the device's), and whether
    the sensor says when it is over."""

    quantity: str
    kind: str
    personal: bool
    clears: bool
    severity: str = ""


ALARMS = (
    Alarm("button", "sos", True, False),
    Alarm("fall", "fall", True, False, "reported"),
    Alarm("smoke", "smoke", False, True),
    Alarm("gas", "gas", False, True),
    Alarm("co", "co", False, True),
    Alarm("water", "water", False, True),
    Alarm("tamper", "tamper", False, True),
)
_BY_METRIC = {BY_NAME[alarm.quantity].id: alarm for alarm in ALARMS}
_METRICS = np.array(sorted(_BY_METRIC), dtype=np.int16)
_KINDS = {alarm.kind: BY_NAME[alarm.quantity].id for alarm in ALARMS}


@dataclass(slots=True)
class Episode:
    """One finding, when it was last seen raised, and when it ended (None while it stands)."""

    finding: Finding
    seen: int
    ended: int | None

    def covers(self, instant: int) -> bool:
        """Whether a raised state at `instant` belongs to this episode."""
        begun = self.finding.onset - REPEAT
        return begun <= instant and (self.ended is None or instant <= self.ended + REPEAT)


class ImmediateDetector:
    """Fold over event readings; state is a few episodes for each sensor that ever fired."""

    name = "immediate"

    def __init__(self) -> None:
        self._directory = Directory()
        self._episodes: dict[tuple[int, int], list[Episode]] = {}

    def know(self, directory: Directory) -> None:
        """Rooms for the reasons; episodes of removed devices are forgotten."""
        self._directory = directory
        self._episodes = {key: e for key, e in self._episodes.items() if key[0] in directory.by_id}

    def resume(self, findings: Iterable[Finding]) -> None:
        """Take up open and lately ended episodes."""
        for finding in findings:
            metric = _KINDS.get(finding.kind)
            if metric is None or finding.device is None or "metric" not in finding.evidence:
                continue
            episodes = self._episodes.setdefault((finding.device, metric), [])
            clears = _BY_METRIC[metric].clears
            ended = (finding.at if finding.cleared else None) if clears else finding.onset
            episodes.append(Episode(finding, finding.at, ended))

    def fold(self, batch: Batch) -> list[Finding]:
        """Findings at once for raised states, cleared revisions for all-clears."""
        readings = batch.readings
        found: list[Finding] = []
        for row in readings[np.isin(readings["metric"], _METRICS)]:
            key = (int(row["device"]), int(row["metric"]))
            if row["value"] > 0:
                found += self._raised(key, row)
            elif key in self._episodes:
                found += self._cleared(key, int(row["time"]))
        return found

    def tick(self, now: int) -> list[Finding]:
        """Nothing here waits for time."""
        return []

    def _raised(self, key: tuple[int, int], row: np.void) -> list[Finding]:
        onset = _onset(int(row["time"]), int(row["received"]), bool(row["live"]))
        if onset is None:
            return []
        episodes = self._episodes.setdefault(key, [])
        episode = next((e for e in episodes if e.covers(onset)), None)
        alarm = _BY_METRIC[key[1]]
        if episode is None:
            finding = self._finding(alarm, key, row, onset)
            episodes.append(Episode(finding, onset, None if alarm.clears else onset))
            episodes.sort(key=lambda e: e.finding.onset)
            del episodes[:-EPISODES]
            return [finding]
        episode.seen = max(episode.seen, onset)
        if episode.ended is None or onset <= episode.ended or not alarm.clears:
            return []
        reopened = replace(
            episode.finding,
            at=onset,
            revision=episode.finding.revision + 1,
            cleared=False,
        )
        episode.finding, episode.ended = reopened, None
        return [reopened]

    def _cleared(self, key: tuple[int, int], instant: int) -> list[Finding]:
        cleared = []
        for episode in self._episodes[key]:
            if episode.ended is None and instant > episode.seen:
                episode.finding, episode.ended = (
                    _ended(episode.finding, instant),
                    instant,
                )
                cleared.append(episode.finding)
        return cleared

    def _finding(self, alarm: Alarm, key: tuple[int, int], row: np.void, onset: int) -> Finding:
        device = key[0]
        entry = self._directory.by_id.get(device)
        resident = int(row["resident"]) or (self._directory.subject(entry) if entry else None) or None
        params: dict[str, object] = {
            "room": entry.room if entry else "",
            "since_at": onset,
        }
        received = int(row["received"])
        late_s = (received - onset) // SECOND
        late = late_s * SECOND >= LATE
        if late:
            params["late_s"] = late_s
        return Finding(
            kind=alarm.kind,
            home=int(row["home"]),
            onset=onset,
            at=onset,
            reason=Reason(f"{alarm.kind}.{'late' if late else 'raised'}", params),
            resident=resident if alarm.personal else None,
            device=device,
            severity=alarm.severity,
            evidence={
                "metric": alarm.quantity,
                "state": float(row["value"]),
                "received": received,
            },
        )


def _ended(finding: Finding, instant: int) -> Finding:
    """The next revision of `finding`: the sensor says it is over."""
    params = {**finding.reason.params, "since_at": finding.onset, "cleared_at": instant}
    reason = Reason(f"{finding.kind}.cleared", params)
    return replace(finding, at=instant, revision=finding.revision + 1, cleared=True, reason=reason)


def _onset(time: int, received: int, live: bool) -> int | None:
    """The instant to believe, or None when the report is too old to act on.

    The clock of a device that is plainly wrong (from the future, or from years ago) silences nobody: the
    report counts from when it was received.
    """
    lateness = received - time
    if lateness < -LATE or lateness > CLOCK_LOST or (live and lateness > TOO_LATE):
        return received
    return None if lateness > TOO_LATE else time
