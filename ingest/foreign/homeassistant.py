"""Home Assistant's MQTT discovery: how ESPHome, Tasmota and many others announce themselves.

As its MQTT integration documents it: `homeassistant/<component>/[<node>/]<object>/config` for one entity,
`homeassistant/device/<object>/config` for a device with its `components`; abbreviated keys; `~` for a base
topic; an empty payload takes an entity back. `homeassistant/status` is the birth and the will of who listens:
devices announce themselves again when it says `online`, and we say it for every source we know.
"""

from collections import Counter
from dataclasses import dataclass, field

from core.quantity import BY_NAME
from ingest.foreign import entity, reading
from ingest.foreign.entity import Availability, Entity, PassedOver, Place, Speaker
from ingest.foreign.said import About, Heard, Reply, Said
from ingest.message import BadPayload, Fault

ROOT = "homeassistant/"
BIRTH = Reply(ROOT + "status", b"online")
WILL = Reply(ROOT + "status", b"offline")
MOST_TOPICS, MOST_PATTERNS = 5_000, 500  # of one source
ELSEWHERE = "zigbee2mqtt/"  # what is announced there is heard in its own words, and is no second device


@dataclass(slots=True)
class _Topic:
    """Who speaks on a topic: entities whose state it is, things whose availability it is; `told`: what means
    nothing here was said to do so."""

    speakers: list[Speaker] = field(default_factory=list)
    told: bool = False


