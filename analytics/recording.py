"""Recorded homes as a detector would have seen them: sensors that fired, in the TIHM file format."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.batch import READING
from core.directory import DeviceEntry, Directory
from core.instant import HOUR, SECOND, from_datetime
from core.quantity import BY_NAME

OUTAGE = 12 * HOUR  # when no home at all has said anything for so long it was not the homes,
FEWEST = 5  # if there were so many of them


class BadRecording(Exception):
    """The folder does not hold what it should."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Homes 1..n with one resident each (the same number), local time taken for UTC.

    Attributes:
        readings: READING, by time, received when sent. codes: the homes' names in the source.
    """

    directory: Directory
    readings: NDArray[np.void]
    codes: tuple[str, ...]

    def signs(self, home: int) -> NDArray[np.int64]:
        """Instants at which something fired in `home`, rising, each once."""
        return np.unique(self.readings["time"][self.readings["home"] == home])

    def outages(self) -> list[tuple[int, int]]:
        """Spans in which none of FEWEST homes and more said anything."""
        times, home = self.readings["time"], self.readings["home"]
        gaps = np.flatnonzero(np.diff(times) > OUTAGE)
        return [
            (int(times[i]), int(times[i + 1]))
            for i in gaps
            if len(np.intersect1d(home[: i + 1], home[i + 1 :])) >= FEWEST
        ]


def read_tihm(folder: Path) -> Recording:
    """Activity.csv (patient_id, location_name, date); raises BadRecording."""
    path = folder / "Activity.csv"
    if not path.is_file():
        raise BadRecording(f"{path} is not there: expected patient_id, location_name, date")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(
            {(row["date"], row["patient_id"], row["location_name"]) for row in csv.DictReader(file)}
        )
    codes = tuple(sorted({code for _, code, _ in rows}))
    number = {code: index + 1 for index, code in enumerate(codes)}
    sensors = {
        sensor: index + 1 for index, sensor in enumerate(sorted({(code, place) for _, code, place in rows}))
    }
    devices = [
        DeviceEntry(
            id=key, code=f"{code}-{place}", home=number[code], home_code=code, station=1, room=place,
            kind="door" if place.endswith("-door") else "pir", time_zone="UTC",
        )
        for (code, place), key in sensors.items()
    ]  # fmt: skip
    readings = np.zeros(len(rows), READING)
    times = [from_datetime(datetime.fromisoformat(date).replace(tzinfo=UTC)) for date, _, _ in rows]
    readings["time"] = readings["received"] = times
    readings["home"] = readings["resident"] = [number[code] for _, code, _ in rows]
    readings["device"] = [sensors[code, place] for _, code, place in rows]
    doors = np.array([place.endswith("-door") for _, _, place in rows])
    readings["metric"] = np.where(doors, BY_NAME["door"].id, BY_NAME["presence"].id)
    readings["value"], readings["live"] = 1, True
    return Recording(Directory.of(devices, {n: (n,) for n in number.values()}), readings, codes)


def span_days(recording: Recording, home: int) -> float:
    """Days for which `home` was watched, outages left out."""
    times = recording.signs(home)
    lost = sum(
        max(0, min(end, int(times[-1])) - max(begin, int(times[0]))) for begin, end in recording.outages()
    )
    return float(times[-1] - times[0] - lost) / (24 * 3600 * SECOND)
