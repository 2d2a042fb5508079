"""One entity as Home Assistant's discovery describes it: its topics, and what its states mean to us."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.foreign import reading
from ingest.foreign.entity_word import meant, text
from ingest.foreign.template import Template
from ingest.foreign.words import Word, value, word
from ingest.message import BadPayload, Fault

# The short keys of the discovery documentation that concern a sensor, a button or an event.
_SHORT: Mapping[str, str] = {
    "atype": "automation_type", "avty": "availability", "avty_mode": "availability_mode",
    "avty_t": "availability_topic", "avty_tpl": "availability_template", "cmps": "components",
    "cmd_t": "command_topic", "cns": "connections", "def_ent_id": "default_entity_id", "dev": "device",
    "dev_cla": "device_class", "e": "encoding", "en": "enabled_by_default", "ent_cat": "entity_category",
    "evt_typ": "event_types", "exp_aft": "expire_after", "frc_upd": "force_update", "hw": "hw_version",
    "ic": "icon", "ids": "identifiers", "json_attr_t": "json_attributes_topic",
    "json_attr_tpl": "json_attributes_template", "mdl": "model", "mdl_id": "model_id", "mf": "manufacturer",
    "o": "origin", "obj_id": "object_id", "off_dly": "off_delay", "ops": "options", "p": "platform",
    "pl": "payload",
    "pl_avail": "payload_available", "pl_not_avail": "payload_not_available", "pl_off": "payload_off",
    "pl_on": "payload_on", "pl_prs": "payload_press", "sa": "suggested_area", "sn": "serial_number",
    "stat_cla": "state_class", "stat_t": "state_topic", "stype": "subtype",
    "sug_dsp_prc": "suggested_display_precision", "sw": "sw_version", "t": "topic", "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template",
}  # fmt: skip
# Those that read states. A `button` of Home Assistant is one that it presses, not one that a person does:
# it tells nothing, but shows that the device is there.
COMPONENTS = frozenset({"binary_sensor", "sensor", "event", "button", "device_automation"})
_OTHERS = frozenset(
    {
        "alarm_control_panel", "camera", "climate", "cover", "date", "datetime", "device_tracker", "fan",
        "humidifier", "image", "lawn_mower", "light", "lock", "notify", "number", "scene", "select", "siren",
        "switch", "tag", "text", "time", "update", "vacuum", "valve", "water_heater",
    }
)  # fmt: skip
MOST_COMPONENTS = 200
_WHERE = frozenset({"lat", "lon", "accuracy_m"})
# Topics on which a device is spoken to.
_TO_IT = ("command_topic", "availability_topic", "json_attributes_topic")


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a thing can be reached, as one topic of those of its entity tells it.

    `mode`: which of several topics count: all, any, or the latest that spoke.
    """

    thing: str
    template: Template | None
    on: str
    off: str
    mode: str = "latest"
    topics: tuple[str, ...] = ()

    def here(self, words: str) -> bool | None:
        """Whether this topic says so; None for a word that says neither."""
        told = words if self.template is None else self.template.render(words)
        return told == self.on if told in (self.on, self.off) else None


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """What speaks on a state topic; each is itself, however like another."""

    thing: str
    meant: Word
    template: Template | None
    on: str = ""
    off: str = ""
    unit: str = ""
    only: str | None = None  # the one payload by which a device automation is triggered
    pressed: str = ""  # what that trigger is called: sos, button_short_press
    event: bool = False

    def state(self, words: str) -> tuple[str, float] | None:
        """(quantity, value); None when it says nothing. Raises BadPayload for what cannot be a state."""
        told = words if self.template is None else self.template.render(words)
        if told is None or told in ("", "None", "unknown", "unavailable"):
            return None
        if self.only is not None:
            return value(self.meant, self.pressed) if told == self.only else None
        if self.event:
            kind = reading.json_object(told.encode("utf-8", "replace")).get("event_type")
            return value(self.meant, kind if isinstance(kind, str) else None)
        if self.on or self.off:
            if told not in (self.on, self.off):
                raise BadPayload(Fault.WRONG_TYPE, "neither its on nor its off")
            # A door of Home Assistant is ON when it is open, as ours is 1.
            says = told == self.on
            return self.meant.quantity, self.meant.states[says] if self.meant.states else float(says)
        return value(self.meant, told, self.unit)


