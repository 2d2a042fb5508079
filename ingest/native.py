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
_KINDS = [kind for kind in _EVENTS if kind != "test"]
_STATUS = of_stream("status")
_POSITION = [BY_NAME[name] for name in ("lat", "lon", "accuracy_m")]
_INDOOR = BY_NAME["indoor"]

# Somebody may be dying: these are taken whatever the device's clock says.
URGENT = frozenset(
    _EVENTS[kind].id for kind in ("button", "need_help", "smoke", "gas", "co", "water", "fall")
)


def vital(obj: Mapping[str, Any]) -> Values:
    """Every known field of a vital object; unknown ones are left alone."""
    found = [(_VITALS[name], value) for name, value in obj.items() if name in _VITALS]
    if not found:
        raise BadPayload(Fault.NO_KNOWN_FIELD, f"none of {', '.join(_VITALS)}")
    return [(q.id, _possible(q, as_number(value, q.name))) for q, value in found]


def event(obj: Mapping[str, Any]) -> Values:
    """Kind and state; a missing state means that it happened (1). With "test" it is a reading of `test`."""
    kind = obj.get("kind")
    if kind is None:
        raise BadPayload(Fault.MISSING_FIELD, "kind")
    if not isinstance(kind, str):
        raise BadPayload(Fault.WRONG_TYPE, "kind is not a text")
    quantity = _EVENTS.get(kind)
    if quantity is None or kind == "test":
        raise BadPayload(Fault.UNKNOWN_KIND, f"{kind[:40]} is none of {', '.join(_KINDS)}")
    state = _possible(quantity, switch(obj, "state", 1.0))
    if switch(obj, "test", 0.0):
        # The sensor tries itself out: kept, and no alarm. It says so in every message of the test, so that
        # nothing it says afterwards can be taken for one.
        return [(_EVENTS["test"].id, float(quantity.id) if state else 0.0)]
    return [(quantity.id, state)]


def position(obj: Mapping[str, Any]) -> Values:
    """Latitude, longitude (WGS-84), accuracy in metres (0 when not given), and indoor where the device
    knows: it hears its home's beacon or network, or has lost the sky."""
    datum = text(obj, "datum") or "wgs84"
    if datum not in ("wgs84", "gcj02"):
        raise BadPayload(Fault.UNKNOWN_UNIT, "datum is none of wgs84, gcj02")
    values = [number(obj, "lat"), number(obj, "lon"), switch(obj, "accuracy_m", 0.0)]
    for quantity, value in zip(_POSITION, values, strict=True):
        _possible(quantity, value)
    if datum == "gcj02":
        values[:2] = to_wgs84(values[0], values[1])
    found = [(quantity.id, value) for quantity, value in zip(_POSITION, values, strict=True)]
    if obj.get("indoor") is not None:
        found.append((_INDOOR.id, _possible(_INDOOR, switch(obj, "indoor", 0.0))))
    return found


def status(obj: Mapping[str, Any]) -> Values:
    """Online, battery, signal, uptime and whether it is worn, whichever are given."""
    found = [(q, switch(obj, name, 0.0)) for name, q in _STATUS.items() if obj.get(name) is not None]
    if not found and not text(obj, "firmware"):
        raise BadPayload(Fault.NO_KNOWN_FIELD, f"none of {', '.join(_STATUS)}, firmware")
    return [(q.id, _possible(q, value)) for q, value in found]


READERS = {"vital": vital, "event": event, "position": position, "status": status}


def _possible(quantity: Quantity, value: float) -> float:
    if not quantity.low <= value <= quantity.high:
        raise BadPayload(
            Fault.IMPOSSIBLE_VALUE,
            f"{quantity.name}: from {quantity.low:g} to {quantity.high:g} {quantity.unit}",
        )
    return value
