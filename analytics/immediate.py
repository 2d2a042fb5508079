"""What must never wait: the SOS button, smoke, gas, CO, water, tampering, a fall that a device reports.

A sensor that says so is believed at once. One finding an episode: it lasts while the sensor keeps saying so,
its own all-clear ends it, and repeats change nothing. An all-clear that never comes (lost, or a sensor that
has none) hides nothing: what is said after a long silence is a new episode.

A cry for help whose time lies hours or days back comes out of a memory or from a wrong clock, and of a button
nobody can tell which: it counts from when it was received, once for each delivery (`analytics.belated`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analytics.belated import Deliveries, Sensor
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.quantity import BY_NAME, Among

REPEAT = MINUTE  # a press, or a sensor that flickers, within this is the same episode
LATE = 2 * MINUTE  # from here on the reason says how late
# An episode without an all-clear covers so much time after it was last said. Alarms repeat themselves every
# few minutes, and battery sensors report at least hourly; the seventy minutes that a worker folds again after
# a restart are longer.
STALE = HOUR
# What claims to be older counts from when it was received. Triage refuses what is older than six hours, and
# the alert engine must have time to read the rest.
TOO_LATE = 5 * HOUR + 30 * MINUTE
CLOCK_LOST = 30 * DAY  # no device remembers that long: its clock is wrong and the report is new
REVISIONS = 1000  # of one finding; a sensor that flickers on after that begins another
EPISODES = 4  # kept for each sensor, so that late and repeated messages find theirs


class Alarm(NamedTuple):
    """One row: the quantity, the finding it makes, whether it is a person's (else the device's), whether the
    sensor says when it is over, and whether it is a cry for help that counts whatever its clock says."""

    quantity: str
    kind: str
    personal: bool
    clears: bool
    severity: str = ""
    urgent: bool = True


ALARMS = (
    Alarm("button", "sos", True, False),
    Alarm("need_help", "sos", True, False),
    Alarm("all_right", "all_right", True, False, urgent=False),
    Alarm("fall", "fall", True, False, "reported"),
    Alarm("smoke", "smoke", False, True),
    Alarm("gas", "gas", False, True),
    Alarm("co", "co", False, True),
    Alarm("water", "water", False, True),
    Alarm("tamper", "tamper", False, True, urgent=False),
)
_BY_METRIC = {BY_NAME[alarm.quantity].id: alarm for alarm in ALARMS}
_KINDS = {(alarm.kind, alarm.quantity): BY_NAME[alarm.quantity].id for alarm in ALARMS}
_ALL = tuple(kind for kind, _ in _KINDS)


@dataclass(slots=True)
class Episode:
    """One finding, when it was last seen raised, and when it ended (None while it stands).

    `claimed` is the time its device gave to it when that was not believed (it counts from when it was
    received), else 0.
    """

    finding: Finding
    seen: int
    ended: int | None
    claimed: int = 0

    def covers(self, instant: int, known: bool) -> bool:
        """Whether a raised state at `instant` belongs to this episode; `known`: it was folded before a
        restart, so that a new episode would be among the findings already."""
        if instant < self.finding.onset - REPEAT:
            return False
        if self.ended is None:
            return known or instant <= self.seen + STALE
        more = REPEAT if self.finding.revision < REVISIONS else 0
        return instant <= self.ended + more

    def outlived_by(self, time: int, received: int) -> bool:
        """Whether an all-clear of `time` comes after it, each by the clock that tells of both."""
        if self.claimed and received - time > TOO_LATE:
            return time > self.claimed
        return time > self.seen


class ImmediateDetector:
    """Fold over event readings; state is a few episodes for each sensor that ever fired."""

    name = "immediate"

    def __init__(self, kinds: Collection[str] = _ALL) -> None:
        """`kinds`: the findings it makes; all it can unless said otherwise."""
        self._metrics = frozenset(key for (kind, _), key in _KINDS.items() if kind in kinds)
        self._mine = Among(self._metrics)
        self._directory = Directory()
        self._episodes: dict[Sensor, list[Episode]] = {}
        self._deliveries = Deliveries()
        self._heard: dict[int, int] = {}  # device -> last message before a restart

    def know(self, directory: Directory) -> None:
        """Rooms for the reasons; episodes of devices that were removed or handed on are forgotten."""
        self._directory = directory
        self._episodes = {key: e for key, e in self._episodes.items() if self._is_installed(key)}
        self._deliveries.keep(self._is_installed)

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device, instant at which it was last heard before a restart), before anything is folded: messages
        up to there are old acquaintances."""
        self._heard = dict(rows)

    def resume(self, findings: Iterable[Finding]) -> None:
        """Take up open and lately ended episodes."""
        for finding in findings:
            metric = _KINDS.get((finding.kind, str(finding.evidence.get("metric"))), -1)
            if metric not in self._metrics or finding.device is None or "metric" not in finding.evidence:
                continue
            key = (finding.device, metric, finding.home)
            episodes = self._episodes.setdefault(key, [])
            clears = _BY_METRIC[metric].clears
            ended = (finding.at if finding.cleared else None) if clears else finding.onset
            claimed = int(finding.evidence.get("claimed", 0))
            episodes.append(Episode(finding, finding.at, ended, claimed))
            if claimed:
                self._deliveries.note(key, claimed, finding.onset)
        for episodes in self._episodes.values():
            episodes.sort(key=lambda e: e.finding.onset)
            del episodes[:-EPISODES]
        devices = {device for device, *_ in self._episodes}
        self._heard = {device: at for device, at in self._heard.items() if device in devices}

    def fold(self, batch: Batch) -> list[Finding]:
        """Findings at once for raised states, cleared revisions for all-clears."""
        readings = batch.readings
        found: list[Finding] = []
        for row in readings[self._mine(readings["metric"])]:
            key = (int(row["device"]), int(row["metric"]), int(row["home"]))
            if row["value"] > 0:
                found += self._raised(key, row)
            elif key in self._episodes:
                found += self._cleared(key, int(row["time"]), int(row["received"]))
        return found

    def tick(self, now: int) -> list[Finding]:
        """Nothing here waits for time."""
        return []

    def _is_installed(self, key: Sensor) -> bool:
        entry = self._directory.by_id.get(key[0])
        return entry is not None and entry.home == key[2]

    def _raised(self, key: Sensor, row: np.void) -> list[Finding]:
        alarm, time, received = _BY_METRIC[key[1]], int(row["time"]), int(row["received"])
        onset = _onset(time, received, bool(row["live"]))
        if onset is None and not alarm.urgent:
            return []
        episodes = self._episodes.setdefault(key, [])
        known = received <= self._heard.get(key[0], 0)
        claimed = 0
        if onset is None:
            onset, claimed = received, time
            delivered = self._deliveries.note(key, time, received)
            said = any(time in (e.claimed, e.finding.onset) for e in episodes)
            if delivered or said or (known and episodes):
                return []
        episode = next((e for e in reversed(episodes) if e.covers(onset, known)), None)
        if episode is None:
            finding = self._finding(alarm, key, row, onset, claimed)
            episodes.append(Episode(finding, onset, None if alarm.clears else onset, claimed))
            episodes.sort(key=lambda e: e.finding.onset)
            del episodes[:-EPISODES]
            return [finding]
        episode.seen = max(episode.seen, onset)
        if episode.ended is None or onset <= episode.ended or not alarm.clears:
            return []
        episode.finding, episode.ended = _reopened(episode.finding, onset), None
        return [episode.finding]

    def _cleared(self, key: Sensor, time: int, received: int) -> list[Finding]:
        cleared = []
        for episode in self._episodes[key]:
            if episode.ended is None and episode.outlived_by(time, received):
                instant = time if time > episode.seen else max(received, episode.seen)
                episode.finding, episode.ended = _ended(episode.finding, instant), instant
                cleared.append(episode.finding)
        return cleared

    def _finding(self, alarm: Alarm, key: Sensor, row: np.void, onset: int, claimed: int) -> Finding:
        device, received = key[0], int(row["received"])
        entry = self._directory.by_id.get(device)
        resident = int(row["resident"]) or (self._directory.subject(entry) if entry else None) or None
        params: dict[str, object] = {"room": entry.room if entry else "", "since_at": claimed or onset}
        evidence = {"metric": alarm.quantity, "state": float(row["value"]), "received": received}
        late_s = (received - (claimed or onset)) // SECOND
        word = "raised"
        if claimed:
            word, params["late_s"], evidence["claimed"] = "belated", late_s, claimed
        elif late_s * SECOND >= LATE:
            word, params["late_s"] = "late", late_s
        return Finding(
            alarm.kind, key[2], onset, onset, Reason(f"{alarm.kind}.{word}", params),
            resident=resident if alarm.personal else None, device=device, severity=alarm.severity,
            evidence=evidence,
        )  # fmt: skip


def _reopened(finding: Finding, instant: int) -> Finding:
    """The next revision of `finding`: the sensor says it again, right after its all-clear."""
    params = {"room": finding.reason.params.get("room", ""), "since_at": finding.onset}
    reason = Reason(f"{finding.kind}.raised", params)
    return replace(finding, at=instant, revision=finding.revision + 1, cleared=False, reason=reason)


def _ended(finding: Finding, instant: int) -> Finding:
    """The next revision of `finding`: the sensor says it is over."""
    params = {**finding.reason.params, "since_at": finding.onset, "cleared_at": instant}
    reason = Reason(f"{finding.kind}.cleared", params)
    return replace(finding, at=instant, revision=finding.revision + 1, cleared=True, reason=reason)


def _onset(time: int, received: int, live: bool) -> int | None:
    """The instant to believe, or None when the report comes out of a memory or from a clock days behind.

    The clock of a device that is plainly wrong (from the future, or from years ago) silences nobody: the
    report counts from when it was received.
    """
    lateness = received - time
    if lateness < -LATE or lateness > CLOCK_LOST or (live and lateness > TOO_LATE):
        return received
    return None if lateness > TOO_LATE else time
