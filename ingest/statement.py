"""The rows of a small batch in one statement: one way to the database and back, however many tables.

A statement is a transaction where nobody opened another. At a low rate its fixed cost is nearly all there is:
four statements, BEGIN and COMMIT cost the client 500 us and six journeys, one statement 210 us and one
(docs/adr/0006).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.motion import MotionWindow
from core.queries import load
from ingest.columns import arrays
from ingest.decode import DeviceNews

Q = load(Path(__file__).parent / "queries.sql")

_READINGS, _MOTION, _DEVICES, _HOMES = "insert_readings", "insert_motion", "device_state", "home_state"


class Statement(NamedTuple):
    """What to execute, and with what."""

    text: bytes
    values: dict[str, Any]


def statement(
    readings: NDArray[np.void],
    motion: Sequence[MotionWindow],
    received_motion: Sequence[int],
    news: Mapping[int, DeviceNews],
    places: Mapping[int, tuple[int, str]],
) -> Statement | None:
    """The statement that stores all of it; None when there is nothing. `readings`: of READING, shape (n,)."""
    names: list[str] = []
    values: dict[str, Any] = {}
    if len(readings):
        names.append(_READINGS)
        values |= arrays(readings)
    if motion:
        names.append(_MOTION)
        values |= _windows(motion, received_motion)
    if news:
        names.append(_DEVICES)
        values |= _states(news)
    if places:
        names.append(_HOMES)
        values |= _places(places)
    return Statement(_together(tuple(names)), values) if names else None


@cache
def _together(names: tuple[str, ...]) -> bytes:
    """The statements of these names as one; their parameters have different names."""
    *before, last = (Q[name] for name in names)
    if not before:
        return last.encode()
    parts = ", ".join(f"part{number} AS ({text})" for number, text in enumerate(before))
    return f"WITH {parts} {last}".encode()


def _windows(windows: Sequence[MotionWindow], received: Sequence[int]) -> dict[str, Any]:
    return {
        "window_time": [w.start for w in windows],
        "window_received": list(received),
        "window_home": [w.home for w in windows],
        "window_device": [w.device for w in windows],
        "window_resident": [w.resident or 0 for w in windows],
        "window_hz": [w.hz for w in windows],
        "window_acc": [w.acc.tobytes() for w in windows],
        "window_gyr": [None if w.gyr is None else w.gyr.tobytes() for w in windows],
    }


def _states(news: Mapping[int, DeviceNews]) -> dict[str, Any]:
    items = sorted(news.items())
    return {
        "state_device": [device for device, _ in items],
        "state_last_seen": [n.last_seen for _, n in items],
        "state_online": [n.online for _, n in items],
        "state_battery": [n.battery for _, n in items],
        "state_rssi": [n.rssi for _, n in items],
        "state_firmware": [n.firmware for _, n in items],
        "state_clock_offset_ms": [n.clock_offset // 1000 for _, n in items],
    }


def _places(places: Mapping[int, tuple[int, str]]) -> dict[str, Any]:
    rows = sorted((home, time, room) for home, (time, room) in places.items())
    homes, times, rooms = zip(*rows, strict=True)
    return {"place_home": list(homes), "place_time": list(times), "place_room": list(rooms)}
