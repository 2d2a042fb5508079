"""The AsyncAPI 3.0 document: what is said over MQTT, the live socket and webhooks, made from the code."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from alerts.delivery import home_assistant
from api.models.incidents import Incident
from api.models.reaching import Notification
from api.models.residents import Resident
from api.version import VERSION
from ingest import protocol_document

Schema = dict[str, Any]
_SHOWN: tuple[type[BaseModel], ...] = (Incident, Resident, Notification)
_TEXT: Schema = {"type": "string"}
_BOTH: Schema = {"type": "object", "properties": {"zh": _TEXT, "en": _TEXT}, "required": ["zh", "en"]}
_PRIORITY: Schema = {"enum": ["high", "medium", "low"]}
_UUID: Schema = {"type": "string", "format": "uuid"}


def document() -> Schema:
    """The whole document."""
    told, devices = _console() | _family() | _live() | _webhooks(), _devices()
    operations = {
        name: {
            "action": action,
            "channel": {"$ref": f"#/channels/{name}"},
            "messages": [{"$ref": f"#/channels/{name}/messages/{one}"} for one in channel["messages"]],
        }
        for name, (channel, action) in told.items()
    }
    parts = devices["components"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "nowalls",
            "version": VERSION,
            "description": "What devices, consoles, relatives' homes, boards and webhooks say and hear."
            " docs/protocol.md and docs/data-out.md say it for people.",
        },
        "defaultContentType": "application/json",
        "channels": devices["channels"] | {name: channel for name, (channel, _) in told.items()},
        "operations": devices["operations"] | operations,
        "components": {"messages": parts["messages"], "schemas": parts["schemas"] | _models()},
    }


def _devices() -> Schema:
    """The device protocol as ingest publishes it (docs/protocol), its channels named device_*."""
    text = json.dumps(protocol_document.asyncapi()).replace('"#/channels/', '"#/channels/device_')
    found: Schema = json.loads(text)
    for part in ("channels", "operations"):
        found[part] = {f"device_{name}": one for name, one in found[part].items()}
    return found


def _models() -> Schema:
    wanted = [(model, "serialization") for model in _SHOWN]
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return dict(found["$defs"])


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _channel(address: str | None, messages: Mapping[str, Schema], about: str) -> Schema:
    names = [] if address is None else [part[1:-1] for part in address.split("/") if part.startswith("{")]
    channel: Schema = {
        "address": address,
        "description": about,
        "messages": {name: {"payload": payload} for name, payload in messages.items()},
    }
    return channel | ({"parameters": {name: {} for name in names}} if names else {})


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _said(kind: str, **properties: Schema) -> Schema:
    return _object(("type", *properties), type={"const": kind}, **properties)


def _console() -> dict[str, tuple[Schema, str]]:
    own = "nw/v1/station/{station}"
    maybe: Schema = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    incident = _object(
        ("id", "number", "version", "kind", "priority", "state", "title", "text", "drill"),
        id=_UUID, number={"type": "integer"}, version={"type": "integer"}, kind=_TEXT, severity=_TEXT,
        priority=_PRIORITY, state=_TEXT, onset=maybe, opened_at=maybe, next_step_at=maybe, closed_at=maybe,
        level={"type": "integer"}, text=_BOTH, title=_BOTH, drill={"type": "boolean"},
        home={"anyOf": [_TEXT, {"type": "null"}]},
        resident={"anyOf": [{"type": "integer"}, {"type": "null"}]},
    )  # fmt: skip
    siren = _object(
        ("sound", "drill", "count"),
        sound={"enum": ["high", "medium", "low", "off"]}, drill={"type": "boolean"},
        count={"type": "integer"},
    )  # fmt: skip
    act = _object(
        ("incident", "action"), incident=_UUID, action=_TEXT, outcome=_TEXT, note=_TEXT,
        version={"type": "integer"},
    )  # fmt: skip
    shown = _channel(f"{own}/incident/{{incident}}", {"incident": incident}, "retained until closed")
    return {
        "console_incident": (shown, "send"),
        "console_siren": (_channel(f"{own}/siren", {"siren": siren}, "retained"), "send"),
        "console_act": (_channel(f"{own}/act", {"act": act}, "what a console asks for"), "receive"),
    }


def _family() -> dict[str, tuple[Schema, str]]:
    state = _object(
        ("alert", "state", "help"),
        alert={"enum": ["ON", "OFF"]}, state={"enum": list(home_assistant.STATES)},
        help={"enum": list(home_assistant.HELP)},
    )  # fmt: skip
    config = {"type": "object", "description": "Home Assistant's MQTT discovery"}
    where = home_assistant.prefix("{code}") + "/{component}/{name}/config"
    return {
        "family_state": (
            _channel(home_assistant.state_topic("{code}"), {"state": state}, "retained; once a minute"),
            "send",
        ),
        "family_discovery": (_channel(where, {"config": config}, "retained"), "send"),
    }


def _live() -> dict[str, tuple[Schema, str]]:
    cursor, now = _TEXT, {"type": "string", "format": "date-time"}
    viewers = {"type": "array", "items": _object(("id", "name"), id={"type": "integer"}, name=_TEXT)}
    heard = {
        "hello": _said("hello", now=now, cursor=cursor, version=_TEXT, heartbeat_s={"type": "integer"},
                       resumed={"type": "boolean"}),
        "heartbeat": _said("heartbeat", now=now, cursor=cursor),
        "incident": _said("incident", cursor=cursor, incident=_ref(Incident)),
        "resident": _said("resident", resident=_ref(Resident)),
        "notification": _said("notification", notification=_ref(Notification)),
        "viewers": _said("viewers", incident=_UUID, viewers=viewers),
    }  # fmt: skip
    said = {
        "ping": _said("ping"),
        "viewing": _said("viewing", incident={"anyOf": [_UUID, {"type": "null"}]}),
    }
    address = "/api/v1/live"
    return {
        "live": (_channel(address, heard, "WebSocket, with the cookie of a session; ?cursor="), "send"),
        "live_said": (_channel(address, said, "what a page says"), "receive"),
    }


def _webhooks() -> dict[str, tuple[Schema, str]]:
    facts = _object(
        ("drill", "priority", "language", "title", "body", "tag", "url", "data"),
        drill={"type": "boolean"}, priority=_PRIORITY, language={"enum": ["zh", "en"]}, title=_TEXT,
        body=_TEXT, tag=_TEXT, url=_TEXT, data={"type": "object"},
    )  # fmt: skip
    plain: Schema = {
        **facts,
        "properties": facts["properties"] | {"type": _TEXT, "id": _UUID, "timestamp": {"type": "integer"}},
        "required": [*facts["required"], "type", "id", "timestamp"],
    }
    event = _object(
        ("specversion", "id", "source", "type", "subject", "time", "data"),
        specversion={"const": "1.0"}, id=_UUID, source=_TEXT, type=_TEXT, subject=_TEXT,
        time={"type": "string", "format": "date-time"}, datacontenttype={"const": "application/json"},
        priority=_PRIORITY, drill={"type": "boolean"}, data=facts,
    )  # fmt: skip
    bell = {"description": "an empty body: something is new for a FHIR subscription"}
    messages = {"webhook": plain, "cloudevent": event, "bell": bell}
    return {"webhook": (_channel(None, messages, "POST to an address of yours, signed"), "send")}
