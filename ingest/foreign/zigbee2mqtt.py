"""Zigbee2MQTT: `zigbee2mqtt/<friendly name>` with a JSON object of a device's properties.

As its MQTT topics page documents them: a name may hold slashes; `/availability` is JSON or the older plain
text; `bridge/devices` describes the devices, `bridge/state` the bridge itself; `/set` and `/get` are commands
of others. A property that the device has not told yet is null. Who sets `output: attribute` is told each
property on a topic of its own. Another base topic is known by the state of its bridge.
"""

from typing import Any

from ingest.foreign import reading
from ingest.foreign.said import ITSELF, About, Heard, Said
from ingest.foreign.words import word
from ingest.foreign.zigbee_device import UNKNOWN, Properties, described, told
from ingest.message import BadPayload, Fault

_ROOT = "zigbee2mqtt/"
_BRIDGE = "bridge/"
_BRIDGES = ("/bridge/state", "/bridge/devices", "/bridge/info")
_ABOUT_ITSELF = frozenset({"update", "update_available", "last_seen", "elapsed", "device"})
_COMMANDS = frozenset({"set", "get"})
_AVAILABILITY = "/availability"
MOST_BASES, MOST_PASSED = 20, 5_000  # of one source
MOST_BYTES = 4 * 1024 * 1024  # of the list of devices: each is described with all that it could ever tell


class Zigbee2Mqtt:
    """See ingest.foreign.said.Ear. Things go by their friendly names, which people gave them.

    Behind another base topic than the usual one the name begins with that: two bridges may have the same.
    """

    def __init__(self) -> None:
        self._roots = {_ROOT}
        self._devices: dict[str, Properties] = {}
        self._whole: set[str] = set()  # who tells all of its properties at once
        self._passed: set[str] = set()  # who told nothing that means something here
        self._apart: set[str] = set()  # who tells each on its own topic

    def owns(self, tail: str) -> bool:
        """Every topic below its base topic, and the bridge of another."""
        return tail.endswith(_BRIDGES) or self._root(tail) is not None

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """Properties, availability, and what the bridge says of its devices."""
        root = self._root(tail)
        if root is None:
            return self._found(tail, payload)
        if not payload:
            return Heard()  # what the broker kept of a device that was renamed or taken away is taken back
        name, before = tail.removeprefix(root), "" if root == _ROOT else root
        if name.startswith(_BRIDGE):
            return self._bridge(name.removeprefix(_BRIDGE), before, payload)
        if name.endswith(_AVAILABILITY):
            thing = _thing(before + name.removesuffix(_AVAILABILITY))
            return Heard([Said(thing, "online", _online(payload))], {thing: About(thing)})
        if name.rpartition("/")[2] in _COMMANDS or "/set/" in name or "/get/" in name:
            return Heard()
        if "/" in name and not payload.lstrip().startswith(b"{"):
            return self._alone(before + name, payload)
        return self._all(_thing(before + name), payload)

    def _root(self, tail: str) -> str | None:
        return next((root for root in self._roots if tail.startswith(root)), None)

    def _found(self, tail: str, payload: bytes) -> Heard:
        """The bridge behind another base topic."""
        root = next((tail.removesuffix(end) + "/" for end in _BRIDGES if tail.endswith(end)), "")
        if not root:
            raise BadPayload(Fault.UNKNOWN_STREAM, "below no base topic that is known")
        if len(self._roots) > MOST_BASES:
            raise BadPayload(Fault.TOO_MANY, f"more than {MOST_BASES} base topics")
        self._roots.add(root)
        heard = self.hear(tail, payload, 0)
        heard.keep = tail.endswith("/bridge/state")
        return heard

    def _all(self, thing: str, payload: bytes) -> Heard:
        """A message with all the properties of a device."""
        known = reading.json_object(payload)
        self._whole.add(thing)
        heard = Heard(about={thing: _about(thing, known.get("device"))})
        device = self._devices.get(thing, UNKNOWN)
        tested = known.get("test") is True
        reading.add_all(heard, thing, told(known, device), tested=tested, units=device.units)
        if not heard.said and heard.wrong is None:
            if not _quiet(known):
                return self._passed_over(thing)
            heard.said.append(Said(thing, "online", 1.0))
        return heard.or_refused()

    def _passed_over(self, thing: str) -> Heard:
        """A lamp, a blind, a group: told once, for at every change it would hide what else is wrong."""
        if thing not in self._passed:
            if len(self._passed) < MOST_PASSED:
                self._passed.add(thing)
            raise BadPayload(Fault.NO_KNOWN_FIELD, "no property that means something here; said once")
        return Heard()

    def _alone(self, name: str, payload: bytes) -> Heard:
        """One property, as a text of its own; whoever tells all of them at once said it already."""
        thing, _, own = name.rpartition("/")
        thing, text = _thing(thing), reading.text(payload)
        if thing in self._whole or (word(own) is None and thing in self._apart):
            return Heard()
        device = self._devices.get(thing, UNKNOWN)
        heard = Heard(about={thing: About(thing)})
        reading.add_all(heard, thing, told({own: _value(text)}, device), units=device.units)
        if word(own) is None and not heard.said:
            raise BadPayload(Fault.MALFORMED, "neither an object nor a property that means something here")
        self._apart.add(thing)
        return heard.or_refused()

    def _bridge(self, what: str, before: str, payload: bytes) -> Heard:
        if what == "state":
            return Heard([Said(ITSELF, "online", _online(payload))])
        if what != "devices":
            return Heard()  # its log, its groups, its settings, answers to requests: nothing anybody measured
        devices = reading.json(payload, MOST_BYTES)
        if not isinstance(devices, list):
            raise BadPayload(Fault.WRONG_TYPE, "bridge/devices is no list")
        heard = Heard()
        for device in devices[: reading.MOST_VALUES]:
            if isinstance(device, dict) and device.get("type") != "Coordinator":
                thing, about = _described(before, device)
                if thing:
                    heard.about[thing] = about
                    self._devices[thing] = described(device.get("definition"))
        return heard


def _thing(name: str) -> str:
    thing = reading.name(name)
    if not thing:
        raise BadPayload(Fault.BAD_TOPIC, "no friendly name")
    return thing


def _value(text: str) -> Any:
    """As it would stand in the object: yes and no are no texts there."""
    return {"true": True, "false": False}.get(text.strip(), text)


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


def _described(before: str, device: dict[str, Any]) -> tuple[str, About]:
    name, definition = reading.name(device.get("friendly_name")), device.get("definition")
    known = definition if isinstance(definition, dict) else {}
    words = [reading.name(known.get(part)) for part in ("vendor", "model")]
    thing = reading.name(before + name) if name else ""
    return thing, About(thing, " ".join(filter(None, words)))