class HomeAssistant:
    """See ingest.foreign.said.Ear. `root`: how the source's own topics begin, taken off what is announced."""

    def __init__(self, root: str = "") -> None:
        self._root = root
        self._topics: dict[str, _Topic] = {}
        # Topics with wildcards, by their last level: "" where that is one itself.
        self._patterns: dict[str, set[str]] = {}
        self._yes: dict[tuple[str, str], set[Entity]] = {}  # (thing, quantity) -> who says yes to it
        self._announced: dict[str, list[tuple[str, Speaker]]] = {}  # config topic -> what it put where
        self._levels: Counter[str] = Counter()  # things, by how many of their entities tell a battery's level
        self._here: dict[tuple[str, str], bool] = {}  # (thing, topic) -> whether it says it can be reached

    def owns(self, tail: str) -> bool:
        """Announcements, and every topic that one of them named."""
        return tail.startswith(ROOT) or bool(self._at(tail))

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """What is announced, or what an announced entity says."""
        known = self._at(tail)
        if known:
            return self._spoken(tail, known, payload)
        if tail == BIRTH.tail:
            return Heard()  # another Home Assistant, or ourselves
        parts = tail.split("/")
        if len(parts) not in (4, 5) or parts[-1] != "config":
            raise BadPayload(Fault.BAD_TOPIC, "expected homeassistant/<component>/[<node>/]<object>/config")
        return self._announce(tail, parts[1], parts[-2], payload)

    def _at(self, tail: str) -> list[_Topic]:
        """Who speaks on this topic, by its name or by a pattern of it."""
        named = [self._topics[tail]] if tail in self._topics else []
        if not self._patterns:
            return named
        ends = self._patterns.get(tail.rpartition("/")[2], set()) | self._patterns.get("", set())
        return named + [self._topics[one] for one in sorted(ends) if one != tail and _fits(one, tail)]

    def _announce(self, tail: str, component: str, name: str, payload: bytes) -> Heard:
        if not payload:
            self._forget(tail)
            return Heard(keep=True)
        config = entity.expanded(reading.json_object(payload))
        if entity.is_elsewhere(config, self._root, ELSEWHERE):
            return Heard()
        found = entity.described(component, name, config, self._root)
        if len(self._topics) + len(found.topics) > MOST_TOPICS:
            raise BadPayload(Fault.TOO_MANY, f"more than {MOST_TOPICS} topics")
        self._forget(tail)
        for topic, what in found.topics:
            if _is_pattern(topic):
                if sum(map(len, self._patterns.values())) >= MOST_PATTERNS:
                    raise BadPayload(Fault.TOO_MANY, f"more than {MOST_PATTERNS} topics with wildcards")
                self._patterns.setdefault(_last(topic), set()).add(topic)
            self._topics.setdefault(topic, _Topic()).speakers.append(what)
            self._levels[what.thing] += _is_level(what)
        self._announced[tail] = list(found.topics)
        about = {found.thing: About(found.name, found.model)}
        return Heard(about=about, keep=True, wrong=found.wrong)

    def _forget(self, tail: str) -> None:
        for topic, what in self._announced.pop(tail, ()):
            entry = self._topics[topic]
            entry.speakers.remove(what)
            self._levels[what.thing] -= _is_level(what)
            if isinstance(what, Entity):
                self._yes.get((what.thing, what.meant.quantity), set()).discard(what)
            if not entry.speakers:
                del self._topics[topic]
                self._patterns.get(_last(topic), set()).discard(topic)

    def _spoken(self, tail: str, known: list[_Topic], payload: bytes) -> Heard:
        """All that speaks on one topic is heard; what of it cannot be is told with the first reason."""
        heard = Heard()
        words = reading.text(payload) if payload else ""
        speakers = [one for topic in known for one in topic.speakers]
        for one in speakers:
            try:
                said = [Said(one.thing, *found) for found in self._states(tail, one, words)]
            except BadPayload as error:
                heard.wrong = heard.wrong or error
                continue
            for each in said:
                # Every entity of a thing names the same availability; of several doors the last knows of all.
                heard.said = [other for other in heard.said if not _is_same(other, each)] + [each]
        passed = [one.what for one in speakers if isinstance(one, PassedOver)]
        if len(passed) == len(speakers) and passed[0] and not known[0].told:
            known[0].told = True  # said at every change it would hide what else is wrong
            raise BadPayload(Fault.NO_KNOWN_FIELD, f"{passed[0]}: means nothing here; said once")
        return heard.or_refused()

    def _states(self, tail: str, one: Speaker, words: str) -> list[tuple[str, float]]:
        if isinstance(one, Place):
            return one.states(words) if words else []
        if isinstance(one, PassedOver):
            return []
        found = self._state(one, words) if isinstance(one, Entity) else self._reached(tail, one, words)
        return [] if found is None else [found]

    def _state(self, entity: Entity, words: str) -> tuple[str, float] | None:
        found = entity.state(words)
        # Who tells its battery as a level says with "not low" nothing new.
        full = found is not None and entity.meant.states is not None and found[1] == entity.meant.states[0]
        if full and self._levels[entity.thing]:
            return None
        return self._any(entity, *found) if found is not None and (entity.on or entity.off) else found

    def _any(self, entity: Entity, quantity: str, value: float) -> tuple[str, float]:
        """Of several that tell the same of one thing (two doors, two leaks) any yes counts."""
        if BY_NAME[quantity].stream != "event":
            return quantity, value
        yes = self._yes.setdefault((entity.thing, quantity), set())
        (yes.add if value else yes.discard)(entity)
        return quantity, float(bool(yes))

    def _reached(self, tail: str, way: Availability, words: str) -> tuple[str, float] | None:
        """Whether a thing can be reached, as the mode of its entity weighs what its topics said."""
        here = way.here(words)
        if here is None:
            return None
        self._here[way.thing, tail] = here
        told = [self._here.get((way.thing, topic), here) for topic in way.topics]
        if way.mode in ("all", "any"):
            here = all(told) if way.mode == "all" else any(told)
        if not here:  # what it said before it went is not how things stand
            for (thing, _), yes in self._yes.items():
                if thing == way.thing:
                    yes.clear()
        return "online", float(here)


def _is_pattern(topic: str) -> bool:
    return "+" in topic or topic.endswith("#")


def _last(topic: str) -> str:
    """The last level of a topic; "" where it is a wildcard."""
    end = topic.rpartition("/")[2]
    return "" if end in ("+", "#") else end


def _fits(pattern: str, tail: str) -> bool:
    """Whether a topic is one of those that a pattern names (MQTT 3.1.1, 4.7)."""
    wanted, given = pattern.split("/"), tail.split("/")
    if wanted[-1] == "#":
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    return len(wanted) == len(given) and all(
        one in ("+", two) for one, two in zip(wanted, given, strict=True)
    )


def _is_same(one: Said, other: Said) -> bool:
    told_once = BY_NAME[one.quantity].stream == "event" or one.value == other.value
    return one[:2] == other[:2] and told_once


def _is_level(one: Speaker) -> bool:
    return isinstance(one, Entity) and one.meant.quantity == "battery" and one.meant.states is None
