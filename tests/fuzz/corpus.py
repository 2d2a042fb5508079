"""What well-behaved devices send, in all three encodings: what an attacker starts from."""

import base64
import json
import random
import struct
from typing import Any

import cbor2
import msgspec

from core.quantity import QUANTITIES, STREAMS, of_stream

CODES = ("w1", "p1", "d1", "b1", "s1", "w2", "p2")
_SAMPLES = struct.pack("<150h", *(n * 7 % 2000 - 1000 for n in range(150)))


def objects(now_ms: int) -> list[tuple[str, dict[str, Any]]]:
    """(stream, object): one of everything, at the instant `now_ms`."""
    base = {"t": now_ms, "seq": 7}
    found: list[tuple[str, dict[str, Any]]] = [
        ("motion", base | {"hz": 50, "acc_b64": base64.b64encode(_SAMPLES).decode(), "site": "wrist"}),
        ("motion", base | {"hz": 25, "acc": [[12, -981, 44]] * 25, "gyr": [[1, 2, 3]] * 25,
                           "unit": {"acc": "mg", "gyr": "0.1dps"}}),
        ("motion", base | {"hz": 10.5, "acc": [[0.1, -9.81, 0.4]] * 12, "unit": {"acc": "m/s2"}}),
        ("vital", base | {q.name: (q.low + q.high) / 2 for q in QUANTITIES if q.stream == "vital"}),
        ("position", base | {"lat": 34.79, "lon": 114.35, "accuracy_m": 12, "indoor": False}),
        ("position", base | {"lat": 34.79, "lon": 114.35, "datum": "gcj02"}),
        ("status", {"online": False}),
        ("status", base | {"online": True, "battery": 0.83, "rssi": -67, "firmware": "1.2.0", "worn": True}),
    ]  # fmt: skip
    found += [("event", base | {"kind": kind, "state": 1}) for kind in of_stream("event")]
    found += [("event", base | {"kind": "smoke", "state": True, "test": True})]
    return found


def encoded(value: Any, draw: random.Random) -> bytes:
    """`value` in one of the encodings; what one of them cannot say is said in JSON."""
    form = draw.randrange(4)
    try:
        if form == 0:
            return bytes(cbor2.dumps(value))
        if form == 1:
            return msgspec.msgpack.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass
    return json.dumps(value, default=repr, ensure_ascii=draw.random() < 0.5).encode(errors="surrogatepass")


def topics(draw: random.Random, stream: str) -> str:
    """Mostly where a device may write; sometimes anywhere."""
    code = draw.choice(CODES)
    home = f"h{code[-1]}"
    if draw.random() < 0.06:
        home = draw.choice(("h1", "h2", "h9", "station", ""))
    if draw.random() < 0.03:
        code = draw.choice(("", "x", "w1@2", "platform", "+"))
    if draw.random() < 0.03:
        stream = draw.choice((*STREAMS, "cmd", "act", "x", "", "#"))
    return f"nw/v1/{home}/{code}/{stream}"
