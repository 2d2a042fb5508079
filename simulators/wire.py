"""What a device says: topics and payloads of the native protocol, version 1.

Instants go in as Unix microseconds and out as the milliseconds of the protocol. A payload is one object,
or a JSON array of them when a device sends in batches or delivers what it stored while it was cut off.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Payload = dict[str, Any]

_encode = msgspec.json.Encoder().encode


def topic(home: str, device: str, stream: str) -> str:
    """Where `device` (a code) installed in `home` (a code) writes `stream`."""
    return f"nw/v1/{home}/{device}/{stream}"


def encode(payload: Payload | Sequence[Payload]) -> bytes:
    """JSON bytes of one payload, or of an array of them."""
    return _encode(payload)


def motion(
    t: int,
    seq: int,
    hz: float,
    acc: NDArray[np.int16],
    site: str = "wrist",
    gyr: NDArray[np.int16] | None = None,
) -> Payload:
    """A window of samples; `acc` milli-g and `gyr` 0.1 degrees a second, int16, shape (n, 3)."""
    payload: Payload = {"t": t // 1000, "seq": seq, "hz": hz, "acc_b64": _packed(acc), "site": site}
    payload["unit"] = {"acc": "mg"}
    if gyr is not None:
        payload["gyr_b64"] = _packed(gyr)
        payload["unit"]["gyr"] = "0.1dps"
    return payload


def _packed(samples: NDArray[np.int16]) -> str:
    return base64.b64encode(samples.astype("<i2").tobytes()).decode("ascii")


def vital(t: int, seq: int, values: Mapping[str, float]) -> Payload:
    """Numeric readings by quantity name, in the units of core.quantity."""
    return {"t": t // 1000, "seq": seq, **values}


def event(t: int, seq: int, kind: str, state: int, room: str = "") -> Payload:
    """Something changed: a door, a bed, a button, smoke."""
    payload: Payload = {"t": t // 1000, "seq": seq, "kind": kind, "state": state}
    if room:
        payload["room"] = room
    return payload


def position(t: int, seq: int, lat: float, lon: float, accuracy_m: float) -> Payload:
    """A place in degrees of WGS 84."""
    return {"t": t // 1000, "seq": seq, "lat": lat, "lon": lon, "accuracy_m": accuracy_m, "datum": "wgs84"}


def status(t: int, seq: int, *, battery: float, rssi: int, uptime_s: int, firmware: str = "1.0.0") -> Payload:
    """I am here; `battery` 0 to 1, `rssi` in dBm."""
    return {
        "t": t // 1000,
        "seq": seq,
        "online": True,
        "battery": round(battery, 3),
        "rssi": rssi,
        "firmware": firmware,
        "uptime_s": uptime_s,
    }


LAST_WILL = b'{"online":false}'
