"""The device protocol for machines, generated from the tables that decode it: JSON Schema and AsyncAPI 3.

What cannot be in a table (words about a field) stands here, once; docs/protocol.md says it for people.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from core.motion import SITES
from core.quantity import STREAMS, Quantity, of_stream
from ingest import relay_document as relay
from ingest.message import Fault
from ingest.motion import ACC_UNITS, GYR_UNITS, MAX_HZ
from ingest.payload import MAX_BYTES, MAX_OBJECTS
from ingest.relay import STREAM as RELAY

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_VERSION = "1.0.0"
_CODE = "[A-Za-z0-9_-]{1,64}"

_WHAT: Mapping[str, str] = {
    "motion": "A window of accelerometer (and gyroscope) samples of a wearable, 0.5 to 10 seconds.",
    "vital": "Numeric readings of a wearable, a cuff or a bed; one known field at least.",
    "event": "Something changed: a door, a bed, a button, smoke.",
    "position": "Where a wearable or a phone is.",
    "status": 'How a device is; retained. Its last will is {"online": false}.',
}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of one object of each stream."""
    made = {"motion": _motion(), "event": _event(), "position": _position()}
    made |= {stream: _fields(stream) for stream in ("vital", "status")}
    return {stream: {"title": stream, "description": _WHAT[stream], **made[stream]} for stream in STREAMS}


def _stamp(required: bool = True) -> dict[str, Any]:
    t = {"type": "number", "description": "Unix milliseconds of the first sample, by the device's clock"}
    seq = {
        "type": "integer",
        "minimum": 0,
        "description": "rises in every stream; may begin at 0 after a reset",
    }
    return {"type": "object", "properties": {"t": t, "seq": seq}, "required": ["t"] if required else []}


def _object(properties: Mapping[str, Any], required: list[str], stamped: bool = True) -> dict[str, Any]:
    base = _stamp(stamped)
    return {
        "type": "object",
        "properties": {**base["properties"], **properties},
        "required": [*base["required"], *required],
        "additionalProperties": True,
    }


def _number(quantity: Quantity, switch: bool) -> dict[str, Any]:
    bounds = {"minimum": quantity.low, "maximum": quantity.high}
    kind: str | list[str] = ["number", "boolean"] if switch else "number"
    return {"type": kind, **bounds, "x-unit": quantity.unit}


def _fields(stream: str) -> dict[str, Any]:
    known = of_stream(stream)
    properties: dict[str, Any] = {name: _number(q, stream == "status") for name, q in known.items()}
    if stream == "status":
        properties["firmware"] = {"type": "string", "maxLength": 64}
    made = _object(properties, [], stamped=stream != "status")
    made["anyOf"] = [{"required": [name]} for name in properties]
    return made


def _event() -> dict[str, Any]:
    # A test is told by a flag; its quantity is where the store keeps it.
    known = {name: q for name, q in of_stream("event").items() if name != "test"}
    properties = {
        "kind": {"enum": list(known)},
        "state": {"type": ["number", "boolean"], "description": "1 when it is missing"},
        "test": {"type": ["number", "boolean"], "description": "the sensor tries itself out: no alarm"},
        "room": {"type": "string"},
    }
    made = _object(properties, ["kind"])
    made["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": name}}},
            "then": {"properties": {"state": {"minimum": q.low, "maximum": q.high}}},
        }
        for name, q in known.items()
    ]
    return made


def _position() -> dict[str, Any]:
    properties: dict[str, Any] = {
        name: _number(q, name == "indoor") for name, q in of_stream("position").items()
    }
    properties["datum"] = {"enum": ["wgs84", "gcj02"], "default": "wgs84"}
    return _object(properties, ["lat", "lon"])


