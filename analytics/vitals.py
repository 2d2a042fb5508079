"""Vital signs: one odd value waits for a second, a grave one does not, a fault is named, a drift is told.

Findings: `vitals` (severities `{metric}_{side}`, with `_critical` behind it beyond the grave limit, which
triage takes for worse), `device_fault` (severity: the fault), `vitals_trend` (`{metric}_{side}_watch` for
values that a nurse should look at, `{metric}_rising` and `_falling` for what drifts from the person's own)
and `early_warning`.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics.courses import Courses, Subject
from analytics.early_warning import EarlyWarning
from analytics.faults import Faults
from analytics.limits import BY_METRIC, FAULTS, SPO2_SCALE_2, WATCHED, Limit, direction, fault_of
from analytics.memory import Memory
from analytics.trends import METRICS as DRIFTING
from analytics.trends import Trends
from core.batch import Batch
from core.directory import DeviceEntry, Directory
from core.finding import Finding
from core.instant import HOUR, MINUTE, SECOND, to_datetime
from core.messages import zone
from core.quantity import BY_ID, BY_NAME, MOST_ID, Among

LATE = 30 * MINUTE  # an older value is for the curve, not for an alarm
WORN = frozenset(
    {"wearable", "wrist", "bed", "radar", "unknown"}
)  # measure at all hours, also of people who run
_ALARMS, _WATCHES, _TRENDS = 0, 256, 512  # topics of what is kept
_SPO2 = BY_NAME["spo2"].id
_ALL = sorted({*BY_METRIC, *(BY_NAME[f.metric].id for f in FAULTS), *DRIFTING.tolist()})
_METRICS = Among(_ALL)
_DRIFTS = frozenset(DRIFTING.tolist())
_COLUMNS = ["time", "value", "device", "metric", "resident"]


class VitalsDetector:
    """Fold over vital signs."""

    name = "vitals"
    may_wait_s = 0.2

    def __init__(self) -> None:
        self._directory = Directory()
        self._alarms = Courses(BY_METRIC, "vitals", "", _ALARMS)
        self._watches = Courses(WATCHED, "vitals_trend", "_watch", _WATCHES)
        self._faults = Faults()
        self._trends = Trends(_TRENDS)
        self._warning = EarlyWarning()
        self._offsets: dict[tuple[str, int], int] = {}  # of a zone in an hour, microseconds
        self._uneasy: set[int] = set()  # devices of which something is not in order
        self._hours: dict[tuple[int, int], tuple[int, int]] = {}  # (device, metric): person, hour last learnt
        self._now = 0

    def know(self, directory: Directory) -> None:
        """Forget the courses of removed devices."""
        self._directory = directory
        for part in (self._alarms, self._watches, self._faults, self._trends):
            part.keep(directory.by_id)
        self._uneasy &= directory.by_id.keys()
        self._hours = {key: hour for key, hour in self._hours.items() if key[0] in directory.by_id}
        self._warning.know(directory)

    def recall(self, memories: Iterable[Memory]) -> None:
        """What is usual, and what was doubted."""
        for memory in memories:
            if memory.subject not in self._directory.by_id:
                continue
            self._uneasy.add(memory.subject)
            if memory.topic >= _TRENDS:
                self._trends.recall(memory)
            else:
                (self._watches if memory.topic >= _WATCHES else self._alarms).recall(memory)

    def memories(self) -> list[Memory]:
        """The same, once an hour."""
        parts = (self._alarms, self._watches, self._trends)
        return [memory for part in parts for memory in part.memories(self.name, self._now)]

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        findings = list(findings)
        self._warning.resume(findings)
        for finding in findings:
            if finding.device in self._directory.by_id:
                self._uneasy.add(finding.device)
                for part in (self._alarms, self._watches, self._faults, self._trends):
                    part.resume(finding)

    def fold(self, batch: Batch) -> list[Finding]:
        """Findings for values out of order, cleared revisions when they are back."""
        self._warning.fold(batch)
        readings = batch.readings
        rows = readings[_METRICS(readings["metric"])]
        rows = rows[rows["received"] - rows["time"] <= LATE]
        found: list[Finding] = []
        odd = _odd(rows).tolist()
        for row, is_odd in zip(rows[_COLUMNS].tolist(), odd, strict=True):
            entry = self._directory.by_id.get(row[2])
            if entry is None:
                continue
            if is_odd or row[2] in self._uneasy:
                found += self._value(entry, *row)
            elif row[3] in _DRIFTS:
                found += self._usual(entry, *row)
        return found

    def tick(self, now: int) -> list[Finding]:
        """The sum of what several devices said, once it is in order."""
        self._now = now
        return list(self._warning.tick(now))

    def _value(
        self, entry: DeviceEntry, time: int, value: float, device: int, metric: int, resident: int
    ) -> list[Finding]:
        """A value out of order, or from a device that lately had one."""
        subject = (resident, device, metric)
        fault = fault_of(BY_ID[metric].name, value)
        found = self._faults.judge((device, metric), entry.home, time, value, fault, entry.kind in WORN)
        if fault:
            self._uneasy.add(device)
            return found
        limit = self._limit(subject)
        if limit is not None and (direction(limit, value) or self._alarms.concerns(subject)):
            found += self._alarms.judge(subject, entry.home, time, value, limit)
        alarmed = self._alarms.stands(subject)
        watch = None if entry.kind in WORN else WATCHED.get(metric)
        if watch is not None and (
            self._watches.concerns(subject) or (direction(watch, value) and not alarmed)
        ):
            found += self._watches.judge(subject, entry.home, time, value, watch)
        if self._alarms.concerns(subject):
            self._trends.spoil(subject, time, time + self._offset(entry.time_zone, time))
        elif metric in _DRIFTS:
            found += self._usual(entry, time, value, device, metric, resident)
        self._note_unease(subject)
        return found

    def _note_unease(self, subject: Subject) -> None:
        """Whether values in order of this device matter: as long as anything of it is not."""
        resident, device, _ = subject
        if any(
            self._alarms.concerns((resident, device, metric))
            or self._watches.concerns((resident, device, metric))
            or self._faults.concerns((device, metric))
            for metric in _ALL
        ):
            self._uneasy.add(device)
        else:
            self._uneasy.discard(device)

    def _usual(
        self, entry: DeviceEntry, time: int, value: float, device: int, metric: int, resident: int
    ) -> list[Finding]:
        """A value in order: what is usual is learnt from the first of each hour."""
        if self._hours.get((device, metric)) == (resident, time // HOUR):
            return []
        self._hours[device, metric] = (resident, time // HOUR)
        local = time + self._offset(entry.time_zone, time)
        return self._trends.learn((resident, device, metric), entry.home, time, local, value)

    def _limit(self, subject: Subject) -> Limit | None:
        if subject[2] == _SPO2:
            setting = self._directory.settings.get(subject[0])
            if setting is not None and setting.spo2_scale == 2:
                return SPO2_SCALE_2
        return BY_METRIC.get(subject[2])

    def _offset(self, time_zone: str, time: int) -> int:
        """Local time minus UTC, microseconds."""
        key = (time_zone, time // HOUR)
        offset = self._offsets.get(key)
        if offset is None:
            if len(self._offsets) > 1000:
                self._offsets.clear()
            shift = to_datetime(time).astimezone(zone(time_zone)).utcoffset()
            offset = self._offsets[key] = round(shift.total_seconds()) * SECOND if shift else 0
        return offset


def _in_order() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each quantity by id the least and the greatest value that no row of any table minds."""
    least, most = np.full(MOST_ID + 1, -np.inf), np.full(MOST_ID + 1, np.inf)
    for limits in (BY_METRIC, WATCHED, {_SPO2: SPO2_SCALE_2}):
        for of, limit in limits.items():
            least[of] = max(least[of], -np.inf if limit.low is None else limit.low)
            most[of] = min(most[of], np.inf if limit.high is None else limit.high)
    for fault in FAULTS:
        quantity = BY_NAME[fault.metric]
        if fault.low <= quantity.low:
            least[quantity.id] = max(least[quantity.id], np.nextafter(fault.high, np.inf))
        elif fault.high >= quantity.high:
            most[quantity.id] = min(most[quantity.id], np.nextafter(fault.low, -np.inf))
        else:
            raise ValueError(f"a fault amid the possible values of {fault.metric} cannot be looked up")
    return least, most


_LEAST, _MOST = _in_order()


def _odd(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Rows that are implausible, or beyond any limit of anybody, shape (n,)."""
    metric, value = rows["metric"], rows["value"]
    odd: NDArray[np.bool_] = (value < _LEAST[metric]) | (value > _MOST[metric])
    return odd
