"""Shelly: `shellies/<id>/...` of the first generation, `<id>/status/...` and `<id>/events/rpc` of later ones.

As its API documentation describes them: the first generation tells each value on a topic of its own, and
`shellies/announce` what a device is; the later ones tell the state of a component as an object, on its own
topic or in a notification, and a press as an event. `online` is the last will of both.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.foreign import reading
from ingest.foreign.said import TEST, About, Heard, Said
from ingest.foreign.words import Word, value
from ingest.message import BadPayload, Fault

_FIRST = "shellies/"
_LATER = re.compile(r"(shelly[a-z0-9]{1,30}-[0-9a-fA-F]{6,12})/(online|events/rpc|status/.+)")
_OPEN = {"open": 1.0, "close": 0.0}
# Topics below `sensor/` of the first generation, and what they say.
_SENSORS: Mapping[str, Word] = {
    "battery": Word("battery", "battery", 0.01), "temperature": Word("temperature", "room_temperature"),
    "humidity": Word("humidity", "room_humidity"), "flood": Word("flood", "water"),
    "smoke": Word("smoke", "smoke"), "motion": Word("motion", "presence"),
    "vibration": Word("vibration", "vibration"), "bat": Word("bat", "battery", 0.01),
}  # fmt: skip
_GAS = {"none": 0.0, "mild": 1.0, "heavy": 1.0, "test": 1.0}
# Components of the later generations: the part of their state that tells something.
_COMPONENTS: Mapping[tuple[str, str], Word] = {
    ("smoke", "alarm"): Word("alarm", "smoke"), ("flood", "alarm"): Word("alarm", "water"),
    ("temperature", "tC"): Word("tC", "room_temperature"), ("humidity", "rh"): Word("rh", "room_humidity"),
    ("switch", "apower"): Word("power", "appliance", above=5.0),
    ("pm1", "apower"): Word("power", "appliance", above=5.0),
    ("presencezone", "value"): Word("value", "presence"), ("presence", "value"): Word("value", "presence"),
    ("wifi", "rssi"): Word("rssi", "rssi"),
}  # fmt: skip
_PRESSES = frozenset({"single_push", "double_push", "triple_push", "long_push"})
_PRESSED = Word("action", "button")
Told = Iterator[tuple[Word, Any]]


class Shelly:
    """See ingest.foreign.said.Ear. A thing is called by its id."""

    def owns(self, tail: str) -> bool:
        """Topics of the first generation, and those that begin with the id of a later one."""
        return tail.startswith(_FIRST) or _LATER.fullmatch(tail) is not None

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """What a device says of itself; commands to it are passed over."""
        if not payload:
            return Heard()
        if tail == _FIRST + "announce":
            return _announced(reading.json_object(payload))
        later = _LATER.fullmatch(tail)
        if later is not None:
            return _of_later(later[1], later[2], payload)
        thing, _, what = tail.removeprefix(_FIRST).partition("/")
        if not reading.name(thing) or not what:
            raise BadPayload(Fault.BAD_TOPIC, "expected shellies/<id>/...")
        return _of_first(reading.name(thing), what, payload)


def _announced(known: Mapping[str, Any]) -> Heard:
    thing = reading.name(known.get("id"))
    if not thing:
        raise BadPayload(Fault.MISSING_FIELD, "id")
    return Heard(
        about={thing: About(thing, " ".join(filter(None, ("Shelly", reading.name(known.get("model"))))))}
    )


def _of_first(thing: str, what: str, payload: bytes) -> Heard:
    if what.endswith("command") or what in ("info", "announce", "settings"):
        return Heard()
    if what == "online":
        return _online(thing, payload)
    if what == "status" or what.startswith("input_event/"):
        return _heard(thing, _in_object(what, reading.json_object(payload)))
    text = reading.text(payload).strip()
    return _heard(thing, _in_text(what, text), how=TEST if (what, text) == ("sensor/gas", "test") else "")


def _in_object(what: str, known: Mapping[str, Any]) -> Told:
    if what.startswith("input_event/"):
        if known.get("event"):
            yield _PRESSED, "single"
        return
    for name in ("motion", "vibration", "bat", "flood", "smoke"):
        if name in known:
            yield _SENSORS[name], known[name]


def _in_text(what: str, text: str) -> Told:
    sensor = what.removeprefix("sensor/") if what.startswith("sensor/") else ""
    if sensor == "state" and text in _OPEN:
        yield Word("state", "door"), _OPEN[text]
    elif sensor == "gas" and text in _GAS:
        yield Word("gas", "gas"), _GAS[text]
    elif sensor in _SENSORS and not (sensor == "vibration" and text == "-1"):
        yield _SENSORS[sensor], text
    elif what.endswith("/power"):
        yield Word("power", "appliance", above=5.0), text


def _of_later(thing: str, what: str, payload: bytes) -> Heard:
    if what == "online":
        return _online(thing, payload)
    known = reading.json_object(payload)
    if what.startswith("status/"):
        return _heard(thing, _component(what.removeprefix("status/"), known))
    params = known.get("params")
    params = params if isinstance(params, dict) else {}
    if known.get("method") == "NotifyEvent":
        return _heard(thing, _events(params.get("events")))
    return _heard(thing, (told for name, state in params.items() for told in _component(name, state)))


def _component(name: str, state: Any) -> Told:
    kind = name.partition(":")[0]
    if not isinstance(state, dict):
        return
    battery = state.get("battery")
    if kind == "devicepower" and isinstance(battery, dict):
        yield _SENSORS["battery"], battery.get("percent")
    for (of, part), meant in _COMPONENTS.items():
        if of == kind and part in state:
            yield meant, state[part]


def _events(events: Any) -> Told:
    for one in events[:100] if isinstance(events, list) else ():
        if isinstance(one, dict) and one.get("event") in _PRESSES:
            yield _PRESSED, "single"


def _online(thing: str, payload: bytes) -> Heard:
    told = reading.text(payload).strip()
    if told not in ("true", "false"):
        raise BadPayload(Fault.WRONG_TYPE, "online is true or false")
    return Heard([Said(thing, "online", float(told == "true"))], {thing: About(thing)})


def _heard(thing: str, told: Told, how: str = "") -> Heard:
    heard = Heard(about={thing: About(thing)})
    said: dict[str, Said] = {}
    for meant, raw in told:
        try:
            found = value(meant, raw)
        except BadPayload as error:
            heard.wrong = heard.wrong or error
            continue
        if found is not None:
            before = said.get(found[0])
            number = max(before.value, found[1]) if before is not None else found[1]
            said[found[0]] = Said(thing, found[0], number, how=how if number else "")
    heard.said += said.values()
    return heard.or_refused()
