"""Home Assistant's MQTT discovery: how ESPHome, Tasmota and many others announce themselves.

As its MQTT integration documents it: `homeassistant/<component>/[<node>/]<object>/config` for one entity,
`homeassistant/device/<object>/config` for a device with its `components`; abbreviated keys; `~` for a base
topic; an empty payload takes an entity back. `homeassistant/status` is the birth and the will of who listens:
devices announce themselves again when it says `online`, and we say it for every source we know.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ingest.foreign import entity, reading
from ingest.foreign.entity import Availability, Entity
from ingest.foreign.said import About, Heard, Reply, Said
from ingest.message import BadPayload, Fault

ROOT = "homeassistant/"
BIRTH = Reply(ROOT + "status", b"online")
WILL = Reply(ROOT + "status", b"offline")
MOST_TOPICS = 5_000  # of one source
ELSEWHERE = "zigbee2mqtt/"  # what is announced there is heard in its own words, and is no second device


@dataclass(slots=True)
class _Topic:
    """Who speaks on a topic: entities whose state it is, things whose availability it is."""

    entities: list[Entity] = field(default_factory=list)
    available: list[Availability] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.entities or self.available)


class HomeAssistant:
    """See ingest.foreign.said.Ear. `root`: how the source's own topics begin, taken off what is announced."""

    def __init__(self, root: str = "") -> None:
        self._root = root
        self._topics: dict[str, _Topic] = {}
        self._announced: dict[str, list[tuple[str, object]]] = {}  # config topic -> what it put where
        self._levels: Counter[str] = Counter()  # things, by how many of their entities tell a battery's level
        self._here: dict[tuple[str, str], bool] = {}  # (thing, topic) -> whether it says it can be reached

    def owns(self, tail: str) -> bool:
        """Announcements, and every topic that one of them named."""
        return tail.startswith(ROOT) or tail in self._topics

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """What is announced, or what an announced entity says."""
        known = self._topics.get(tail)
        if known is not None:
            return self._spoken(tail, known, payload)
        if tail == BIRTH.tail:
            return Heard()  # another Home Assistant, or ourselves
        parts = tail.split("/")
        if len(parts) not in (4, 5) or parts[-1] != "config":
            raise BadPayload(Fault.BAD_TOPIC, "expected homeassistant/<component>/[<node>/]<object>/config")
        return self._announce(tail, parts[1], parts[-2], payload)

    def _announce(self, tail: str, component: str, name: str, payload: bytes) -> Heard:
        if not payload:
            self._forget(tail)
            return Heard(keep=True)
        config = entity.expanded(reading.json_object(payload))
        found = entity.described(component, name, config, self._root)
        if found.topics and all(topic.startswith(ELSEWHERE) for topic, _ in found.topics):
            return Heard()
        if len(self._topics) + len(found.topics) > MOST_TOPICS:
            raise BadPayload(Fault.TOO_MANY, f"more than {MOST_TOPICS} topics")
        self._forget(tail)
        for topic, what in found.topics:
            entry = self._topics.setdefault(topic, _Topic())
            if isinstance(what, Entity):
                entry.entities.append(what)
                self._levels[what.thing] += _is_level(what)
            else:
                entry.available.append(what)
        self._announced[tail] = list(found.topics)
        about = {found.thing: About(found.name, found.model)}
        return Heard(about=about, keep=True, wrong=found.wrong)

    def _forget(self, tail: str) -> None:
        for topic, what in self._announced.pop(tail, ()):
            entry = self._topics[topic]
            kept: Any = entry.entities if isinstance(what, Entity) else entry.available
            kept.remove(what)
            if isinstance(what, Entity):
                self._levels[what.thing] -= _is_level(what)
            if not entry:
                del self._topics[topic]

    def _spoken(self, tail: str, known: _Topic, payload: bytes) -> Heard:
        """All that speaks on one topic is heard; when nothing of it can be, the first reason is told."""
        heard, wrong = Heard(), None
        words = reading.text(payload) if payload else ""
        speakers: list[Entity | Availability] = [*known.available, *known.entities]
        for one in speakers:
            try:
                found = (
                    self._state(one, words) if isinstance(one, Entity) else self._reached(tail, one, words)
                )
            except BadPayload as error:
                wrong = wrong or error
                continue
            # Every entity of a thing names the same availability: it is said once.
            if found is not None and Said(one.thing, *found) not in heard.said:
                heard.said.append(Said(one.thing, *found))
        if not heard.said and wrong is not None:
            raise wrong
        return heard

    def _state(self, entity: Entity, words: str) -> tuple[str, float] | None:
        found = entity.state(words)
        # Who tells its battery as a level says with "not low" nothing new.
        full = found is not None and entity.meant.states is not None and found[1] == entity.meant.states[0]
        return None if full and self._levels[entity.thing] else found

    def _reached(self, tail: str, way: Availability, words: str) -> tuple[str, float] | None:
        """Whether a thing can be reached, as the mode of its entity weighs what its topics said."""
        here = way.here(words)
        if here is None:
            return None
        self._here[way.thing, tail] = here
        told = [self._here.get((way.thing, topic), here) for topic in way.topics]
        if way.mode in ("all", "any"):
            here = all(told) if way.mode == "all" else any(told)
        return "online", float(here)


def _is_level(entity: Entity) -> bool:
    return entity.meant.quantity == "battery" and entity.meant.states is None
