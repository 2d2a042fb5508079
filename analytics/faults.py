"""Values that no person can have: the device's fault, said as one, and never an alarm about the person."""

from collections.abc import Container
from dataclasses import dataclass

from analytics.courses import ended, onset
from analytics.limits import Fault
from core.finding import Finding, Reason
from core.quantity import BY_ID, BY_NAME

IN_A_ROW = 3  # of a worn device, which slips and cools; one that is used now and then is told at once

Sensor = tuple[int, int]  # device, metric


@dataclass(slots=True)
class Faulty:
    """Implausible values in a row, the first of them, the newest value judged, the finding that stands."""

    count: int = 0
    since: int = 0
    latest: int = 0
    open: Finding | None = None


class Faults:
    """The sensors that measure what cannot be."""

    def __init__(self) -> None:
        self._sensors: dict[Sensor, Faulty] = {}
        self._ended: dict[Sensor, int] = {}

    def keep(self, devices: Container[int]) -> None:
        """Forget the sensors of other devices."""
        self._sensors = {s: f for s, f in self._sensors.items() if s[0] in devices}
        self._ended = {s: at for s, at in self._ended.items() if s[0] in devices}

    def resume(self, finding: Finding) -> None:
        """Reopen what stood open."""
        # A device may be at fault in another way, too: it says too much (ingest.budget).
        if finding.kind != "device_fault" or finding.device is None or "metric" not in finding.evidence:
            return
        sensor = (finding.device, BY_NAME[str(finding.evidence["metric"])].id)
        if finding.cleared:
            self._sensors.pop(sensor, None)
            self._ended[sensor] = finding.at
            return
        self._sensors[sensor] = Faulty(IN_A_ROW, finding.onset, finding.at, finding)

    def concerns(self, sensor: Sensor) -> bool:
        """Whether a plausible value matters to this sensor."""
        return sensor in self._sensors

    def judge(
        self, sensor: Sensor, home: int, time: int, value: float, fault: Fault | None, worn: bool
    ) -> list[Finding]:
        """A value, and what is wrong with it."""
        state = self._sensors.get(sensor)
        if state is None:
            if fault is None:
                return []
            state = self._sensors[sensor] = Faulty(latest=self._ended.pop(sensor, 0))
        if time <= state.latest:
            return []
        state.latest = time
        if fault is None:
            del self._sensors[sensor]
            self._ended[sensor] = time
            return [ended(state.open, time, value, "device_fault.over")] if state.open else []
        state.count += 1
        if state.count == 1:
            state.since = time
        if state.open is not None or state.count < (IN_A_ROW if worn else 1):
            return []
        metric = BY_ID[sensor[1]].name
        params = {"metric": metric, "value": value, "since_at": state.since, "count": state.count}
        state.open = Finding(
            "device_fault", home, onset(state.since, sensor[1]), time,
            Reason(f"device_fault.{fault.fault}", params), device=sensor[0], severity=fault.fault,
            evidence={"metric": metric, "value": value, "fault": fault.fault},
        )  # fmt: skip
        return [state.open]
