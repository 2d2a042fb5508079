"""Zigbee2MQTT: `zigbee2mqtt/<friendly name>` with a JSON object of a device's properties.

As its MQTT topics page documents them: a name may hold slashes; `/availability` is JSON or the older plain
text; `bridge/devices` describes the devices, `bridge/state` the bridge itself; `/set` and `/get` are commands
of others. A property that the device has not told yet is null.
"""

from typing import Any

from ingest.foreign import reading
from ingest.foreign.said import ITSELF, About, Heard, Said
from ingest.message import BadPayload, Fault

_ROOT = "zigbee2mqtt/"
_BRIDGE = _ROOT + "bridge/"
_ABOUT_ITSELF = frozenset({"update", "update_available", "last_seen", "elapsed", "device"})
_COMMANDS = frozenset({"set", "get"})
_AVAILABILITY = "/availability"


class Zigbee2Mqtt:
    """See ingest.foreign.said.Ear. Things go by their friendly names, which people gave them."""

    def owns(self, tail: str) -> bool:
        """Every topic below its base topic."""
        return tail.startswith(_ROOT)

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """Properties, availability, and what the bridge says of its devices."""
        if not payload:
            return Heard()  # what the broker kept of a device that was renamed or taken away is taken back
        if tail.startswith(_BRIDGE):
            return _bridge(tail.removeprefix(_BRIDGE), payload)
        name = tail.removeprefix(_ROOT)
        if name.endswith(_AVAILABILITY):
            thing = _thing(name.removesuffix(_AVAILABILITY))
            return Heard([Said(thing, "online", _online(payload))], {thing: About(thing)})
        if name.rpartition("/")[2] in _COMMANDS or "/set/" in name or "/get/" in name:
            return Heard()
        thing = _thing(name)
        known = reading.json_object(payload)
        heard = Heard(about={thing: _about(thing, known.get("device"))})
        reading.add(heard, thing, _properties(known))
        if not heard.said and heard.wrong is None:
            if not _quiet(known):
                raise BadPayload(Fault.NO_KNOWN_FIELD, "no property that means something here")
            heard.said.append(Said(thing, "online", 1.0))
        return heard.or_refused()


def _thing(name: str) -> str:
    thing = reading.name(name)
    if not thing:
        raise BadPayload(Fault.BAD_TOPIC, "no friendly name")
    return thing


def _properties(known: dict[str, Any]) -> dict[str, Any]:
    """Without `co`, which here is a concentration in ppm: the alarm is called carbon_monoxide."""
    return {name: raw for name, raw in known.items() if name != "co" or isinstance(raw, bool)}


def _quiet(known: dict[str, Any]) -> bool:
    """Whether a device only tells that it is there: an action that ends, values it has not told yet, how
    its update goes, when it was last seen."""
    if "action" in known:
        return True
    return all(raw is None or name in _ABOUT_ITSELF for name, raw in known.items())


def _online(payload: bytes) -> float:
    told: Any = reading.text(payload).strip()
    if told.startswith("{"):
        told = reading.json_object(payload).get("state")
    if told not in ("online", "offline"):
        raise BadPayload(Fault.WRONG_TYPE, "availability is online or offline")
    return float(told == "online")


def _about(thing: str, device: Any) -> About:
    """Who has `include_device_information` on is told the model in every message."""
    return About(thing, reading.name(device.get("model")) if isinstance(device, dict) else "")


def _bridge(what: str, payload: bytes) -> Heard:
    if what == "state":
        return Heard([Said(ITSELF, "online", _online(payload))])
    if what != "devices":
        return Heard()  # its log, its groups, its settings, answers to requests: nothing anybody measured
    devices = reading.json(payload)
    if not isinstance(devices, list):
        raise BadPayload(Fault.WRONG_TYPE, "bridge/devices is no list")
    return Heard(about=dict(filter(None, map(_described, devices[: reading.MOST_VALUES]))))


def _described(device: Any) -> tuple[str, About] | None:
    if not isinstance(device, dict) or device.get("type") == "Coordinator":
        return None
    thing, definition = reading.name(device.get("friendly_name")), device.get("definition")
    known = definition if isinstance(definition, dict) else {}
    words = [reading.name(known.get(part)) for part in ("vendor", "model")]
    return (thing, About(thing, " ".join(filter(None, words)))) if thing else None
