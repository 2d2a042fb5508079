"""When a battery will be flat, from how it has fallen: said days ahead, so that somebody can bring a new one.

Of each day the lowest charge counts, so that a watch that is charged every night does not look as if it were
dying. The slope is the median of the slopes between all days (Theil and Sen): a few odd days do not bend it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.battery import WEAK
from analytics.memory import Memory, Notebook
from analytics.rows import UNKNOWN, Rows, carried
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import DAY
from core.quantity import BY_NAME

DAYS = 14
FEWEST = 5  # days that must be known
EMPTY = 5.0  # percent at which most devices stop
AHEAD, CALM = 7.0, 10.0  # days: told from here on, over from there on
STEEPEST_IDLE = 0.3  # percent a day that a battery may lose without being worth a word
NEW = 10.0  # percent up: another battery
_NOTHING = 255
_BATTERY = BY_NAME["battery"].id


class Outlook(NamedTuple):
    """Percent a day that it falls, and the days that are left."""

    slope: float
    left: float


class ForecastDetector:
    """Fold over batteries' daily lows; 20 bytes a device."""

    name = "forecast"
    may_wait_s = 0.2

    def __init__(self) -> None:
        self._directory = Directory()
        self._devices = Rows()
        self._day = np.zeros(0, np.int32)  # the running day
        self._low = np.zeros(0, np.uint8)  # its lowest charge, percent
        self._lows = np.zeros((0, DAYS), np.uint8)  # of the days before, the last one last
        self._open: dict[int, Finding] = {}
        self._notebook, self._now = Notebook(), 0

    def know(self, directory: Directory) -> None:
        """Rearrange the columns; a device that stays keeps its days."""
        self._directory = directory
        old, self._devices = self._devices, Rows(directory.by_id)
        self._day = carried(old, self._devices, self._day, 0)
        self._low = carried(old, self._devices, self._low, _NOTHING)
        self._lows = carried(old, self._devices, self._lows, _NOTHING)
        self._open = {device: f for device, f in self._open.items() if device in directory.by_id}

    def recall(self, memories: Iterable[Memory]) -> None:
        """How batteries have fallen."""
        for memory in memories:
            row = self._devices.one(memory.subject)
            if row != UNKNOWN and len(memory.numbers) == 2 + DAYS:
                self._day[row], self._low[row] = int(memory.numbers[0]), int(memory.numbers[1])
                self._lows[row] = np.array(memory.numbers[2:]).astype(np.uint8)

    def memories(self) -> list[Memory]:
        """The same, once an hour where a low has changed."""
        rows = []
        for device, topic in self._notebook.due(self._now):
            row = self._devices.one(device)
            if row != UNKNOWN:
                numbers = [int(self._day[row]), int(self._low[row]), *self._lows[row].tolist()]
                rows.append(Memory(self.name, device, topic, numbers))
        return rows

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            if finding.kind == "battery_forecast" and finding.device in self._directory.by_id:
                if finding.cleared:
                    self._open.pop(finding.device, None)
                else:
                    self._open[finding.device] = finding

    def fold(self, batch: Batch) -> list[Finding]:
        """A new day's first word lets the day before be judged."""
        readings = batch.readings
        found = []
        for reading in readings[(readings["metric"] == _BATTERY) & readings["live"]]:
            row = self._devices.one(int(reading["device"]))
            if row != UNKNOWN:
                finding = self._charge(row, int(reading["time"]), round(100 * float(reading["value"])))
                found += [finding] if finding else []
        return found

    def tick(self, now: int) -> list[Finding]:
        """Nothing here waits for time."""
        self._now = now
        return []

    def _charge(self, row: int, time: int, percent: int) -> Finding | None:
        day, device = time // DAY, int(self._devices.keys[row])
        if day < self._day[row]:
            return None
        turned = day > self._day[row]
        if turned:
            self._turn(row, day, percent)
        if turned or percent < self._low[row]:
            self._low[row] = min(int(self._low[row]), percent)
            self._notebook.note(device, 0)
        standing = self._open.get(device)
        if standing is not None and time > standing.at:
            over = percent <= 100 * WEAK or percent >= standing.evidence["percent"] + NEW
            if over or (turned and self._outlook(row).left > CALM):
                return self._over(device, standing, time, percent)
        if turned and standing is None and percent > 100 * WEAK:
            return self._judge(row, device, time, percent)
        return None

    def _turn(self, row: int, day: int, percent: int) -> None:
        """Close the running day; days without a word stay empty; another battery begins anew."""
        passed = min(day - int(self._day[row]), DAYS) if self._day[row] else DAYS
        last = int(self._low[row])
        self._lows[row] = np.r_[self._lows[row, passed:], np.full(passed, _NOTHING, np.uint8)]
        if self._day[row] and passed < DAYS:
            self._lows[row, DAYS - passed] = last
        if last != _NOTHING and percent >= last + NEW and self._is_another(row, percent):
            self._lows[row] = _NOTHING
        self._day[row], self._low[row] = day, _NOTHING

    def _is_another(self, row: int, percent: int) -> bool:
        """Charged every night it stands higher every morning; a new one stands higher than for days."""
        known = self._lows[row][self._lows[row] != _NOTHING]
        return bool(len(known) and percent >= int(known.max()) + NEW)

    def _outlook(self, row: int) -> Outlook:
        lows: NDArray[np.float64] = self._lows[row].astype(np.float64)
        days = np.flatnonzero(lows != _NOTHING)
        if len(days) < FEWEST:
            return Outlook(0.0, np.inf)
        first, second = np.triu_indices(len(days), 1)
        slope = float(np.median((lows[days[second]] - lows[days[first]]) / (days[second] - days[first])))
        if slope > -STEEPEST_IDLE:
            return Outlook(slope, np.inf)
        level = float(np.median(lows[days] - slope * (days - DAYS)))  # where the line stands today
        return Outlook(slope, max(0.0, (level - EMPTY) / -slope))

    def _judge(self, row: int, device: int, time: int, percent: int) -> Finding | None:
        outlook = self._outlook(row)
        if outlook.left > AHEAD:
            return None
        entry = self._directory.by_id[device]
        params = {
            "device_kind": entry.kind, "room": entry.room, "percent": percent, "days": round(outlook.left),
            "fall": round(-outlook.slope, 1),
        }  # fmt: skip
        self._open[device] = Finding(
            "battery_forecast", entry.home, time, time, Reason("battery_forecast.soon", params),
            device=device, evidence={"percent": percent, "slope": outlook.slope, "days_left": outlook.left},
        )  # fmt: skip
        return self._open[device]

    def _over(self, device: int, standing: Finding, time: int, percent: int) -> Finding:
        del self._open[device]
        params = {**standing.reason.params, "percent": percent}
        word = "weak" if percent <= 100 * WEAK else "over"
        return replace(
            standing, at=time, revision=standing.revision + 1, cleared=True,
            reason=Reason(f"battery_forecast.{word}", params),
        )  # fmt: skip
