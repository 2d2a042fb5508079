"""How often vital signs alarm on recorded people, and whether clinicians agreed. The TIHM file format."""

import csv
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analytics.recording import BadRecording
from analytics.vitals import VitalsDetector
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.finding import Finding
from core.instant import DAY, MINUTE, from_datetime
from core.quantity import BY_NAME

# Their name of a device's value: our quantity, and the kind of device.
TYPES = {
    "Body Temperature": ("body_temperature", "thermometer"),
    "Skin Temperature": ("skin_temperature", "thermometer"),
    "Body weight": ("weight", "scale"),
    "Total body water": ("body_water", "scale"),
    "Systolic blood pressure": ("systolic", "cuff"),
    "Diastolic blood pressure": ("diastolic", "cuff"),
    "Heart rate": ("heart_rate", "cuff"),
}
# Their labels, by the quantities they speak of.
LABELS = {
    "Blood pressure": ("systolic", "diastolic"), "Pulse": ("heart_rate",), "Weight": ("weight",),
}  # fmt: skip
KINDS = ("cuff", "scale", "thermometer")

PersonDay = tuple[int, int]  # person and day since 1970


class Agreement(NamedTuple):
    """Days that clinicians labelled against days with a finding, both of people measured that day."""

    label: str
    labelled: int
    found: int
    both: int

    @property
    def precision(self) -> float:
        """Share of the days with a finding that clinicians labelled."""
        return self.both / self.found if self.found else float("nan")

    @property
    def recall(self) -> float:
        """Share of the labelled days that have a finding."""
        return self.both / self.labelled if self.labelled else float("nan")


@dataclass(slots=True)
class Result:
    """Person-days on which something was measured, findings raised by what they are, the agreement, and the
    alarms about a person (all but trends and faults) with those on days that clinicians labelled."""

    people: int
    person_days: int
    values: int
    raised: dict[str, int] = field(default_factory=dict)
    agreement: list[Agreement] = field(default_factory=list)
    alarms: int = 0
    alarms_labelled: int = 0


def evaluate(folder: Path) -> Result:
    """Physiology.csv and Labels.csv of `folder`, through the detector; raises BadRecording."""
    rows = _rows(folder / "Physiology.csv", ("patient_id", "date", "device_type", "value"))
    rows = sorted((r for r in rows if r["device_type"] in TYPES), key=lambda row: row["date"])
    people = {code: number + 1 for number, code in enumerate(sorted({row["patient_id"] for row in rows}))}
    measured, readings = _readings(rows, people)
    found = _play(readings, _directory(people))
    days = {day for by_metric in measured.values() for day in by_metric}
    result = Result(len(people), len(days), len(readings))
    for finding in found:
        if not finding.cleared:
            name = f"{finding.kind} {finding.severity}"
            result.raised[name] = result.raised.get(name, 0) + 1
    labels = _rows(folder / "Labels.csv", ("patient_id", "date", "type"))
    ill = {(people[r["patient_id"]], _instant(r["date"]) // DAY) for r in labels if r["patient_id"] in people}
    alarms = [f for f in found if f.kind in ("vitals", "early_warning") and f.revision == 0]
    result.alarms = len(alarms)
    result.alarms_labelled = sum((f.resident, f.at // DAY) in ill for f in alarms)
    for label, metrics in LABELS.items():
        of_label = [row for row in labels if row["type"] == label and row["patient_id"] in people]
        labelled = {(people[row["patient_id"]], _instant(row["date"]) // DAY) for row in of_label}
        seen = {day for metric in metrics for day in measured.get(metric, ())}
        told = _days_told(found, metrics) & seen
        both = labelled & told
        result.agreement.append(Agreement(label, len(labelled & seen), len(told), len(both)))
    return result


def _days_told(found: Iterable[Finding], metrics: Container[str]) -> set[PersonDay]:
    """Days on which a finding about one of `metrics` stood and a value of it had said so."""
    told: set[PersonDay] = set()
    standing: dict[object, Finding] = {}
    for finding in found:
        if str(finding.evidence.get("metric")) not in metrics or finding.resident is None:
            continue
        if not finding.cleared:
            standing.setdefault(finding.id, finding)
            continue
        begun = standing.pop(finding.id)
        told |= {(finding.resident, day) for day in range(begun.at // DAY, finding.at // DAY)}
        told.add((finding.resident, begun.at // DAY))
    return told | {(f.resident, f.at // DAY) for f in standing.values() if f.resident is not None}


def _rows(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    if not path.is_file():
        raise BadRecording(f"{path} is not there: expected {', '.join(columns)}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _instant(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


def _directory(people: Mapping[str, int]) -> Directory:
    entries = [
        DeviceEntry(
            number * 10 + place,
            f"{code}-{kind}",
            number,
            code,
            1,
            resident=number,
            kind=kind,
            time_zone="UTC",
        )
        for code, number in people.items()
        for place, kind in enumerate(KINDS)
    ]
    return Directory.of(entries, {number: (number,) for number in people.values()})


def _readings(
    rows: list[dict[str, str]], people: Mapping[str, int]
) -> tuple[dict[str, set[PersonDay]], np.ndarray[tuple[int], np.dtype[np.void]]]:
    measured: dict[str, set[PersonDay]] = {}
    readings = np.zeros(len(rows), READING)
    for place, row in enumerate(rows):
        person, time = people[row["patient_id"]], _instant(row["date"])
        name, kind = TYPES[row["device_type"]]
        device = person * 10 + KINDS.index(kind)
        readings[place] = (time, float(row["value"]), time, person, device, person, BY_NAME[name].id, True)
        measured.setdefault(name, set()).add((person, time // DAY))
    return measured, readings


def _play(readings: np.ndarray[tuple[int], np.dtype[np.void]], directory: Directory) -> list[Finding]:
    detector = VitalsDetector()
    detector.know(directory)
    found: list[Finding] = []
    times = readings["time"]
    for now in range(int(times[0]) // MINUTE * MINUTE, int(times[-1]) + 10 * MINUTE, 10 * MINUTE):
        low, high = np.searchsorted(times, [now - 10 * MINUTE, now], side="right")
        if high > low:
            found += detector.fold(Batch(now, readings[low:high]))
        found += detector.tick(now)
    return found
