"""Weak batteries, with a gap between weak and well so that a reading at the edge does not flicker."""

from collections.abc import Iterable
from dataclasses import replace

from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.quantity import BY_NAME

WEAK = 0.15  # of full charge
WELL = 0.25
_BATTERY = BY_NAME["battery"].id


class BatteryWatch:
    """Part of supervision: a finding from WEAK down, cleared above WELL. State: one finding a weak device."""

    def __init__(self) -> None:
        self._directory = Directory()
        self._weak: dict[int, Finding] = {}
        self._well_at: dict[
            int, int
        ] = {}  # when a once weak device was well again: older readings are history

    def know(self, directory: Directory) -> None:
        """Forget removed devices."""
        self._directory = directory
        self._weak = {device: f for device, f in self._weak.items() if device in directory.by_id}
        self._well_at = {device: at for device, at in self._well_at.items() if device in directory.by_id}

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            if finding.kind != "low_battery" or finding.device is None:
                continue
            if finding.cleared:
                self._well_at[finding.device] = max(finding.at, self._well_at.get(finding.device, 0))
            else:
                self._weak[finding.device] = finding

    def fold(self, batch: Batch) -> list[Finding]:
        """Findings where a battery passes one of the two marks."""
        readings = batch.readings
        rows = readings[(readings["metric"] == _BATTERY) & readings["live"]]
        telling = (rows["value"] <= WEAK) | (rows["value"] > WELL)
        found = []
        for row in rows[telling]:
            finding = self._judge(int(row["device"]), int(row["time"]), float(row["value"]))
            if finding:
                found.append(finding)
        return found

    def _judge(self, device: int, instant: int, charge: float) -> Finding | None:
        entry, weak = self._directory.by_id.get(device), self._weak.get(device)
        if entry is None:
            return None
        params = {
            "percent": round(100 * charge),
            "device_kind": entry.kind,
            "room": entry.room,
        }
        if charge <= WEAK:
            if weak is not None or instant <= self._well_at.get(device, 0):
                return None
            finding = Finding(
                "low_battery", entry.home, instant, instant, Reason("low_battery.weak", params),
                device=device, evidence={"battery": charge},
            )  # fmt: skip
            self._weak[device] = finding
            return finding
        if weak is None or instant <= weak.onset:
            return None
        del self._weak[device]
        self._well_at[device] = instant
        reason = Reason("low_battery.well", params)
        return replace(weak, at=instant, reason=reason, revision=weak.revision + 1, cleared=True)
