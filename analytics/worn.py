"""Is the wearable on its wearer? By its own off-body sensor, else by what it measures: no pulse, cold, still.

Says nothing about the person: a device that is not worn explains no silence and hides no alarm. A device that
says nothing at all is offline, which is supervision's answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.limits import FAULTS, fault_of
from analytics.memory import Memory
from analytics.order import HOLD, InOrder
from analytics.rows import UNKNOWN, Rows
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.finding import Finding, Reason
from core.instant import HOUR, MINUTE, SECOND
from core.quantity import BY_ID, BY_NAME, Among

KINDS = frozenset({"wearable", "wrist"})
OFF = 15 * MINUTE  # taken off by its own word: a shower is shorter
UNWORN = 3 * HOUR  # without its word: nobody sleeps so still, without a pulse
GAP = 30 * MINUTE  # what it did not say for so long it did not say at all
LONG = 10 * MINUTE  # from here on it is worth keeping over a restart
STILL_MG, MOVING_MG = 12.0, 40.0  # standard deviation of the acceleration's magnitude
COLD = 28.0  # degrees Celsius on the skin side
_MOTION = -1  # stands for motion windows among the readings
_WORN, _PULSE, _SPO2, _SKIN, _STEPS = (
    BY_NAME[name].id for name in ("worn", "heart_rate", "spo2", "skin_temperature", "steps")
)
_COLUMNS = ["device", "metric", "time", "value"]
_METRICS = Among([_WORN, _PULSE, _SPO2, _SKIN, _STEPS])
# Between these no fault of a pulse lies.
_PULSES = (
    max(fault.high for fault in FAULTS if fault.metric == "heart_rate" and fault.low <= BY_ID[_PULSE].low),
    min(fault.low for fault in FAULTS if fault.metric == "heart_rate" and fault.high >= BY_ID[_PULSE].high),
)


@dataclass(slots=True)
class Wear:
    """One wearable.

    Attributes:
        off: since when it says that it is off, or 0. bare: since when all it measured says so, or 0; last:
            the newest of that (0: not known since a restart). kept: that is kept already.
        steps: counted so far. judged: findings up to here are known. open: the finding that stands.
    """

    off: int = 0
    bare: int = 0
    last: int = 0
    kept: bool = False
    steps: float = -1.0
    judged: int = 0
    open: Finding | None = None

    @property
    def at_rest(self) -> bool:
        """Whether it is worn, as far as anybody knows: one more sign of it changes nothing."""
        return not (self.off or self.bare or self.open)


class WornDetector:
    """Fold over what wearables say of themselves."""

    name = "worn"
    may_wait_s = 0.2

    def __init__(self) -> None:
        self._directory = Directory()
        self._order = InOrder()
        self._wears: dict[int, Wear] = {}
        self._devices = Rows()
        self._off_now: set[int] = set()  # devices that say so
        self._noted: set[int] = set()

    def know(self, directory: Directory) -> None:
        """Wearables with a wearer."""
        self._directory = directory
        worn = [e.id for e in directory.by_id.values() if e.resident is not None and e.kind in KINDS]
        self._wears = {device: self._wears.get(device, Wear()) for device in worn}
        self._devices = Rows(worn)
        self._off_now &= self._wears.keys()

    def recall(self, memories: Iterable[Memory]) -> None:
        """Since when which are off."""
        for memory in memories:
            if memory.subject in self._wears:
                off, bare = (int(number) for number in memory.numbers)
                self._wears[memory.subject] = Wear(off=off, bare=bare, kept=True)
                if off:
                    self._off_now.add(memory.subject)

    def memories(self) -> list[Memory]:
        """The same, when it changes."""
        noted, self._noted = sorted(self._noted), set()
        wears = [(device, self._wears[device]) for device in noted if device in self._wears]
        return [Memory(self.name, device, 0, [wear.off, wear.bare]) for device, wear in wears]

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            wear = self._wears.get(finding.device or 0)
            if wear is None or finding.kind != "not_worn":
                continue
            wear.judged = max(wear.judged, finding.at)
            wear.open = None if finding.cleared else finding

    def fold(self, batch: Batch) -> list[Finding]:
        """Take in what counts."""
        rows = batch.readings
        mine = rows["live"] & _METRICS(rows["metric"]) & (self._devices.of(rows["device"]) != UNKNOWN)
        self._order.add(rows[mine])
        moved = [w for w in batch.motion if w.device in self._wears and len(w.acc)]
        if moved:
            windows = np.zeros(len(moved), READING)
            ends = [w.start + round(len(w.acc) / max(w.hz, 1.0) * SECOND) for w in moved]
            windows["time"], windows["received"], windows["metric"] = ends, batch.now, _MOTION
            windows["device"] = [w.device for w in moved]
            windows["value"] = [w.unrest for w in moved]
            self._order.add(windows[np.abs(windows["received"] - windows["time"]) <= 2 * MINUTE])
        return []

    def tick(self, now: int) -> list[Finding]:
        """Judge what has waited long enough, and what has been off for long enough."""
        found: list[Finding] = []
        rows = self._order.drain(now)
        for (device, metric, time, value), plain in zip(
            rows[_COLUMNS].tolist(), _plainly_worn(rows).tolist(), strict=True
        ):
            wear = self._wears.get(device)
            if wear is None or (plain and wear.at_rest):
                continue  # nearly always
            if time > wear.judged:
                found += self._heard(device, wear, metric, time, value)
        for device in sorted(self._off_now):
            found += self._off(device, self._wears[device], now - HOLD)
        return found

    def _heard(self, device: int, wear: Wear, metric: int, time: int, value: float) -> Iterator[Finding]:
        yield from self._off(device, wear, time)
        if metric == _WORN:
            if value > 0:
                yield from self._on(device, wear, time)
            elif not wear.off:
                wear.off = time
                self._off_now.add(device)
                self._noted.add(device)
            return
        word = _says(metric, value, wear)
        if wear.off or word is None:
            return
        if word:
            yield from self._on(device, wear, time)
            return
        if not wear.bare or (wear.last and time - wear.last > GAP):
            wear.bare, wear.kept = time, False
        wear.last = time
        if not wear.kept and time - wear.bare >= LONG:
            wear.kept = True
            self._noted.add(device)
        if wear.open is None and time - wear.bare >= UNWORN:
            yield self._finding(device, wear, wear.bare, time, "measures")

    def _off(self, device: int, wear: Wear, instant: int) -> Iterator[Finding]:
        if wear.off and wear.open is None and instant >= wear.off + OFF > wear.judged:
            yield self._finding(device, wear, wear.off, wear.off + OFF, "says")

    def _on(self, device: int, wear: Wear, time: int) -> Iterator[Finding]:
        if wear.off or wear.kept:
            self._noted.add(device)
        self._off_now.discard(device)
        wear.off = wear.bare = wear.last = 0
        wear.kept = False
        standing, wear.open = wear.open, None
        if standing is not None:
            params = {**standing.reason.params, "back_at": time}
            yield replace(
                standing, at=time, revision=standing.revision + 1, cleared=True,
                reason=Reason("not_worn.over", params),
            )  # fmt: skip

    def _finding(self, device: int, wear: Wear, onset: int, at: int, how: str) -> Finding:
        entry: DeviceEntry = self._directory.by_id[device]
        params = {"device_kind": entry.kind, "since_at": onset, "lasting_s": (at - onset) // SECOND}
        wear.open = Finding(
            "not_worn", entry.home, onset, at, Reason(f"not_worn.{how}", params), device=device, severity=how,
            evidence={"resident": entry.resident},
        )  # fmt: skip
        return wear.open


def _plainly_worn(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Rows that say by themselves that the device is worn, shape (n,): a pulse, a moving arm."""
    metric, value = rows["metric"], rows["value"]
    pulse = (metric == _PULSE) & (value > _PULSES[0]) & (value < _PULSES[1])
    worn: NDArray[np.bool_] = pulse | ((metric == _MOTION) & (value >= MOVING_MG))
    return worn


def _says(metric: int, value: float, wear: Wear) -> bool | None:
    """Whether a value says that the device is worn (True), that it is not (False), or nothing (None)."""
    if metric == _MOTION:
        return True if value >= MOVING_MG else False if value <= STILL_MG else None
    if metric == _STEPS:
        rising, wear.steps = 0 <= wear.steps < value, value
        return True if rising else None
    if metric == _SKIN:
        return False if value < COLD else None
    return fault_of(BY_ID[metric].name, value) is None
