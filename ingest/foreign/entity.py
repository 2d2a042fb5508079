"""One entity as Home Assistant's discovery describes it: its topics, and what its states mean to us."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.foreign import reading
from ingest.foreign.template import Template
from ingest.foreign.words import Word, value, word
from ingest.message import BadPayload, Fault

# The short keys of the discovery documentation that concern a sensor, a button or an event.
_SHORT: Mapping[str, str] = {
    "atype": "automation_type", "avty": "availability", "avty_mode": "availability_mode",
    "avty_t": "availability_topic", "avty_tpl": "availability_template", "cmps": "components",
    "cmd_t": "command_topic", "cns": "connections", "dev": "device", "dev_cla": "device_class",
    "ent_cat": "entity_category", "evt_typ": "event_types", "exp_aft": "expire_after", "ids": "identifiers",
    "json_attr_t": "json_attributes_topic", "mdl": "model", "mdl_id": "model_id", "mf": "manufacturer",
    "o": "origin", "obj_id": "object_id", "off_dly": "off_delay", "p": "platform", "pl": "payload",
    "pl_avail": "payload_available", "pl_not_avail": "payload_not_available", "pl_off": "payload_off",
    "pl_on": "payload_on", "pl_prs": "payload_press", "stat_cla": "state_class", "stat_t": "state_topic",
    "stype": "subtype", "t": "topic", "uniq_id": "unique_id", "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}  # fmt: skip
# Those that read states. A `button` of Home Assistant is one that it presses, not one that a person does:
# it tells nothing, but shows that the device is there.
COMPONENTS = frozenset({"binary_sensor", "sensor", "event", "button", "device_automation"})
_OTHERS = frozenset(
    {"switch", "light", "update", "number", "select", "text", "climate", "cover", "fan", "lock"}
)
MOST_COMPONENTS = 200


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a thing can be reached, as one topic tells it."""

    thing: str
    template: Template | None
    on: str
    off: str

    def state(self, words: str) -> tuple[str, float] | None:
        """("online", 0 or 1); None for a word that says neither."""
        told = words if self.template is None else self.template.render(words)
        return ("online", float(told == self.on)) if told in (self.on, self.off) else None


@dataclass(frozen=True, slots=True)
class Entity:
    """What speaks on a state topic."""

    thing: str
    meant: Word
    template: Template | None
    on: str = ""
    off: str = ""
    unit: str = ""
    only: str | None = None  # the one payload by which a device automation is triggered
    event: bool = False

    def state(self, words: str) -> tuple[str, float] | None:
        """(quantity, value); None when it says nothing. Raises BadPayload for what cannot be a state."""
        told = words if self.template is None else self.template.render(words)
        if told is None or told in ("", "None", "unknown", "unavailable"):
            return None
        if self.only is not None:
            return ("button", 1.0) if told == self.only else None
        if self.event:
            kind = reading.json_object(told.encode("utf-8", "replace")).get("event_type")
            return value(self.meant, kind if isinstance(kind, str) else None)
        if self.on or self.off:
            if told not in (self.on, self.off):
                raise BadPayload(Fault.WRONG_TYPE, "neither its on nor its off")
            return self.meant.quantity, float(told == self.on)
        return value(self.meant, told, self.unit)


@dataclass(slots=True)
class Described:
    """What one announcement says: the thing, and who speaks on which topic."""

    thing: str
    name: str
    model: str
    topics: list[tuple[str, Entity | Availability]] = field(default_factory=list)


def expanded(config: Mapping[str, Any]) -> dict[str, Any]:
    """`config` with whole keys, and its topics with what `~` stands for; inner objects likewise."""
    base = config.get("~", "")
    if not isinstance(base, str):
        raise BadPayload(Fault.WRONG_TYPE, "~ is not a text")
    return _expanded(config, base, 0)


def _expanded(config: Mapping[str, Any], base: str, depth: int) -> dict[str, Any]:
    if depth > 4:
        raise BadPayload(Fault.TOO_LARGE, "objects within objects")
    found: dict[str, Any] = {}
    for short, given in config.items():
        key = _SHORT.get(short, short)
        if isinstance(given, dict):
            # The names of components are the device's own words, and no keys.
            inner = key == "components"
            given = {
                name: _expanded(one, base, depth + 1) if isinstance(one, dict) else one
                for name, one in given.items()
            } if inner else _expanded(given, base, depth + 1)  # fmt: skip
        elif isinstance(given, list):
            given = [_expanded(one, base, depth + 1) if isinstance(one, dict) else one for one in given]
        elif isinstance(given, str) and (key == "topic" or key.endswith("_topic")):
            given = _with_base(given, base)
        found[key] = given
    return found


def _with_base(topic: str, base: str) -> str:
    """`~` stands for the base at the beginning or the end of a topic."""
    if topic.startswith("~"):
        topic = base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic


