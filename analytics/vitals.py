"""Vital signs out of order: one odd value waits for a second, a grave one does not, a fault is named.

Severities: `{metric}_{side}` ("spo2_low", "heart_rate_high"), with `_critical` after it when the value is
beyond the grave limit ("spo2_low_critical"), and "device_fault". While a finding stands, a value that is
graver, or on the other side, makes its next revision with a severity of its own; triage takes `_critical` for
worse.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.limits import BY_METRIC, FAULTS, Limit, direction, fault_of, is_grave
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND
from core.quantity import BY_ID, BY_NAME

LATE = 30 * MINUTE  # an older value is for the curve, not for an alarm
CALM = 10 * MINUTE  # in order for so long ends an episode
FAULTS_NEEDED = 3  # values in a row before a device is said to be faulty
_METRICS = np.array(sorted({*BY_METRIC, *(BY_NAME[f.metric].id for f in FAULTS)}), np.int16)

Subject = tuple[int, int, int]  # resident (0: nobody known), device, metric


@dataclass(slots=True)
class Course:
    """What one metric of one person, from one device, is doing.

    Attributes:
        latest: time of the newest value judged, Unix microseconds.
        pending: time of an odd value not yet confirmed, or 0, and its side; while a finding is open, that of
            a value on the other side.
        open: the finding that stands, or None.
        calm_since: first of the values in order since then, or 0.
        faults: implausible values in a row, `fault_since` the first.
    """

    latest: int = 0
    pending: int = 0
    side: str = ""
    open: Finding | None = None
    calm_since: int = 0
    faults: int = 0
    fault_since: int = 0
    fault: Finding | None = None

    @property
    def at_rest(self) -> bool:
        """Nothing to remember."""
        return not (self.pending or self.open or self.faults or self.fault)


class VitalsDetector:
    """Fold over vital signs; keeps a course only where something is not in order."""

    name = "vitals"

    def __init__(self) -> None:
        self._directory = Directory()
        self._courses: dict[Subject, Course] = {}
        self._ended: dict[Subject, int] = {}  # newest value judged when a course came to rest

    def know(self, directory: Directory) -> None:
        """Forget the courses of removed devices."""
        self._directory = directory
        self._courses = {s: c for s, c in self._courses.items() if s[1] in directory.by_id}
        self._ended = {s: at for s, at in self._ended.items() if s[1] in directory.by_id}

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open; remember how far what ended had been judged."""
        for finding in findings:
            if finding.kind != "vitals" or finding.device is None:
                continue
            metric = BY_NAME[str(finding.evidence["metric"])].id
            subject = (int(finding.evidence["resident"]), finding.device, metric)
            if finding.cleared:
                self._ended[subject] = max(finding.at, self._ended.get(subject, 0))
                continue
            course = self._courses.setdefault(subject, Course())
            course.latest = max(course.latest, finding.at)
            if finding.severity == "device_fault":
                course.fault, course.faults, course.fault_since = (
                    finding,
                    FAULTS_NEEDED,
                    finding.onset,
                )
            else:
                course.open = finding

    def fold(self, batch: Batch) -> list[Finding]:
        """Findings for values out of order, cleared revisions when they are back."""
        readings = batch.readings
        rows = readings[np.isin(readings["metric"], _METRICS)]
        rows = rows[rows["received"] - rows["time"] <= LATE]
        odd = _odd(rows)
        found: list[Finding] = []
        for row, is_odd in zip(rows, odd, strict=True) if odd.any() or self._courses else ():
            subject = (int(row["resident"]), int(row["device"]), int(row["metric"]))
            if is_odd or subject in self._courses:
                found += self._judge(subject, int(row["home"]), int(row["time"]), float(row["value"]))
        return found

    def tick(self, now: int) -> list[Finding]:
        """Nothing here waits for time: a value that never comes is supervision's matter."""
        return []

    def _judge(self, subject: Subject, home: int, time: int, value: float) -> list[Finding]:
        course = self._courses.get(subject)
        if course is None:
            course = self._courses[subject] = Course(latest=self._ended.pop(subject, 0))
        if time <= course.latest:
            return []  # seen before, or overtaken by a newer value
        course.latest = time
        metric = BY_ID[subject[2]].name
        fault = fault_of(metric, value)
        found = self._faulty(course, subject, home, time, value, fault)
        if not fault:
            found += self._plausible(course, subject, home, time, value)
        if course.at_rest:
            del self._courses[subject]
            self._ended[subject] = time
        return found

    def _faulty(
        self,
        course: Course,
        subject: Subject,
        home: int,
        time: int,
        value: float,
        fault: str,
    ) -> list[Finding]:
        if not fault:
            course.faults = 0
            if course.fault is None:
                return []
            ended, course.fault = _ended(course.fault, time, value), None
            return [ended]
        course.faults += 1
        if course.faults == 1:
            course.fault_since = time
        if course.faults < FAULTS_NEEDED or course.fault is not None:
            return []
        metric = BY_ID[subject[2]].name
        params = {"metric": metric, "value": value, "since_at": course.fault_since}
        evidence = {
            "metric": metric,
            "value": value,
            "resident": subject[0],
            "fault": fault,
        }
        course.fault = Finding(
            "vitals", home, _onset(course.fault_since, subject), time,
            Reason(f"vitals.fault_{fault}", params),
            device=subject[1], severity="device_fault", evidence=evidence,
        )  # fmt: skip
        return [course.fault]

    def _plausible(
        self, course: Course, subject: Subject, home: int, time: int, value: float
    ) -> list[Finding]:
        limit = BY_METRIC.get(subject[2])
        if limit is None:
            return []
        side, grave, standing = direction(limit, value), is_grave(limit, value), course.open
        if side:
            course.calm_since = 0
        elif standing is not None:
            return self._calming(course, standing, time, value)
        if not side or (standing is not None and not _is_worse(standing, side, grave)):
            course.pending, course.side = 0, ""
            return []
        confirmed = course.side == side and 0 < time - course.pending <= limit.within_s * SECOND
        if not (grave or confirmed):
            course.pending, course.side = time, side
            return []
        begun = course.pending if confirmed else time
        course.pending, course.side = 0, ""
        finding = _out_of_order(limit, subject, home, time, value, begun)
        if standing is not None:
            finding = replace(finding, onset=standing.onset, revision=standing.revision + 1)
        course.open = finding
        return [finding]

    def _calming(self, course: Course, standing: Finding, time: int, value: float) -> list[Finding]:
        """An open finding ends once the values have been in order for CALM."""
        course.pending, course.side = 0, ""
        course.calm_since = course.calm_since or time
        if time - course.calm_since < CALM:
            return []
        course.open, course.calm_since = None, 0
        return [_ended(standing, time, value)]


