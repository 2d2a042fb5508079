"""Sparkplug payloads written byte by byte from the specification, not by what reads them."""

import struct
import zlib
from typing import Any

_METRIC = {"name": 1, "alias": 2, "timestamp": 3, "datatype": 4, "historical": 5, "null": 7, "int": 10,
           "long": 11, "float": 12, "double": 13, "boolean": 14, "string": 15}  # fmt: skip


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _field(number: int, given: Any, kind: str) -> bytes:
    if kind == "float":
        return varint(number << 3 | 5) + struct.pack("<f", given)
    if kind == "double":
        return varint(number << 3 | 1) + struct.pack("<d", given)
    if isinstance(given, str | bytes):
        raw = given.encode() if isinstance(given, str) else given
        return varint(number << 3 | 2) + varint(len(raw)) + raw
    return varint(number << 3) + varint(int(given))


def sparkplug(payload: dict[str, Any]) -> bytes:
    """{"timestamp", "seq", "metrics": [{"name", "alias", ...}]} as bytes; {"packed": payload} compressed,
    as Eclipse Tahu does it."""
    if "packed" in payload:
        body = zlib.compress(sparkplug(payload["packed"]))
        return sparkplug({"seq": payload["packed"]["seq"], "uuid": "SPBV1.0_COMPRESSED"}) + _field(
            5, body, ""
        )
    out = _field(1, payload["timestamp"], "") if "timestamp" in payload else b""
    for metric in payload.get("metrics", ()):
        out += _field(2, b"".join(_field(_METRIC[key], given, key) for key, given in metric.items()), "")
    out += _field(3, payload["seq"], "") if "seq" in payload else b""
    return out + (_field(4, payload["uuid"], "") if "uuid" in payload else b"")
