"""Recorded homes on disk: TIHM (CSV) and Ordonez (text), as sensors with a place and a list of messages.

Both give local time without a zone. It is taken as the local time of the zone the homes are replayed in, so
that a night stays a night.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR

UTC_OFFSET = 8 * HOUR
"""Asia/Shanghai, the zone of stations by default."""

_TIHM_PLACES = {
    "fridge-door": ("door", "kitchen"),
    "front-door": ("door", "front-door"),
    "back-door": ("door", "back-door"),
}
_TIHM_VITALS = {
    "Body Temperature": "body_temperature",
    "Body weight": "weight",
    "Diastolic blood pressure": "diastolic",
    "Heart rate": "heart_rate",
    "Skin Temperature": "skin_temperature",
    "Systolic blood pressure": "systolic",
    "Total body water": "body_water",
}
_ORDONEZ_KINDS = {"PIR": "pir", "Magnetic": "appliance", "Flush": "appliance", "Electric": "appliance"}
_EVENTS = {"pir": "presence"}


class BadRecording(Exception):
    """The directory does not hold recorded homes in a known form; the message says where and why."""


@dataclass(slots=True)
class Recorder:
    """One recorded sensor: what it would be as a device, and what it said.

    Attributes:
        event: kind of event it sends, "" for a device that measures vital signs.
        times: Unix microseconds, rising; values: state of each event.
        vitals: (instant, quantity, value) of a measuring device.
    """

    name: str
    kind: str
    room: str
    event: str
    times: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))
    vitals: list[tuple[int, str, float]] = field(default_factory=list)


@dataclass(slots=True)
class RecordedHome:
    """One home; `person_days` are the local days on which anything moved."""

    name: str
    recorders: list[Recorder]
    person_days: int = 0


def read(directory: Path) -> list[RecordedHome]:
    """The homes in `directory`; raises BadRecording."""
    if (directory / "Activity.csv").exists():
        homes = _tihm(directory)
    elif any(directory.glob("Ordonez*_Sensors.txt")):
        homes = [_ordonez(path) for path in sorted(directory.glob("Ordonez*_Sensors.txt"))]
    else:
        raise BadRecording(f"{directory}: neither Activity.csv nor Ordonez*_Sensors.txt")
    _together(homes)
    for home in homes:
        moves = np.concatenate([r.times for r in home.recorders])
        home.person_days = len(np.unique((moves + UTC_OFFSET) // DAY))
    return homes


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BadRecording(f"{path}: missing column {', '.join(missing)}")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadRecording(f"{path}: {error}") from error


def _instants(texts: list[str], path: Path) -> NDArray[np.int64]:
    try:
        return np.array(texts, "datetime64[us]").astype(np.int64) - UTC_OFFSET
    except ValueError as error:
        raise BadRecording(f"{path}: {error}") from error


def _tihm(directory: Path) -> list[RecordedHome]:
    path = directory / "Activity.csv"
    fired: dict[str, dict[str, list[str]]] = {}
    for row in _rows(path, ("patient_id", "location_name", "date")):
        fired.setdefault(row["patient_id"], {}).setdefault(row["location_name"], []).append(row["date"])
    measured = _tihm_vitals(directory / "Physiology.csv")
    homes = []
    for patient in sorted(fired):
        recorders = [_tihm_sensor(place, dates, path) for place, dates in sorted(fired[patient].items())]
        if patient in measured:
            recorders.append(Recorder("vitals", "cuff", "", "", vitals=measured[patient]))
        homes.append(RecordedHome(patient, recorders))
    return homes


def _tihm_sensor(place: str, dates: list[str], path: Path) -> Recorder:
    """A row is a sensor that fired; there is no "off"."""
    kind, room = _TIHM_PLACES.get(place, ("pir", place))
    times = np.sort(_instants(dates, path))
    return Recorder(place, kind, room, _EVENTS.get(kind, kind), times, np.ones(len(times)))


def _tihm_vitals(path: Path) -> dict[str, list[tuple[int, str, float]]]:
    if not path.exists():
        return {}
    rows = [
        r
        for r in _rows(path, ("patient_id", "date", "device_type", "value"))
        if r["device_type"] in _TIHM_VITALS
    ]
    times = _instants([row["date"] for row in rows], path).tolist()
    measured: dict[str, list[tuple[int, str, float]]] = {}
    for row, time in zip(rows, times, strict=True):
        entry = (time, _TIHM_VITALS[row["device_type"]], float(row["value"]))
        measured.setdefault(row["patient_id"], []).append(entry)
    return {patient: sorted(entries) for patient, entries in measured.items()}


def _ordonez(path: Path) -> RecordedHome:
    """Lines of begin, end, location, type, place; the two instants make a 1 and a 0."""
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        words = line.split()
        if len(words) == 7 and words[0][:1].isdigit():
            begin, end, *what = f"{words[0]} {words[1]}", f"{words[2]} {words[3]}", *words[4:]
            spans.setdefault((what[0], what[1], what[2]), []).append((begin, end))
    recorders = []
    for (location, sort, place), pairs in sorted(spans.items()):
        kind = {"Bed": "bed", "Seat": "chair", "Maindoor": "door"}.get(
            location, _ORDONEZ_KINDS.get(sort, "appliance")
        )
        times = _instants([instant for pair in pairs for instant in pair], path)
        values = np.tile([1.0, 0.0], len(pairs))
        order = np.argsort(times, kind="stable")
        room = "entrance" if kind == "door" else place.lower()
        name = f"{location}-{sort}-{place}".lower()
        recorders.append(Recorder(name, kind, room, _EVENTS.get(kind, kind), times[order], values[order]))
    if not recorders:
        raise BadRecording(f"{path}: no sensor line")
    return RecordedHome(path.stem.removesuffix("_Sensors").lower(), recorders)


def _together(homes: list[RecordedHome]) -> None:
    """Homes recorded in different years are moved by whole weeks to begin in the same one."""
    firsts = [min(int(r.times[0]) for r in home.recorders if len(r.times)) for home in homes]
    for home, first in zip(homes, firsts, strict=True):
        weeks = (first - min(firsts)) // (7 * DAY)
        if weeks < 26:
            continue
        for recorder in home.recorders:
            recorder.times = recorder.times - weeks * 7 * DAY
            recorder.vitals = [(at - weeks * 7 * DAY, name, value) for at, name, value in recorder.vitals]
