"""What counts as a sign that somebody is up and about, and what kind of silence may follow it.

One row a quantity; a device's own sign of life (signal strength, battery) is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.memory import Memory, Notebook
from analytics.rows import Rows
from core.batch import Batch
from core.directory import DeviceEntry, Directory
from core.instant import MINUTE, SECOND
from core.motion import MotionWindow
from core.quantity import BY_NAME, Among

# How a reading of each quantity tells activity: it "fired" (is above zero), was sent at all ("told"),
# "changed", or is "rising".
SIGNS = {
    "presence": "fired",
    "button": "fired",
    "door": "told",
    "bed": "changed",
    "chair": "changed",
    "appliance": "changed",
    "steps": "rising",
}
_FIRED = Among(BY_NAME[name].id for name, how in SIGNS.items() if how == "fired")
_TOLD = Among(BY_NAME[name].id for name, how in SIGNS.items() if how == "told")
_REMEMBERED = Among(BY_NAME[name].id for name, how in SIGNS.items() if how in ("changed", "rising"))
_STEPS, _PRESENCE = BY_NAME["steps"].id, BY_NAME["presence"].id
BEDS = BY_NAME["bed"].id

# Devices that see activity; a smoke detector that is online says nothing about the person.
SEEING = frozenset({"pir", "presence", "radar", "door", "bed", "chair", "appliance", "wearable", "wrist"})
OUTER_DOORS = frozenset(
    {"", "door", "hall", "hallway", "entrance", "porch", "front-door", "front_door", "back-door", "back_door"}
)
WORN_MOVING_MG = 80  # standard deviation of the acceleration's magnitude in a window: a moving arm

DOOR_NEAR = 3 * MINUTE  # a silence that begins within this of an outer door: perhaps nobody is at home

# Where a sign comes from, as the silence model knows it.
PLACES = ("outer_door", "bathroom", "bedroom", "inner_door", "worn", "hallway", "kitchen", "lounge")
OUTER_DOOR, BATHROOM, BEDROOM, INNER_DOOR, WORN, HALLWAY, KITCHEN, LOUNGE = range(len(PLACES))
_ROOMS = {
    "bathroom": BATHROOM, "toilet": BATHROOM, "bedroom": BEDROOM, "fridge-door": INNER_DOOR,
    "hallway": HALLWAY, "stairs": HALLWAY, "entrance": HALLWAY, "kitchen": KITCHEN, "dining_room": KITCHEN,
}  # fmt: skip

# These see who only breathes: that they go on seeing somebody is no movement.
STILL_SEEN = frozenset({"radar", "presence"})

# live: the reading is about now, not from a device's own memory. again: somebody is still there, and may lie.
SIGN = np.dtype([("home", "i4"), ("time", "i8"), ("place", "u1"), ("live", "?"), ("again", "?")])


@dataclass(slots=True)
class _Memory:
    """Last value of a quantity that counts when it changes."""

    time: int
    value: float
    cleared: bool = False  # it has ever said that nobody is there


class ActivityReader:
    """Batch in, signs of activity out; remembers the last value where a change is what counts.

    Several detectors may read through one of these: a batch is read once.
    """

    def __init__(self) -> None:
        self._read: tuple[Batch, NDArray[np.void]] | None = None
        self._devices = Rows()
        self._place = np.zeros(1, np.uint8)  # the last one: of devices nobody knows
        self._still = np.zeros(1, bool)
        self._memory: dict[tuple[int, int], _Memory] = {}
        self._notebook = Notebook()

    def recall(self, memory: Memory) -> None:
        """What a bed, a chair or an appliance said last."""
        time, value, *cleared = memory.numbers
        self._memory[memory.subject, memory.topic] = _Memory(int(time), value, any(cleared))

    def memories(self, detector: str, now: int) -> list[Memory]:
        """The same, once an hour where it has changed; `detector`: under whose name it is kept."""
        due = [(key, self._memory[key]) for key in self._notebook.due(now) if key in self._memory]
        return [Memory(detector, *key, [held.time, held.value, held.cleared]) for key, held in due]

    def know(self, directory: Directory) -> None:
        """Where devices hang; forget removed ones."""
        self._devices = Rows(directory.by_id)
        entries = [directory.by_id[int(key)] for key in self._devices.keys]
        self._place = np.array([place_of(entry) for entry in [*entries, None]], np.uint8)
        self._still = np.array([*(entry.kind in STILL_SEEN for entry in entries), False], bool)
        self._memory = {key: m for key, m in self._memory.items() if key[0] in directory.by_id}

    def signs(self, batch: Batch) -> NDArray[np.void]:
        """Signs of activity in order of arrival: structured array of SIGN, shape (n,)."""
        if self._read is None or self._read[0] is not batch:
            self._read = batch, self._signs(batch)
        return self._read[1]

    def _signs(self, batch: Batch) -> NDArray[np.void]:
        readings = batch.readings
        metric = readings["metric"]
        counts = (_FIRED(metric) & (readings["value"] > 0)) | _TOLD(metric)
        for index in np.flatnonzero(_REMEMBERED(metric)).tolist():
            counts[index] = self._is_news(readings[index])
        again = np.zeros(len(readings), bool)
        still = (metric == _PRESENCE) & self._still[self._devices.of(readings["device"])]
        for index in np.flatnonzero(still).tolist():
            again[index] = self._is_still_there(readings[index])
        rows = readings[counts]
        signs = np.empty(len(rows), SIGN)
        signs["again"] = again[counts]
        signs["home"], signs["time"], signs["live"] = rows["home"], rows["time"], rows["live"]
        signs["place"] = self._place[self._devices.of(rows["device"])] if len(rows) else 0
        worn = moving(batch.motion, batch.now)
        return np.concatenate([signs, worn]) if len(worn) else signs

    def _is_still_there(self, reading: np.void) -> bool:
        """Whether a sensor that also tells when nobody is there goes on seeing somebody."""
        news = self._is_news(reading)
        memory = self._memory[int(reading["device"]), int(reading["metric"])]
        memory.cleared |= not reading["value"] > 0
        return memory.cleared and not news and bool(reading["value"] > 0)

    def _is_news(self, reading: np.void) -> bool:
        key = (int(reading["device"]), int(reading["metric"]))
        time, value = int(reading["time"]), float(reading["value"])
        memory = self._memory.get(key)
        if key[1] != _STEPS and (memory is None or value != memory.value):
            self._notebook.note(*key)
        if memory is None:
            self._memory[key] = _Memory(time, value)
            return False
        if time <= memory.time:
            return False
        news = value > memory.value if key[1] == _STEPS else value != memory.value
        memory.time, memory.value = time, value
        return news


def moving(windows: Sequence[MotionWindow], now: int) -> NDArray[np.void]:
    """Signs from windows of worn devices that move."""
    signs = []
    for window in windows:
        end = window.start + round(len(window.acc) / max(window.hz, 1.0) * SECOND)
        if window.unrest > WORN_MOVING_MG:
            signs.append((window.home, min(end, now), WORN, True, False))
    return np.array(signs, SIGN)


def place_of(entry: DeviceEntry | None) -> int:
    """One of PLACES; what is not known counts as the lounge."""
    if entry is None:
        return LOUNGE
    if entry.kind == "door":
        return OUTER_DOOR if entry.room in OUTER_DOORS else INNER_DOOR
    if entry.resident is not None and entry.site:
        return WORN
    by_kind = {"bed": BEDROOM, "appliance": INNER_DOOR, "wearable": WORN}
    return by_kind.get(entry.kind, _ROOMS.get(entry.room, LOUNGE))
