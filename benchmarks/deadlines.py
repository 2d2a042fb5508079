"""A million residents' deadlines: what it costs each second to see that none has passed."""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from analytics.detector import Detector
from analytics.inactivity import InactivityDetector
from analytics.supervision import SupervisionDetector
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.instant import DAY, MINUTE, SECOND
from core.quantity import BY_NAME

_START = 20_000 * DAY
_STATIONS = 100


def tick_cost(count: int = 1_000_000, ticks: int = 5) -> dict[str, Any]:
    """Milliseconds of a tick over `count` homes with a sensor each, none and a hundred of them due.

    On one core. The homes have just been heard; then time passes in seconds.
    """
    directory = _directory(count)
    readings = np.zeros(count, READING)
    readings["home"] = readings["device"] = np.arange(1, count + 1)
    readings["metric"], readings["value"], readings["live"] = BY_NAME["presence"].id, 1, True
    readings["time"] = readings["received"] = _START - np.arange(count) % 60 * SECOND
    readings["received"][:100] = readings["time"][:100] = _START - 10 * MINUTE
    makers: dict[str, Callable[[], Detector]] = {
        "supervision": SupervisionDetector,
        "inactivity": InactivityDetector,
    }
    measured = {name: _measure(make(), directory, readings, ticks) for name, make in makers.items()}
    return {"homes": count, "detectors": measured}


def _directory(count: int) -> Directory:
    entries = (
        DeviceEntry(key, f"d{key}", key, f"h{key}", key % _STATIONS + 1, kind="pir", report_every_s=300)
        for key in range(1, count + 1)
    )
    return Directory.of(entries, {})


def _measure(detector: Detector, directory: Directory, readings: Any, ticks: int) -> dict[str, Any]:
    begun = time.perf_counter()
    detector.know(directory)
    known = time.perf_counter()
    detector.fold(Batch(_START, readings))
    folded = time.perf_counter()
    detector.tick(_START)
    idle = [_timed(detector, _START + (n + 1) * SECOND) for n in range(ticks)]
    due_ms, found = _timed(detector, _START + 150 * SECOND + MINUTE)
    return {
        "know_s": round(known - begun, 2),
        "fold_s": round(folded - known, 2),
        "idle_tick_ms": round(max(ms for ms, _ in idle), 1),
        "tick_with_due_ms": round(due_ms, 1),
        "found": found,
    }


def _timed(detector: Detector, now: int) -> tuple[float, int]:
    begun = time.perf_counter()
    found = len(detector.tick(now))
    return (time.perf_counter() - begun) * 1000, found


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(tick_cost())
