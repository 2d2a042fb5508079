"""How one person is, for Home Assistant: topics and payloads of MQTT discovery. Pure.

Everything lies below the topics of one login, `nw/family/{code}/`; the discovery prefix is
`nw/family/{code}/homeassistant`. No name, address or measurement of ours is in it: the person is called
what their relative calls them.
"""

import json
from collections.abc import Mapping
from typing import Any

from core import messages

STATES = ("well", "quiet", "alert", "no_signal", "unknown")
HELP = ("none", "called", "answered", "on_the_way", "there")
EVERY_S = 60  # said again, so that a home notices when nobody says it any more
STALE_S = 3 * EVERY_S


def root(code: str) -> str:
    """The beginning of all topics of a login."""
    return f"nw/family/{code}"


def prefix(code: str) -> str:
    """What Home Assistant is told as its discovery prefix."""
    return f"{root(code)}/homeassistant"


def state_topic(code: str) -> str:
    """Where the state is."""
    return f"{root(code)}/state"


def topics(code: str) -> tuple[str, ...]:
    """All that may be kept by the broker of it."""
    return (*configs(code, "", "en"), state_topic(code))


def state(how: str, helped: str) -> str:
    """The payload of the state: `how` of STATES, `helped` of HELP."""
    return json.dumps({"alert": "ON" if how == "alert" else "OFF", "state": how, "help": helped})


def configs(code: str, label: str, language: str) -> Mapping[str, str]:
    """The discovery messages by topic: an alarm, how the person is, how far help has come."""
    entities: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("binary_sensor", "alert", {"device_class": "safety"}),
        ("sensor", "state", {"device_class": "enum", "options": list(STATES)}),
        ("sensor", "help", {"device_class": "enum", "options": list(HELP)}),
    )
    return {
        f"{prefix(code)}/{component}/{name}/config": _config(code, label, language, component, name, more)
        for component, name, more in entities
    }


def _config(code: str, label: str, language: str, component: str, name: str, more: Mapping[str, Any]) -> str:
    body = {
        "name": messages.render(f"home_assistant.{name}", {}, language, "UTC"),
        "unique_id": f"nowalls_{code}_{name}",
        # The second by its name until autumn 2025, the first since.
        "default_entity_id": f"{component}.nowalls_{code}_{name}",
        "object_id": f"nowalls_{code}_{name}",
        "state_topic": state_topic(code),
        "value_template": "{{ value_json.%s }}" % name,  # noqa: UP031 - braces of a template
        "expire_after": STALE_S,
        "device": {"identifiers": [f"nowalls_{code}"], "name": label, "manufacturer": "nowalls"},
        "origin": {"name": "nowalls"},
        **more,
    }
    return json.dumps(body, ensure_ascii=False)
