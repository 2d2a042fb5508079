"""From a thousand homes to a hundred thousand: what a home costs in memory, a message and a second in time.

Each size is measured in a process of its own, so that memory is that size's. Three devices a home.
"""

import gc
import json
import multiprocessing
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.detector import Detector
from analytics.detectors import all_detectors
from core.directory import DeviceEntry, Directory
from core.instant import SECOND
from ingest.decode import Decoder
from ingest.message import Message

SIZES = (1_000, 10_000, 100_000)
_BATCH, _BATCHES, _TICKS = 1000, 20, 10
_NOW = 1_790_000_000 * SECOND
_DEVICES = (("wearable", "", 60), ("pir", "kitchen", 300), ("door", "hallway", 300))


def growth(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Figures of each size."""
    context = multiprocessing.get_context("spawn")
    figures = []
    for size in sizes:
        with context.Pool(1) as pool:
            figures.append(pool.apply(measure, (size,)))
    return figures


def measure(homes: int) -> dict[str, Any]:
    """A town of `homes`: KiB a home, microseconds a message (decoded and detected), milliseconds a tick."""
    gc.collect()
    before = _kib()
    directory = town(homes)
    decoder, detectors = Decoder(directory), all_detectors()
    begun = time.perf_counter()
    for detector in detectors:
        detector.know(directory)
    known_s = time.perf_counter() - begun
    everybody = np.arange(1, homes + 1).repeat(2)  # has spoken once before anything is measured
    now, _ = _hear(decoder, detectors, everybody, _NOW)
    draw = np.random.default_rng(1).integers(1, homes + 1, _BATCH * _BATCHES)
    now, spent = _hear(decoder, detectors, draw, now)
    ticks = [_tick(detectors, now + (n + 1) * SECOND) for n in range(_TICKS)]
    return {
        "homes": homes,
        "kib_a_home": round((_kib() - before) / homes, 2),
        "know_us_a_home": round(known_s * 1e6 / homes, 1),
        "us_a_message": round(spent * 1e6 / (_BATCH * _BATCHES), 1),
        "tick_ms": round(float(np.median(ticks)) * 1000, 2),
    }


def town(homes: int) -> Directory:
    """Homes of one resident with a wearable, a motion sensor and a door."""
    entries = (
        DeviceEntry(
            id=home * 3 + number, code=f"{kind}{home}", home=home, home_code=f"h{home}", station=1,
            resident=home if kind == "wearable" else None, kind=kind, room=room, report_every_s=every,
        )
        for home in range(1, homes + 1)
        for number, (kind, room, every) in enumerate(_DEVICES)
    )  # fmt: skip
    return Directory.of(entries, {home: (home,) for home in range(1, homes + 1)})


def _hear(
    decoder: Decoder, detectors: list[Detector], homes: NDArray[np.int64], now: int
) -> tuple[int, float]:
    """A message of each of `homes`, a batch a second from `now` on: (when it is over, CPU seconds)."""
    spent = 0.0
    for start in range(0, len(homes), _BATCH):
        now += SECOND
        messages = said(homes[start : start + _BATCH].tolist(), now)
        begun = time.process_time()
        batch = decoder.decode(messages, now).batch
        for detector in detectors:
            detector.fold(batch)
        spent += time.process_time() - begun
        for detector in detectors:
            detector.tick(now)
    return now, spent


def said(homes: list[int], now: int) -> list[Message]:
    """Half vital signs, half movements."""
    said = []
    for number, home in enumerate(homes):
        known: dict[str, Any] = {"t": now // 1000 - number, "seq": number}
        if number % 2:
            topic, body = f"wearable{home}/vital", {**known, "heart_rate": 70}
        else:
            topic, body = f"pir{home}/event", {**known, "kind": "presence", "state": 1}
        said.append(Message(f"nw/v1/h{home}/{topic}", json.dumps(body).encode(), now))
    return said


def _tick(detectors: list[Detector], now: int) -> float:
    begun = time.process_time()
    for detector in detectors:
        detector.tick(now)
    return time.process_time() - begun


def _kib() -> int:
    """Resident now; what was the most would be the parent's."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024
