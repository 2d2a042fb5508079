"""Foreign words for what our quantities measure, one row each. A word that is our own needs no row.

A new kind of sensor of a foreign system is a row here (none where core.quantity has a row of that name)
and a fixture in tests/fixtures/foreign.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from core.quantity import BY_NAME, Quantity
from ingest.message import BadPayload, Fault


class Word(NamedTuple):
    """`foreign` means `quantity`; its number times `factor`. `closed`: 1 and 0 are the other way round."""

    foreign: str
    quantity: str
    factor: float = 1.0
    closed: bool = False


WORDS = (
    # Zigbee2MQTT's properties; the tongues without words of their own mostly borrow these.
    Word("occupancy", "presence"),
    Word("motion", "presence"),
    Word("contact", "door", closed=True),
    Word("opening", "door"),
    Word("carbon_monoxide", "co"),
    Word("water_leak", "water"),
    Word("battery", "battery", 0.01),
    Word("linkquality", "link_quality"),
    Word("temperature", "room_temperature"),
    Word("temp", "room_temperature"),
    Word("humidity", "room_humidity"),
    Word("sos", "need_help"),
    Word("emergency", "need_help"),
    Word("action", "button"),
    Word("heartrate", "heart_rate"),
    Word("hr", "heart_rate"),
    Word("latitude", "lat"),
    Word("longitude", "lon"),
    Word("lng", "lon"),
    # Device classes of Home Assistant that are called otherwise.
    Word("moving", "presence"),
    Word("window", "door"),
    Word("garage_door", "door"),
    Word("moisture", "water"),
    Word("signal_strength", "rssi"),
    Word("connectivity", "online"),
    Word("power", "appliance"),
    Word("running", "appliance"),
)
_BY_FOREIGN = {word.foreign: word for word in WORDS}
# How our own unit is written elsewhere is no conversion; these are. (foreign unit, ours): factor, offset.
_UNITS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("°F", "Cel"): (5 / 9, -160 / 9),
    ("K", "Cel"): (1.0, -273.15),
    ("mg/dL", "mmol/L"): (1 / 18.016, 0.0),
    ("lb", "kg"): (0.45359237, 0.0),
    ("g", "kg"): (0.001, 0.0),
    ("kPa", "mm[Hg]"): (7.50061683, 0.0),
    ("min", "s"): (60.0, 0.0),
    ("h", "s"): (3600.0, 0.0),
}
_SWITCH = {
    "on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0, "open": 1.0, "closed": 0.0, "yes": 1.0, "no": 0.0,
    "online": 1.0, "offline": 0.0, "detected": 1.0, "clear": 0.0, "occupied": 1.0, "unoccupied": 0.0,
}  # fmt: skip
# Said when somebody presses something that stands for help, whatever the thing is otherwise used for.
_HELP = frozenset({"emergency", "panic", "sos", "help", "fall"})
_APART = re.compile(r"[\s.-]+")


def word(foreign: str) -> Word | None:
    """What `foreign` means to us; None when it means nothing."""
    name = _APART.sub("_", foreign.strip()).casefold()[:64]
    found = _BY_FOREIGN.get(name)
    if found is None and name in BY_NAME and name != "test":
        found = Word(name, name)
    return found


def value(given: Word, raw: Any, unit: str = "") -> tuple[str, float] | None:
    """(quantity, value) of what was said under a word; None when it says nothing (null, an action's end).

    Raises BadPayload for what cannot be a value of it.
    """
    if raw is None:
        return None
    if given.quantity == "button" and isinstance(raw, str):
        return _pressed(raw)
    quantity = BY_NAME[given.quantity]
    number = _number(raw, given.foreign)
    if given.closed:
        number = 0.0 if number else 1.0
    return given.quantity, _within(quantity, _converted(quantity, number, given, unit))


def _pressed(raw: str) -> tuple[str, float] | None:
    action = raw.strip().casefold()
    if action in ("", "none", "release", "unknown"):
        return None
    return ("need_help" if action in _HELP else "button"), 1.0


def _number(raw: Any, name: str) -> float:
    if isinstance(raw, str):
        text = raw.strip().casefold()
        if text in _SWITCH:
            return _SWITCH[text]
        try:
            raw = float(text)
        except ValueError as error:
            raise BadPayload(Fault.WRONG_TYPE, f"{name[:40]} is neither a number nor a state") from error
    if not isinstance(raw, bool | int | float):
        raise BadPayload(Fault.WRONG_TYPE, f"{name[:40]} is neither a number nor a state")
    try:
        number = float(raw)
    except OverflowError as error:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, name[:40]) from error
    if not math.isfinite(number):
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{name[:40]} is not finite")
    return number


def _converted(quantity: Quantity, number: float, given: Word, unit: str) -> float:
    factor, offset = _UNITS.get((unit, quantity.unit), (given.factor, 0.0))
    number = number * factor + offset
    # Whatever the sensor counts while somebody is there: to an event only yes and no matter.
    return 1.0 if quantity.stream == "event" and quantity.high == 1 and number > 0 else number


def _within(quantity: Quantity, number: float) -> float:
    if not quantity.low <= number <= quantity.high:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, quantity.name)
    return number