def _is_worse(standing: Finding, side: str, grave: bool) -> bool:
    """Whether a value is news to somebody who knows of the standing finding."""
    return side != standing.evidence["side"] or (grave and not standing.evidence["grave"])


def _out_of_order(limit: Limit, subject: Subject, home: int, time: int, value: float, begun: int) -> Finding:
    """The finding for a value that is out of order since `begun`."""
    side, grave = direction(limit, value), is_grave(limit, value)
    bound = limit.low if side == "low" else limit.high
    params = {"metric": limit.metric, "value": value, "limit": bound, "since_at": begun}
    evidence = {
        "metric": limit.metric, "value": value, "side": side, "grave": grave, "resident": subject[0],
    }  # fmt: skip
    return Finding(
        "vitals", home, _onset(begun, subject), time,
        Reason(f"vitals.{'grave_' if grave else ''}{side}", params),
        resident=subject[0] or None, device=subject[1],
        severity=f"{limit.metric}_{side}{'_critical' if grave else ''}", evidence=evidence,
    )  # fmt: skip


def _odd(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Rows that are out of order or implausible, shape (n,)."""
    odd = np.zeros(len(rows), bool)
    for metric, limit in BY_METRIC.items():
        of_metric = rows["metric"] == metric
        if limit.low is not None:
            odd |= of_metric & (rows["value"] < limit.low)
        if limit.high is not None:
            odd |= of_metric & (rows["value"] > limit.high)
    for fault in FAULTS:
        value = rows["value"]
        odd |= (rows["metric"] == BY_NAME[fault.metric].id) & (value >= fault.low) & (value <= fault.high)
    return odd


def _onset(time: int, subject: Subject) -> int:
    """`time` with the metric's id in its microseconds, which devices leave at zero: one message may bring two
    odd values of one person, and identity is (subject, kind, onset)."""
    return time - time % 1000 + subject[2]


def _ended(finding: Finding, at: int, value: float) -> Finding:
    """The next revision: in order again."""
    key = "vitals.fault_over" if finding.severity == "device_fault" else "vitals.back"
    params = {
        "metric": finding.evidence["metric"],
        "value": value,
        "since_at": finding.onset,
        "back_at": at,
    }
    return replace(
        finding,
        at=at,
        revision=finding.revision + 1,
        cleared=True,
        reason=Reason(key, params),
    )