def described(component: str, name: str, config: Mapping[str, Any], root: str) -> Described:
    """What an announcement says; raises BadPayload for one that is none."""
    about = config.get("device")
    device: Mapping[str, Any] = about if isinstance(about, dict) else {}
    thing = _thing(device) or reading.name(config.get("unique_id")) or reading.name(name)
    if not thing:
        raise BadPayload(Fault.MISSING_FIELD, "a name")
    made = " ".join(filter(None, (reading.name(device.get(part)) for part in ("manufacturer", "model"))))
    found = Described(
        thing, reading.name(device.get("name")) or reading.name(config.get("name")) or thing, made
    )
    for kind, one in _components(component, config):
        found.topics += [(_own(topic, root), what) for topic, what in _heard(kind, thing, one)]
    return found


def _components(component: str, config: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(component, its keys): one, or those of a device, which share its availability."""
    if component != "device":
        if component not in COMPONENTS | _OTHERS:
            raise BadPayload(Fault.UNKNOWN_KIND, component[:40])
        yield component, config
        return
    inner = config.get("components")
    if not isinstance(inner, dict) or len(inner) > MOST_COMPONENTS:
        raise BadPayload(Fault.WRONG_TYPE, "components is no object, or too large a one")
    shared = {key: given for key, given in config.items() if key.startswith(("availability", "payload_"))}
    shared |= {key: config[key] for key in ("state_topic",) if key in config}
    for one in inner.values():
        if isinstance(one, dict) and isinstance(one.get("platform"), str):
            yield one["platform"], {**shared, **one}


def _thing(device: Mapping[str, Any]) -> str:
    """The first of its identifiers, or of its connections."""
    known = device.get("identifiers")
    first = known[0] if isinstance(known, list) and known else known
    ways = device.get("connections")
    if not first and isinstance(ways, list) and ways and isinstance(ways[0], list) and len(ways[0]) == 2:
        first = ways[0][1]
    return reading.name(first)


def _own(topic: str, root: str) -> str:
    """The topic as the source says it: what it names with our root before it is the same."""
    return topic.removeprefix(root)


def _heard(kind: str, thing: str, config: Mapping[str, Any]) -> Iterator[tuple[str, Entity | Availability]]:
    yield from _availability(thing, config)
    topic = _text(config, "topic" if kind == "device_automation" else "state_topic")
    meant = _meant(kind, config)
    if topic and meant is not None:
        yield topic, _entity(kind, thing, meant, config)


def _meant(kind: str, config: Mapping[str, Any]) -> Word | None:
    if kind in ("event", "device_automation"):
        return Word("action", "button")
    if kind not in ("binary_sensor", "sensor"):
        return None
    given = _text(config, "device_class")
    found = word(given) if given else word(_text(config, "object_id").rpartition("_")[2])
    if kind == "binary_sensor" and found is not None and found.quantity == "battery":
        return None  # "low" is no level
    return found


def _entity(kind: str, thing: str, meant: Word, config: Mapping[str, Any]) -> Entity:
    template = _template(config, "value_template")
    if kind == "device_automation":
        payload = config.get("payload")
        return Entity(thing, meant, template, only=None if payload is None else str(payload)[:200])
    if kind == "event":
        return Entity(thing, meant, template, event=True)
    if kind == "binary_sensor":
        # A door of Home Assistant is ON when it is open, as ours is 1.
        on, off = _text(config, "payload_on") or "ON", _text(config, "payload_off") or "OFF"
        return Entity(thing, meant, template, on=on, off=off)
    return Entity(thing, meant, template, unit=_text(config, "unit_of_measurement"))


def _availability(thing: str, config: Mapping[str, Any]) -> Iterator[tuple[str, Availability]]:
    """Of several topics each speaks for the thing: the latest counts (availability_mode `latest`)."""
    several = config.get("availability")
    ways = several[:10] if isinstance(several, list) else [several] if isinstance(several, dict) else []
    alone = {
        **config,
        "topic": config.get("availability_topic"),
        "value_template": config.get("availability_template"),
    }
    for way in (alone, *ways):
        if isinstance(way, dict) and _text(way, "topic"):
            on = _text(way, "payload_available") or "online"
            off = _text(way, "payload_not_available") or "offline"
            yield _text(way, "topic"), Availability(thing, _template(way, "value_template"), on, off)


def _template(config: Mapping[str, Any], key: str) -> Template | None:
    source = _text(config, key)
    return Template(source) if source else None


def _text(config: Mapping[str, Any], key: str) -> str:
    """A text; "" when it is missing. Raises BadPayload for a payload or topic of another type."""
    given = config.get(key)
    if given is None:
        return ""
    if isinstance(given, bool | int | float):
        return str(given)
    if not isinstance(given, str):
        raise BadPayload(Fault.WRONG_TYPE, f"{key} is not a text")
    return given
