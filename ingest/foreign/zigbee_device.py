"""What the properties of a Zigbee device mean, where the word alone does not say it. Pure.

`bridge/devices` tells of each device what it is and in which unit it measures. Without that the company of
a property tells much: a window of a radiator valve is guessed from the temperature, a blind moves by itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.foreign.words import CONCENTRATIONS, word

# Zones and sides of one device: `smoke_alarm_1`, `occupancy_2`, `contact_left`. Any of them counts.
_ZONE = re.compile(
    r"(.+?)(?:_alarm)?_(?:\d{1,2}|[ls]\d|left|right|center|top|bottom|in|out|or|and|front|back|main|inner|outer)"
)
_ZONED = frozenset(
    {"presence", "door", "smoke", "gas", "co", "water", "vibration", "tamper", "need_help", "fall"}
)
# What "alarm" is about, by what the device is called; the first that fits.
_ALARMS = tuple(
    (re.compile(pattern), quantity)
    for pattern, quantity in (
        (r"smoke|fire|heat alarm|heat detector", "smoke"),
        (r"carbon monoxide|\bco (alarm|detector|sensor)", "co"),
        (r"\bgas\b|methane|combustible", "gas"),
        (r"water.?leak|leak|flood", "water"),
        (r"\bsos\b|panic|emergency", "need_help"),
        (r"\bfall\b|fall.?detect", "fall"),
        (r"vibration|shock|glass.?break", "vibration"),
        (r"contact|\bdoor|window|opening", "door"),
        (r"presence|motion|occupancy|\bpir\b|human", "presence"),
    )
)
_ALARM = re.compile(r"alarm(?:_\d{1,2}|_status|_state)?")
_ALARMING = frozenset({"normal", "alarm", "alarmed", "prealarm", "warning_alarm", "critical_alarm", "clear"})
_THERMOSTAT = frozenset(
    {"local_temperature", "occupied_heating_setpoint", "current_heating_setpoint", "system_mode"}
)
# Of a thermostat these are settings, or guessed from the temperature.
_GUESSED = frozenset({"window", "window_open", "open_window", "running"})
# Switches of the device itself, which are called as something measured is.
_SETTINGS = frozenset({"online", "connectivity", "sound"})
# OWON's radar tells all it sees in one word.
_POSTURES = frozenset({"unoccupied", "occupied", "sitting", "on_the_bed", "low_posture", "falling"})


@dataclass(frozen=True, slots=True)
class Properties:
    """What a device of `bridge/devices` tells.

    Attributes:
        alarm: the quantity that its "alarm" is about; "" where that is not known.
        units: of the properties that are measured in one.
        numbers: properties that are a number: so much of it, and not whether.
    """

    alarm: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()


UNKNOWN = Properties()


def described(definition: Any) -> Properties:
    """What the definition of a device says; UNKNOWN where there is none."""
    if not isinstance(definition, dict):
        return UNKNOWN
    about = str(definition.get("description") or "").casefold()[:200]
    alarm = next((quantity for pattern, quantity in _ALARMS if pattern.search(about)), "")
    units, numbers = {}, set()
    for one in _features(definition.get("exposes"), 0):
        name, unit = str(one.get("property"))[:64], one.get("unit")
        if one.get("type") == "numeric" and word(name) is not None:
            numbers.add(name)
            if isinstance(unit, str):
                units[name] = unit[:20]
    return Properties(alarm, units, frozenset(numbers))


def _features(exposes: Any, depth: int) -> Iterator[dict[str, Any]]:
    for one in exposes[:500] if isinstance(exposes, list) and depth < 4 else ():
        if isinstance(one, dict):
            yield one
            yield from _features(one.get("features"), depth + 1)


def told(known: Mapping[str, Any], device: Properties) -> Iterator[tuple[str, Any]]:
    """The properties of one message that mean something, under names whose words mean it; of zones all."""
    left_out = _SETTINGS | (_GUESSED if known.keys() & _THERMOSTAT else frozenset())
    for name, raw in known.items():
        if name in left_out or (_is_number(raw) and _is_so_much(name, device)):
            continue
        if name == "moving":
            # A blind that moves is nobody; a sensor that is moved was shaken.
            if "position" not in known and isinstance(raw, bool):
                yield "vibration", raw
        elif name == "status" and isinstance(raw, str) and raw in _POSTURES:
            yield "fall", raw == "falling"
            yield "presence", raw != "unoccupied"
        elif device.alarm and _ALARM.fullmatch(name) and _is_alarming(raw):
            yield device.alarm, raw
        else:
            yield (_zoned(name) if isinstance(raw, bool) and word(name) is None else name), raw


def _zoned(name: str) -> str:
    """The name without its zone, where what is left is yes or no; else as it is."""
    zone = _ZONE.fullmatch(name)
    meant = word(zone[1]) if zone else None
    return zone[1] if zone and meant is not None and meant.quantity in _ZONED else name


def _is_so_much(name: str, device: Properties) -> bool:
    """Whether the number under this name is a concentration or a depth, where we know only yes and no."""
    meant = word(name)
    return name in CONCENTRATIONS or (
        name in device.numbers and meant is not None and meant.quantity in _ZONED
    )


def _is_alarming(raw: Any) -> bool:
    return isinstance(raw, bool) or (isinstance(raw, str) and raw in _ALARMING)


def _is_number(raw: Any) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool)
