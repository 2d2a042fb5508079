"""What an entity of Home Assistant measures, by its device class or, without one, by its name. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from core.quantity import BY_NAME
from ingest.foreign.words import Word, word
from ingest.message import BadPayload, Fault

# The device classes of a `sensor` that we know. Its gas, water and carbon_monoxide are meters and
# concentrations, its moisture is a percentage: none of them is an alarm, as those of a `binary_sensor` are.
_MEASURED = frozenset(
    {
        "temperature",
        "humidity",
        "battery",
        "signal_strength",
        "power",
        "weight",
        "blood_glucose_concentration",
    }
)
_BY_ITS_NAME = frozenset({"", "enum", "safety", "problem"})
# Temperatures and the like that are not those of the room.
_ELSEWHERE = frozenset(
    {
        "device", "cpu", "chip", "processor", "esp32", "soc", "dew", "dewpoint", "frost", "index", "feels",
        "apparent", "target", "setpoint", "calibration", "offset", "threshold", "water", "outdoor", "outside",
        "freezer", "fridge", "oven", "boiler", "soil",
    }
)  # fmt: skip
_APART = re.compile(r"[^a-z0-9]+")


def text(config: Mapping[str, Any], key: str) -> str:
    """A text; "" when it is missing. Raises BadPayload for a payload or topic of another type."""
    given = config.get(key)
    if given is None:
        return ""
    if isinstance(given, bool | int | float):
        return str(given)
    if not isinstance(given, str):
        raise BadPayload(Fault.WRONG_TYPE, f"{key} is not a text")
    return given


def meant(kind: str, name: str, config: Mapping[str, Any]) -> Word | None:
    """What the states of a component `kind` mean; None when they mean nothing here. `name`: of its topic."""
    if kind in ("event", "device_automation"):
        return Word("action", "button")
    if kind not in ("binary_sensor", "sensor"):
        return None
    given = text(config, "device_class").casefold()
    names = [parts(one) for one in (text(config, "object_id"), name, text(config, "name"))]
    if kind == "binary_sensor":
        if given in _BY_ITS_NAME:
            return named(names)
        return word("battery_low" if given == "battery" else given)
    return _of_sensor(given, names, config)


def _of_sensor(given: str, names: list[list[str]], config: Mapping[str, Any]) -> Word | None:
    found = word(given) if given in _MEASURED else named(names) if given in _BY_ITS_NAME else None
    if found is None:
        return None
    quantity = BY_NAME[found.quantity]
    unit = text(config, "unit_of_measurement")
    if quantity.stream == "event" and unit and quantity.name != "appliance":
        return None  # so much of it, and not whether
    if quantity.name == "battery" and unit not in ("", "%"):
        return None  # its voltage
    if quantity.name in ("room_temperature", "room_humidity"):
        return _of_room(found, names, config)
    return found


def _of_room(found: Word, names: list[list[str]], config: Mapping[str, Any]) -> Word | None:
    closer = named(names)
    if closer is not None and closer.quantity in ("body_temperature", "skin_temperature"):
        return closer
    own = text(config, "entity_category") or any(part in _ELSEWHERE for parts in names for part in parts)
    return None if own else found


def parts(name: str) -> list[str]:
    """The words of a name."""
    return [part for part in _APART.split(name.casefold()) if part]


def named(names: list[list[str]]) -> Word | None:
    """The word that a name ends with, the longest first: `bed_1_heart_rate` measures a heart rate."""
    for parts in names:
        for begin in range(len(parts)):
            found = word("_".join(parts[begin:]))
            if found is not None:
                return found
    return None
