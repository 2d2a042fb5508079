"""The native protocol: one object of one stream as metrics and values."""

from collections.abc import Mapping
from typing import Any

from core.quantity import BY_NAME, Quantity, of_stream
from ingest.datum import to_wgs84
from ingest.fields import as_number, number, switch, text
from ingest.message import BadPayload, Fault

Values = list[tuple[int, float]]  # (metric id, value)

_VITALS = of_stream("vital")
_EVENTS = of_stream("event")
_STATUS = of_stream("status")
_POSITION = [BY_NAME[name] for name in ("lat", "lon", "accuracy_m")]

# Somebody may be dying: these are taken whatever the device's clock says.
URGENT = frozenset(_EVENTS[kind].id for kind in ("button", "smoke", "gas", "co", "water", "fall"))


def vital(obj: Mapping[str, Any]) -> Values:
    """Every known field of a vital object; unknown ones are left alone."""
    found = [(_VITALS[name], value) for name, value in obj.items() if name in _VITALS]
    if not found:
        raise BadPayload(Fault.NO_KNOWN_FIELD, "no field that a vital may have")
    return [(q.id, _possible(q, as_number(value, q.name))) for q, value in found]


def event(obj: Mapping[str, Any]) -> Values:
    """Kind and state; a missing state means that it happened (1)."""
    kind = obj.get("kind")
    if kind is None:
        raise BadPayload(Fault.MISSING_FIELD, "kind")
    if not isinstance(kind, str):
        raise BadPayload(Fault.WRONG_TYPE, "kind is not a text")
    quantity = _EVENTS.get(kind)
    if quantity is None:
        raise BadPayload(Fault.UNKNOWN_KIND, kind[:40])
    return [(quantity.id, _possible(quantity, switch(obj, "state", 1.0)))]


def position(obj: Mapping[str, Any]) -> Values:
    """Latitude, longitude (WGS-84) and accuracy in metres (0 when not given)."""
    datum = text(obj, "datum") or "wgs84"
    if datum not in ("wgs84", "gcj02"):
        raise BadPayload(Fault.UNKNOWN_UNIT, "datum")
    values = [number(obj, "lat"), number(obj, "lon"), switch(obj, "accuracy_m", 0.0)]
    for quantity, value in zip(_POSITION, values, strict=True):
        _possible(quantity, value)
    if datum == "gcj02":
        values[:2] = to_wgs84(values[0], values[1])
    return [(quantity.id, value) for quantity, value in zip(_POSITION, values, strict=True)]


def status(obj: Mapping[str, Any]) -> Values:
    """Online, battery, signal and uptime, whichever are given."""
    found = [(q, switch(obj, name, 0.0)) for name, q in _STATUS.items() if obj.get(name) is not None]
    if not found and not text(obj, "firmware"):
        raise BadPayload(Fault.NO_KNOWN_FIELD, "no field that a status may have")
    return [(q.id, _possible(q, value)) for q, value in found]


READERS = {"vital": vital, "event": event, "position": position, "status": status}


def _possible(quantity: Quantity, value: float) -> float:
    if not quantity.low <= value <= quantity.high:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, quantity.name)
    return value
