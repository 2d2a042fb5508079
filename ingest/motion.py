"""One motion object: samples in any accepted unit and packing, as int16 milli-g."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.motion import SITES
from ingest.fields import number, text
from ingest.message import BadPayload, Fault

MAX_HZ, MAX_SECONDS = 1000.0, 60.0

# What one of each unit is in milli-g, and in tenths of a degree a second.
ACC_UNITS = {"mg": 1.0, "g": 1000.0, "m/s2": 1000.0 / 9.80665, "0.1mg": 0.1}
GYR_UNITS = {"0.1dps": 1.0, "dps": 10.0, "mdps": 0.01, "rad/s": 572.9577951308232}


class Samples(NamedTuple):
    """The samples of one window, without its time."""

    hz: float
    acc: NDArray[np.int16]
    gyr: NDArray[np.int16] | None
    site: str


def samples(obj: Mapping[str, Any]) -> Samples:
    """Read a motion object; raises BadPayload when a field is missing, of a wrong type or impossible."""
    hz = number(obj, "hz")
    if not 1 <= hz <= MAX_HZ:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"hz: from 1 to {MAX_HZ:g}")
    units = obj.get("unit", {})
    if not isinstance(units, dict):
        raise BadPayload(Fault.WRONG_TYPE, "unit is not an object")
    acc = _triplets(obj, "acc", units.get("acc", "mg"), ACC_UNITS)
    if acc is None:
        raise BadPayload(Fault.MISSING_FIELD, "acc or acc_b64")
    if not 2 <= len(acc) <= hz * MAX_SECONDS:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, "a window holds from 2 samples to 60 seconds")
    gyr = _triplets(obj, "gyr", units.get("gyr", "0.1dps"), GYR_UNITS)
    if gyr is not None and len(gyr) != len(acc):
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, "gyr and acc differ in length")
    site = text(obj, "site")
    return Samples(hz, acc, gyr, site if site in SITES else "")


def _triplets(
    obj: Mapping[str, Any], name: str, unit: object, factors: Mapping[str, float]
) -> NDArray[np.int16] | None:
    factor = factors.get(unit) if isinstance(unit, str) else None
    if factor is None:
        raise BadPayload(Fault.UNKNOWN_UNIT, f"unit.{name} is none of {', '.join(factors)}")
    packed = obj.get(f"{name}_b64", obj.get(name))
    if packed is None:
        return None
    if isinstance(packed, str):
        try:
            packed = base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadPayload(Fault.MALFORMED, f"{name}_b64 is not base64") from error
    if isinstance(packed, bytes):
        return _from_bytes(packed, name, factor)
    return _from_list(packed, name, factor)


def _from_bytes(packed: bytes, name: str, factor: float) -> NDArray[np.int16]:
    if len(packed) % 6:
        raise BadPayload(Fault.MALFORMED, f"{name}: not whole int16 triplets")
    raw = np.frombuffer(packed, dtype="<i2").reshape(-1, 3)
    return raw if factor == 1.0 else _to_int16(raw * factor)


def _from_list(rows: object, name: str, factor: float) -> NDArray[np.int16]:
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 3 for r in rows):
        raise BadPayload(Fault.WRONG_TYPE, f"{name} is not a list of triplets")
    try:
        values = np.array(rows) if rows else np.empty((0, 3))
    except (ValueError, OverflowError) as error:
        raise BadPayload(Fault.WRONG_TYPE, f"{name} holds something else than numbers") from error
    if values.ndim != 2 or values.dtype.kind not in "if":
        raise BadPayload(Fault.WRONG_TYPE, f"{name} holds something else than numbers")
    if not np.isfinite(values).all():
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{name} is not finite")
    with np.errstate(over="ignore"):  # what becomes infinite is clipped
        return _to_int16(values * factor)


def _to_int16(values: NDArray[Any]) -> NDArray[np.int16]:
    """Rounded and clipped: 32 g is more than any wearable measures, so clipping loses nothing true."""
    clipped: NDArray[np.int16] = np.clip(np.rint(values), -32768, 32767).astype("<i2")
    return clipped
