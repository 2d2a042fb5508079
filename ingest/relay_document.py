"""The relay message of a gateway for machines, generated from what `ingest.relay` reads."""

from collections.abc import Mapping
from typing import Any

from core.quantity import STREAMS
from ingest.relay import FOUND, STREAM, Fall

WHAT = "What a gateway hands up for the devices of its home, and the falls it saw; only a gateway relays."
_CODE = "[A-Za-z0-9_-]{1,64}"
_INSTANT = {"type": "integer", "description": "Unix microseconds, by the gateway's corrected clock"}
_FALL: Mapping[str, Any] = {
    "kind": {"enum": sorted(FOUND)},
    "onset": _INSTANT,
    "at": {**_INSTANT, "description": "Unix microseconds: when it could be known"},
    "reason": {
        "type": "object",
        "properties": {
            "key": {"type": "string", "pattern": "^(fall|motion)\\."},
            "params": {"type": "object"},
        },
        "required": ["key", "params"],
    },
    "resident": {"type": ["integer", "null"], "description": "key of the person, as in the gateway's file"},
    "device": {"type": ["string", "null"], "description": "code of the wearable or sensor"},
    "severity": {"enum": sorted(word for _, severities in FOUND.values() for word in severities)},
    "probability": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "evidence": {"type": "object"},
    "revision": {"type": "integer", "minimum": 0},
    "cleared": {"type": "boolean"},
}


def schema(streams: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of one element; `streams`: how to name the schema of an object of each stream."""
    device = {"type": "string", "description": f"a code: {_CODE}, of a device in the gateway's home"}
    said = [_said(name, device, streams[name]) for name in STREAMS]
    raw = {"type": "string", "contentEncoding": "base64", "description": "a message that could not be read"}
    unread = _object(
        {"device": device, "stream": {"type": "string"}, "raw": raw}, ["device", "stream", "raw"]
    )
    fall = _object(dict(_FALL), [field for field in _FALL if field in _required()])
    told = _object({"finding": fall}, ["finding"])
    return {"title": STREAM, "description": WHAT, "oneOf": [*said, unread, told]}


def _said(stream: str, device: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    body = {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    named = {"device": device, "stream": {"const": stream}, "body": body}
    return _object(named, ["device", "stream", "body"])


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def _required() -> frozenset[str]:
    """What a fall must say; a severity that is not one of ours is refused, so it must say that, too."""
    return frozenset(Fall.__struct_fields__[: -len(Fall.__struct_defaults__)]) | {"severity"}
