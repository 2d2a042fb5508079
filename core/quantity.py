"""Everything a sensor can measure, one row each. A new kind of sensor is a new row here, nothing else.

`id` is what the store keeps in a 2-byte column: never change or reuse one. `low` and `high` bound what is
physically possible; a value outside means the message is wrong, not that the person is ill.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Quantity(NamedTuple):
    """One measurable thing: `id` in the store, `stream` it arrives in, `unit`, and its possible range."""

    id: int
    name: str
    stream: str
    unit: str
    low: float
    high: float


QUANTITIES: tuple[Quantity, ...] = (
    Quantity(1, "heart_rate", "vital", "/min", 0, 350),
    Quantity(2, "spo2", "vital", "%", 0, 100),
    Quantity(3, "body_temperature", "vital", "Cel", 10, 50),
    Quantity(4, "steps", "vital", "1", 0, 1_000_000),
    Quantity(5, "respiration", "vital", "/min", 0, 120),
    Quantity(6, "systolic", "vital", "mm[Hg]", 20, 350),
    Quantity(7, "diastolic", "vital", "mm[Hg]", 5, 250),
    Quantity(8, "glucose", "vital", "mmol/L", 0, 70),
    Quantity(9, "weight", "vital", "kg", 1, 400),
    Quantity(10, "skin_temperature", "vital", "Cel", 0, 100),
    Quantity(11, "body_water", "vital", "%", 0, 100),
    Quantity(12, "room_temperature", "vital", "Cel", -40, 85),
    Quantity(13, "room_humidity", "vital", "%", 0, 100),
    Quantity(32, "presence", "event", "1", 0, 1),
    Quantity(33, "door", "event", "1", 0, 1),
    Quantity(34, "bed", "event", "1", 0, 1),
    Quantity(35, "chair", "event", "1", 0, 1),
    Quantity(36, "appliance", "event", "1", 0, 1),
    Quantity(37, "button", "event", "1", 0, 9),
    Quantity(38, "smoke", "event", "1", 0, 1),
    Quantity(39, "gas", "event", "1", 0, 1),
    Quantity(40, "co", "event", "1", 0, 1),
    Quantity(41, "water", "event", "1", 0, 1),
    Quantity(42, "fall", "event", "1", 0, 1),
    Quantity(43, "sound", "event", "1", 0, 200),
    Quantity(44, "tamper", "event", "1", 0, 1),
    Quantity(45, "test", "event", "1", 0, 255),  # the id of the quantity whose sensor tested itself
    Quantity(46, "all_right", "event", "1", 0, 1),  # the wearer's answer to "are you all right?"
    Quantity(47, "need_help", "event", "1", 0, 1),
    Quantity(48, "service_request", "event", "1", 1, 6),  # a meal, cleaning, bathing, medical, escort, urgent
    Quantity(49, "vibration", "event", "1", 0, 1),
    Quantity(64, "online", "status", "1", 0, 1),
    Quantity(65, "battery", "status", "1", 0, 1),
    Quantity(66, "rssi", "status", "dB[mW]", -200, 50),
    Quantity(67, "uptime_s", "status", "s", 0, 1e10),
    Quantity(68, "worn", "status", "1", 0, 1),
    Quantity(69, "link_quality", "status", "1", 0, 255),  # Zigbee's own scale; no unit of power
    Quantity(80, "lat", "position", "deg", -90, 90),
    Quantity(81, "lon", "position", "deg", -180, 180),
    Quantity(82, "accuracy_m", "position", "m", 0, 1_000_000),
    Quantity(83, "indoor", "position", "1", 0, 1),
)

BY_NAME: dict[str, Quantity] = {q.name: q for q in QUANTITIES}
BY_ID: dict[int, Quantity] = {q.id: q for q in QUANTITIES}
STREAMS = ("motion", "vital", "event", "position", "status")


def of_stream(stream: str) -> dict[str, Quantity]:
    """The quantities that may arrive in `stream`, by field (or event kind) name."""
    return {q.name: q for q in QUANTITIES if q.stream == stream}


MOST_ID = max(quantity.id for quantity in QUANTITIES)


class Among:
    """Which readings are of certain quantities: a look-up, in small batches ten times as quick
    as a search."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._is = np.zeros(MOST_ID + 1, bool)
        self._is[list(ids)] = True

    def __call__(self, metric: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Mask of the shape of `metric`; raises IndexError for an id that is no quantity."""
        return self._is[metric]