@dataclass(frozen=True, slots=True)
class Place:
    """A device tracker whose attributes say where it is."""

    thing: str
    template: Template | None

    def states(self, words: str) -> list[tuple[str, float]]:
        """Latitude, longitude and, where it is told, the metres around them; raises BadPayload."""
        told = words if self.template is None else self.template.render(words)
        if told is None:
            return []
        known = reading.json_object(told.encode("utf-8", "replace"))
        meant = ((name, word(name), raw) for name, raw in known.items())
        found = [value(one, raw) for name, one, raw in meant if one is not None and one.quantity in _WHERE]
        return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What speaks on a topic and means nothing here; `what` is told once, with the first that it says;
    "": what matters of it is heard elsewhere."""

    thing: str
    what: str


Speaker = Entity | Availability | Place | PassedOver


@dataclass(slots=True)
class Described:
    """What one announcement says: the thing, who speaks on which topic, why somebody of it is not heard."""

    thing: str
    name: str
    model: str
    topics: list[tuple[str, Speaker]] = field(default_factory=list)
    wrong: BadPayload | None = None


def is_elsewhere(config: Mapping[str, Any], root: str, place: str) -> bool:
    """Whether every topic that an announcement names lies below `place`."""
    inner = config.get("components")
    parts = [config, *(inner.values() if isinstance(inner, dict) else ())]
    named = {
        _own(given, root)
        for part in parts
        if isinstance(part, dict)
        for key, given in part.items()
        if isinstance(given, str) and (key == "topic" or key.endswith("_topic"))
    }
    return bool(named) and all(topic.startswith(place) for topic in named)


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
    for kind, own, one in _components(component, name, config):
        try:
            found.topics += list(_heard(kind, own, thing, one, root))
        except BadPayload as error:  # of a device the others are heard
            found.wrong = found.wrong or error
    if found.wrong is not None and not found.topics:
        raise found.wrong
    return found


def _components(
    component: str, name: str, config: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(component, its name, its keys): one, or those of a device, which share its availability."""
    if component != "device":
        if component not in COMPONENTS | _OTHERS:
            raise BadPayload(Fault.UNKNOWN_KIND, component[:40])
        yield component, name, config
        return
    inner = config.get("components")
    if not isinstance(inner, dict) or len(inner) > MOST_COMPONENTS:
        raise BadPayload(Fault.WRONG_TYPE, "components is no object, or too large a one")
    shared = {key: given for key, given in config.items() if key.startswith(("availability", "payload_"))}
    shared |= {key: config[key] for key in ("state_topic",) if key in config}
    for own, one in inner.items():
        if isinstance(one, dict) and isinstance(one.get("platform"), str):
            yield one["platform"], str(own), {**shared, **one}


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


def _heard(
    kind: str, name: str, thing: str, config: Mapping[str, Any], root: str
) -> Iterator[tuple[str, Speaker]]:
    yield from _availability(thing, config, root)
    topic = text(config, "topic" if kind == "device_automation" else "state_topic")
    where = text(config, "json_attributes_topic") if kind == "device_tracker" else ""
    means = meant(kind, name, config) if topic else None
    if where:
        yield _own(where, root), Place(thing, _template(config, "json_attributes_template"))
    if means is not None:
        yield _own(topic, root), _entity(kind, thing, means, config)
    else:
        what = "" if where else " ".join(filter(None, (kind, text(config, "device_class"), name)))[:80]
        for one in _other_topics(config) - {where}:
            yield _own(one, root), PassedOver(thing, what)


def _other_topics(config: Mapping[str, Any]) -> set[str]:
    """The topics on which an entity speaks that means nothing here."""
    named = (key for key in config if key.endswith("_topic") and not key.endswith(_TO_IT))
    return {text(config, key) for key in named} - {""}


def _entity(kind: str, thing: str, means: Word, config: Mapping[str, Any]) -> Entity:
    template = _template(config, "value_template")
    if kind == "device_automation":
        payload = config.get("payload")
        called = [text(config, "payload"), text(config, "subtype"), text(config, "type")]
        return Entity(
            thing,
            means,
            template,
            only=None if payload is None else str(payload)[:200],
            pressed=_press(called),
        )
    if kind == "event":
        return Entity(thing, means, template, event=True)
    if kind == "binary_sensor":
        on, off = text(config, "payload_on") or "ON", text(config, "payload_off") or "OFF"
        return Entity(thing, means, template, on=on, off=off)
    return Entity(thing, means, template, unit=text(config, "unit_of_measurement"))


def _press(called: list[str]) -> str:
    """What a trigger is called, in the word that says most: a cry for help, the end of a press, a press."""
    action = Word("action", "button")
    told = [value(action, one) for one in called if one]
    if None in told:
        return ""
    return "sos" if ("need_help", 1.0) in told else "single"


def _availability(thing: str, config: Mapping[str, Any], root: str) -> Iterator[tuple[str, Availability]]:
    several = config.get("availability")
    ways = several[:10] if isinstance(several, list) else [several] if isinstance(several, dict) else []
    alone = {
        **config,
        "topic": config.get("availability_topic"),
        "value_template": config.get("availability_template"),
    }
    told = [way for way in (alone, *ways) if isinstance(way, dict) and text(way, "topic")]
    topics = tuple(_own(text(way, "topic"), root) for way in told)
    for topic, way in zip(topics, told, strict=True):
        on = text(way, "payload_available") or "online"
        off = text(way, "payload_not_available") or "offline"
        mode = text(config, "availability_mode") or "latest"
        yield topic, Availability(thing, _template(way, "value_template"), on, off, mode, topics)


def _template(config: Mapping[str, Any], key: str) -> Template | None:
    source = text(config, key)
    return Template(source) if source else None
