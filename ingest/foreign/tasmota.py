"""Tasmota's own discovery: `tasmota/discovery/<MAC>/config` and `/sensors`, and the topics that it names.

As its documentation describes them: the configuration names the full topic (`ft`, with %prefix% and %topic%),
the prefixes (`tp`), the words of the last will (`onln`, `ofln`) and the names of switches (`swn`). What it
says of itself comes on the telemetry topics LWT, STATE and SENSOR and on the status topic RESULT.

A switch of Tasmota does not say what it is; one whose name is a word we know (`Door`, `Hall motion`) is that.
A relay (`POWER`) that is on says nothing of whether something is used: the power that it measures does. What
a Zigbee bridge of Tasmota hears (`ZbReceived`) is passed over: it is of other things.
"""

from dataclasses import dataclass, field
from typing import Any

from ingest.foreign import reading
from ingest.foreign.entity_word import named, parts
from ingest.foreign.said import About, Heard, Said
from ingest.foreign.words import Word, value, word
from ingest.message import BadPayload, Fault

ROOT = "tasmota/discovery/"
MOST_DEVICES = 1_000  # of one source
_TOLD = ("LWT", "STATE", "SENSOR", "RESULT")
_MOST_DEPTH = 3
_OF_OTHERS = frozenset({"ESP32", "ZbReceived"})  # the chip's own temperature, other things


@dataclass(slots=True)
class _Device:
    """One device, as it described itself."""

    thing: str
    about: About
    here: str
    away: str
    topics: tuple[str, ...]
    switches: dict[str, Word] = field(default_factory=dict)  # Switch1 -> what it tells
    stands: dict[str, float] = field(default_factory=dict)  # Switch1 -> what it told last


class Tasmota:
    """See ingest.foreign.said.Ear. A thing is called by its MAC. `root`: see HomeAssistant."""

    def __init__(self, root: str = "") -> None:
        self._root = root
        self._announced: dict[str, _Device] = {}  # config topic -> device
        self._topics: dict[str, _Device] = {}

    def owns(self, tail: str) -> bool:
        """Announcements, and every topic that one of them named."""
        return tail.startswith(ROOT) or tail in self._topics

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """What is announced, or what an announced device says."""
        device = self._topics.get(tail)
        if device is not None:
            return _spoken(device, tail.rpartition("/")[2], payload)
        if tail.endswith("/sensors"):
            return Heard()  # what it will measure; it says so again on its own topics
        if not tail.endswith("/config"):
            raise BadPayload(Fault.BAD_TOPIC, "expected tasmota/discovery/<MAC>/config")
        self._forget(tail)
        if not payload:
            return Heard(keep=True)
        if len(self._announced) >= MOST_DEVICES:
            raise BadPayload(Fault.TOO_MANY, f"more than {MOST_DEVICES} devices")
        made = _described(reading.json_object(payload), self._root)
        self._announced[tail] = made
        self._topics |= dict.fromkeys(made.topics, made)
        return Heard(about={made.thing: made.about}, keep=True)

    def _forget(self, tail: str) -> None:
        known = self._announced.pop(tail, None)
        for topic in known.topics if known else ():
            if self._topics.get(topic) is known:
                del self._topics[topic]


def _described(config: dict[str, Any], root: str) -> _Device:
    thing, topic, full = reading.name(config.get("mac")), config.get("t"), config.get("ft")
    prefixes = _texts(config.get("tp"))
    if not thing or not isinstance(topic, str) or not isinstance(full, str) or len(prefixes) < 3:
        raise BadPayload(Fault.MISSING_FIELD, "mac, t, ft or tp")
    full = full.replace("%topic%", topic).removesuffix("/")
    roots = [full.replace("%prefix%", prefix).removeprefix(root) + "/" for prefix in prefixes[1:3]]
    model = " ".join(filter(None, ("Tasmota", reading.name(config.get("md")))))
    return _Device(
        thing,
        About(reading.name(config.get("dn")) or thing, model),
        here=str(config.get("onln", "Online")),
        away=str(config.get("ofln", "Offline")),
        topics=tuple(each + told for each in roots for told in _TOLD),
        switches=_switches(config.get("swn")),
    )


def _texts(given: Any) -> list[str]:
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []


def _switches(names: Any) -> dict[str, Word]:
    told = names[:32] if isinstance(names, list) else []
    meant = {f"Switch{n}": named([parts(one)]) for n, one in enumerate(told, 1) if isinstance(one, str)}
    return {switch: found for switch, found in meant.items() if found is not None}


def _spoken(device: _Device, topic: str, payload: bytes) -> Heard:
    heard = Heard()
    if topic == "LWT":
        told = reading.text(payload) if payload else ""
        if told in (device.here, device.away):
            heard.said.append(Said(device.thing, "online", float(told == device.here)))
        return heard
    known = reading.json_object(payload)
    _add(heard, device, known, known.get("TempUnit"), 0)
    return heard.or_refused()


def _add(heard: Heard, device: _Device, known: dict[str, Any], unit: Any, depth: int) -> None:
    """What a telemetry object says: of each sensor (`SI7021`, `ENERGY`, `Wifi`) what stands under a word."""
    if len(known) > reading.MOST_VALUES:
        raise BadPayload(Fault.TOO_LARGE, "more values than a device has")
    for name, raw in known.items():
        if isinstance(raw, dict) and depth < _MOST_DEPTH and "Action" not in raw:
            if name not in _OF_OTHERS:
                _add(heard, device, raw, unit, depth + 1)
            continue
        try:
            found = _value(device, name, raw, str(unit or ""))
        except BadPayload as error:
            heard.wrong = heard.wrong or error
            continue
        if found is None:
            continue
        if name in device.switches:  # of several doors the last knows of all
            heard.said = [one for one in heard.said if one.quantity != found[0]]
        if Said(device.thing, *found) not in heard.said:
            heard.said.append(Said(device.thing, *found))


def _switched(device: _Device, name: str, raw: Any) -> tuple[str, float] | None:
    """What a switch tells; of several that tell the same (two doors) any yes counts."""
    meant = device.switches[name]
    found = value(meant, raw)
    if found is None:
        return None
    device.stands[name] = found[1]
    same = (own for own, word in device.switches.items() if word.quantity == meant.quantity)
    return found[0], max(device.stands.get(own, 0.0) for own in same)


def _value(device: _Device, name: str, raw: Any, unit: str) -> tuple[str, float] | None:
    if isinstance(raw, dict):
        raw = raw.get("Action")
    if name.startswith("Switch"):
        return _switched(device, name, raw) if name in device.switches else None
    if name.startswith("POWER"):
        return None
    if name.startswith("Button"):
        return value(Word("action", "button"), raw if isinstance(raw, str) else None)
    # The radio's RSSI is a percentage here, and Signal the power.
    meant = {"RSSI": None, "Signal": Word("Signal", "rssi")}.get(name, word(name))
    if meant is None or isinstance(raw, list | dict):
        return None
    return value(meant, raw, f"°{unit}" if unit and meant.quantity == "room_temperature" else "")