def _motion() -> dict[str, Any]:
    triplets = {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3},
        "minItems": 2,
    }
    packed = {"type": "string", "contentEncoding": "base64", "description": "little-endian int16 triplets"}
    units = {
        "acc": {"enum": list(ACC_UNITS), "default": "mg"},
        "gyr": {"enum": list(GYR_UNITS), "default": "0.1dps"},
    }
    properties = {
        "hz": {"type": "number", "minimum": 1, "maximum": MAX_HZ},
        "acc": triplets,
        "acc_b64": packed,
        "gyr": triplets,
        "gyr_b64": packed,
        "unit": {"type": "object", "properties": units},
        "site": {"enum": list(SITES)},
    }
    made = _object(properties, ["hz"])
    made["anyOf"] = [{"required": ["acc_b64"]}, {"required": ["acc"]}]
    return made


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3 document of everything a device says and hears, from the platform's side."""
    code = {"description": f"a code: {_CODE}"}
    channels: dict[str, Any] = {
        stream: {
            "address": f"nw/v1/{{home}}/{{device}}/{stream}",
            "description": _WHAT[stream],
            "parameters": {"home": code, "device": code},
            "messages": {stream: {"$ref": f"#/components/messages/{stream}"}},
            "bindings": {"mqtt": {}},
        }
        for stream in STREAMS
    }
    channels["cmd"] = {
        "address": "nw/v1/{home}/{device}/cmd",
        "description": "Commands of the platform to a device.",
        "parameters": {"home": code, "device": code},
        "messages": {"cmd": {"$ref": "#/components/messages/cmd"}},
    }
    channels[RELAY] = {
        "address": f"nw/v1/{{home}}/{{gateway}}/{RELAY}",
        "description": relay.WHAT,
        "parameters": {"home": code, "gateway": code},
        "messages": {RELAY: {"$ref": f"#/components/messages/{RELAY}"}},
        "bindings": {"mqtt": {}},
    }
    operations: dict[str, Any] = {
        stream: {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{stream}"},
            "bindings": {"mqtt": {"qos": 1, "retain": stream == "status"}},
        }
        for stream in (*STREAMS, RELAY)
    }
    operations["cmd"] = {
        "action": "send",
        "channel": {"$ref": "#/channels/cmd"},
        "bindings": {"mqtt": {"qos": 1}},
    }
    messages = {stream: _message(stream) for stream in STREAMS} | {RELAY: _relay(), "cmd": _command()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "nowalls device protocol",
            "version": _VERSION,
            "description": "Generated by `nowalls protocol`; docs/protocol.md explains it.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas() | {RELAY: relay.schema(_references())}},
        "x-quarantine-reasons": [str(fault) for fault in Fault],
    }


def _command() -> dict[str, Any]:
    said = {"cmd": {"type": "string"}, "t": {"type": "number"}}
    payload = {"type": "object", "properties": said, "required": ["cmd"]}
    return {"contentType": "application/json", "payload": payload}


def _message(stream: str) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{stream}"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_OBJECTS}
    return {
        "summary": _WHAT[stream],
        "description": f"At most {MAX_BYTES} bytes; JSON, MessagePack or CBOR by content type or first byte.",
        "payload": {"oneOf": [one, many]},
    }


def _relay() -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{RELAY}"}
    return {
        "summary": relay.WHAT,
        "description": f"JSON, at most {MAX_BYTES} bytes. An element that is wrong is refused alone.",
        "payload": {"type": "array", "items": one, "minItems": 1},
    }


def _references() -> dict[str, Any]:
    return {stream: {"$ref": f"#/components/schemas/{stream}"} for stream in STREAMS}


def documents() -> dict[str, str]:
    """File name -> text of everything that is published."""
    made: dict[str, Any] = {"asyncapi.json": asyncapi()}
    made |= {f"{stream}.schema.json": {"$schema": _DRAFT, **schema} for stream, schema in schemas().items()}
    made[f"{RELAY}.schema.json"] = {"$schema": _DRAFT, **relay.schema(schemas())}
    return {name: json.dumps(body, indent=1, ensure_ascii=False) + "\n" for name, body in made.items()}


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def protocol(folder: Path) -> None:
    """Write the device protocol as AsyncAPI 3 and JSON Schema into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(folder / name)
