"""Reading one field of an object with the type it must have."""

import math
from collections.abc import Mapping
from typing import Any

from ingest.message import BadPayload, Fault

_MISSING = object()
_MOST_MS = 10**15


def number(obj: Mapping[str, Any], name: str) -> float:
    """A finite number; raises BadPayload when it is missing, of another type, NaN or infinite."""
    value = obj.get(name, _MISSING)
    if value is _MISSING:
        raise BadPayload(Fault.MISSING_FIELD, name)
    return as_number(value, name)


def as_number(value: Any, name: str) -> float:
    """`value` as a finite float; a boolean is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadPayload(Fault.WRONG_TYPE, f"{name[:40]} is not a number")
    try:
        result = float(value)
    except OverflowError as error:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, name[:40]) from error
    if not math.isfinite(result):
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{name[:40]} is not finite")
    return result


def switch(obj: Mapping[str, Any], name: str, default: float) -> float:
    """A state: a number, or true and false as 1 and 0; `default` when it is missing."""
    value = obj.get(name, default)
    return float(value) if isinstance(value, bool) else as_number(value, name)


def instant(obj: Mapping[str, Any]) -> int:
    """`t`, milliseconds by the device's clock, as microseconds."""
    milliseconds = obj.get("t")
    if type(milliseconds) is int and -_MOST_MS < milliseconds < _MOST_MS:
        return milliseconds * 1000  # nearly always
    milliseconds = number(obj, "t")
    if not -_MOST_MS < milliseconds < _MOST_MS:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, "t")
    return round(milliseconds * 1000) if isinstance(obj["t"], float) else int(obj["t"]) * 1000


def sequence(obj: Mapping[str, Any]) -> int:
    """`seq`, a whole number from 0, or 0 when a device has none."""
    value = obj.get("seq", 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadPayload(Fault.WRONG_TYPE, "seq is not a whole number")
    if not 0 <= value < 2**63:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, "seq")
    return value


def text(obj: Mapping[str, Any], name: str, longest: int = 64) -> str:
    """A short text, "" when missing; raises BadPayload on another type."""
    value = obj.get(name, "")
    if not isinstance(value, str):
        raise BadPayload(Fault.WRONG_TYPE, f"{name} is not a text")
    return value[:longest].replace("\x00", "")
