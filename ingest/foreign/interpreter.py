"""Foreign messages become messages of our own protocol, of devices that people named. No I/O, no clock.

Our protocol says what changed; most foreign ones repeat their whole state with every battery report. A door
that is told open again has not been opened: only changes are passed on, and no repetition looks like life.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core import logs
from core.directory import DeviceEntry, Directory
from core.instant import MINUTE
from core.quantity import BY_NAME
from ingest.foreign.homeassistant import BIRTH, WILL
from ingest.foreign.said import ITSELF, TEST, About, Ear, Heard, Reply, Said
from ingest.foreign.sparkplug import Unborn
from ingest.foreign.speaking import Out, spoken
from ingest.foreign.strangers import Key, Strangers
from ingest.foreign.tongues import TONGUES
from ingest.message import BadPayload, Fault, Message, Refused

log = logging.getLogger(__name__)

EVERY_TOPIC = "nw/in/#"
_FRESH = 2 * MINUTE  # what was said so lately counts of a device that is named now, see ingest.decode
SCAIP = 0  # the source that is no device: the receiver of social alarms
# Life at risk, whatever the thing is: passed on in its gateway's name while it is nobody's yet.
HAZARDS = frozenset({"smoke", "gas", "co", "water"})
# It happens, and is over: each counts.
_PULSES = frozenset({"button", "need_help", "fall", "sound", "all_right", "service_request"})
# Told again while it lasts, and each time somebody moved.
_AGAIN = frozenset({"presence", "vibration"})
# A fire whose end nobody told (it was lost, or the thing never does) is not the one of before.
_ANOTHER = 10 * MINUTE
# Where the first thing that is ever heard is how it stands, not that it was touched.
_STANDS = frozenset({"door", "bed", "chair", "appliance"})
# What a sensor is used for decides what it tells: (its quantity, kind of our device) -> quantity.
_AS_KIND: Mapping[tuple[str, str], str] = {
    ("presence", "bed"): "bed",
    ("presence", "chair"): "chair",
    ("vibration", "bed"): "bed",
    ("vibration", "chair"): "chair",
    ("door", "appliance"): "appliance",
}
_PRESSED_FOR_HELP = frozenset({"button", "wearable", "pendant"})


@dataclass(slots=True)
class Thing:
    """What is known of a thing: what it said last, by quantity, and (since our start) when."""

    name: str = ""
    model: str = ""
    says: dict[str, float] = field(default_factory=dict)
    when: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Interpreted:
    """What a batch came to.

    Attributes:
        out: to be published, and proven, before anything is kept or acknowledged.
        refused: for quarantine.
        heard: how often each thing was heard; what it says now is in `Interpreter.things`.
        announced: (source, tail) -> what explains later messages; empty when it was taken back.
        forgotten: things that nobody named and that made room for others.
    """

    out: list[Out] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    heard: dict[Key, int] = field(default_factory=dict)
    announced: dict[tuple[int, str], bytes] = field(default_factory=dict)
    forgotten: set[Key] = field(default_factory=set)


@dataclass(slots=True)
class Names:
    """Who may speak for others, and which device of ours a thing is (None: of no use)."""

    allowed: frozenset[int] = frozenset()
    devices: dict[Key, int | None] = field(default_factory=dict)


class Interpreter:
    """Listens to all sources. `directory` and `names` are replaced when they change."""

    def __init__(self, directory: Directory, names: Names, things: dict[Key, Thing] | None = None) -> None:
        self.directory, self.names = directory, names
        self.things: dict[Key, Thing] = things or {}
        self._ears: dict[int, dict[str, Ear]] = {}
        self._strangers = Strangers(key for key in self.things if not self._is_named(key))

    def remember(self, announced: Iterable[tuple[int, str, bytes]], now: int) -> None:
        """Hear again what explained later messages before a restart; nothing of it is said again."""
        for source, tail, payload in announced:
            entry = self.directory.by_id.get(source)
            if entry is not None:
                try:
                    self._hear(entry, tail, payload, now)
                except BadPayload:
                    continue  # understood once; a newer release may think otherwise

    def interpret(self, messages: Sequence[Message]) -> Interpreted:
        """A batch in our words; a message that cannot be understood is refused whole."""
        done = Interpreted()
        for message in messages:
            try:
                self._one(message, done)
            except (
                Exception
            ) as error:  # a fault of ours: the others must not wait for it, and the bytes are kept
                log.error("interpreter failed", extra=logs.trace(error))
                bad = BadPayload(Fault.UNREADABLE, type(error).__name__)
                done.refused.append(_refused(message, bad, self.directory))
        return done

    def births(self, alive: bool = True) -> list[Out]:
        """What tells devices behind every source to announce themselves again, or that nobody listens."""
        known = (self.directory.by_id.get(source) for source in sorted(self.names.allowed))
        return [_reply(entry.code, BIRTH if alive else WILL) for entry in known if entry is not None]

    def caught_up(self, before: Names, now: int) -> list[Out]:
        """What is known of things that were named since `before`: what they said in the last two minutes,
        with its time, and how their battery and radio stand. No cry for somebody is said again."""
        out: list[Out] = []
        for key, number in self.names.devices.items():
            thing = self.things.get(key)
            device = self.directory.by_id.get(number) if number is not None else None
            if thing is None or device is None or before.devices.get(key) == number:
                continue
            said = [one for one in _last(key.thing, thing, now) if one.quantity not in _PULSES | HAZARDS]
            out += spoken(device, told := _as_kind(said, device.kind), told, now, retained=True)
        return out

    def _is_named(self, key: Key) -> bool:
        return key in self.names.devices

    def _one(self, message: Message, done: Interpreted) -> None:
        try:
            source, tail = self._source(message.topic)
            tongue, heard = self._hear(source, tail, message.payload, message.received)
        except BadPayload as error:
            done.refused.append(_refused(message, error, self.directory))
            if isinstance(error, Unborn):
                done.out += [_reply(_code(message.topic), reply) for reply in error.replies]
            return
        if heard.keep:
            done.announced[source.id, tail] = message.payload
        done.out += [_reply(source.code, reply) for reply in heard.replies]
        error_of = self.pass_on(source, tongue, heard, message, done) or heard.wrong
        if error_of is not None:
            done.refused.append(_refused(message, error_of, self.directory))

    def _source(self, topic: str) -> tuple[DeviceEntry, str]:
        parts = topic.split("/", 3)
        if len(parts) != 4 or not parts[3]:
            raise BadPayload(Fault.BAD_TOPIC, "expected nw/in/{source}/...")
        source = self.directory.by_code.get(parts[2])
        if source is None or source.id not in self.names.allowed:
            raise BadPayload(Fault.UNKNOWN_DEVICE, "nobody of this code may speak for others")
        return source, parts[3]

    def _hear(self, source: DeviceEntry, tail: str, payload: bytes, received: int) -> tuple[str, Heard]:
        ears = self._ears.get(source.id)
        if ears is None:
            root = f"nw/in/{source.code}/"
            ears = self._ears[source.id] = {tongue: made(root) for tongue, made in TONGUES.items()}
        for tongue, ear in ears.items():
            if ear.owns(tail):
                return tongue, ear.hear(tail, payload, received)
        raise BadPayload(Fault.UNKNOWN_STREAM, "a topic of no tongue, and nobody announced it")

    def pass_on(
        self,
        source: DeviceEntry | None,
        tongue: str,
        heard: Heard,
        message: Message,
        done: Interpreted,
        address: str = "",
    ) -> BadPayload | None:
        """Publish for each thing what is news; why something of it cannot be, when it cannot.

        Without a `source` it is the receiver of social alarms, and `address` whence the call came.
        """
        number = SCAIP if source is None else source.id
        by_thing: dict[str, list[Said]] = {thing: [] for thing in heard.about if thing != ITSELF}
        for one in heard.said:
            by_thing.setdefault(one.thing, []).append(one)
        reason = None
        for thing, said in by_thing.items():
            key = Key(number, tongue, thing)
            known = self._thing(key, heard.about.get(thing))
            if thing != ITSELF:
                self._note(key, address, done)
            device, why = self._device(source, key)
            kind = device.kind if device is not None else ""
            told = _as_kind(said, kind)
            news = [one for one in told if _is_news(known, one, message)]
            if device is None and why is not None and said:  # nobody's yet
                reason = why
                device, news = source, [one for one in news if one.quantity in HAZARDS and one.value > 0]
                told = news
            if device is not None and told:
                done.out += spoken(device, told, news, message.received, retained=message.retained)
        return reason

    def _thing(self, key: Key, about: About | None) -> Thing:
        known = self.things.setdefault(key, Thing())
        if about is not None:
            known.name, known.model = about.name or known.name, about.model or known.model
        return known

    def _note(self, key: Key, address: str, done: Interpreted) -> None:
        """It was heard; when nobody named it, another may have to make room."""
        done.heard[key] = done.heard.get(key, 0) + 1
        if self._is_named(key):
            return
        oldest = self._strangers.met(key, address, self._is_named)
        if oldest is not None:
            self.things.pop(oldest, None)
            done.heard.pop(oldest, None)
            done.forgotten.add(oldest)

    def _device(self, source: DeviceEntry | None, key: Key) -> tuple[DeviceEntry | None, BadPayload | None]:
        """(the device a thing is, why there is none); neither for one of which staff want nothing."""
        if key.thing == ITSELF:
            return source, None
        if key not in self.names.devices:
            return None, BadPayload(Fault.UNKNOWN_DEVICE, "found, and nobody said yet which device it is")
        number = self.names.devices[key]
        if number is None:
            return None, None
        device = self.directory.by_id.get(number)
        return device, None if device else BadPayload(Fault.UNKNOWN_DEVICE, "its device hangs nowhere")


def _last(name: str, thing: Thing, now: int) -> list[Said]:
    """What a thing said last, as far as it may be said again."""
    said = []
    for quantity, value in thing.says.items():
        at = thing.when.get(quantity, 0)
        happened = BY_NAME[quantity].stream != "event" or (value > 0 and quantity not in _STANDS)
        if 0 <= now - at < _FRESH and quantity != "online":
            said += [Said(name, quantity, value, at)] if happened else []
        elif BY_NAME[quantity].stream == "status" and quantity not in ("online", "uptime_s"):
            said.append(Said(name, quantity, value))
    return said


def _is_news(thing: Thing, said: Said, message: Message) -> bool:
    """Whether something happened, and note how it stands now."""
    if said.how:
        # A sensor that tries itself out does not burn; and what it remembers is not how things stand.
        return not message.retained and (said.how == TEST or said.quantity not in _PULSES or said.value > 0)
    retained, before = message.retained, thing.says.get(said.quantity)
    at, last = message.received if said.at is None else said.at, thing.when.get(said.quantity)
    thing.says[said.quantity], thing.when[said.quantity] = said.value, at
    quantity = BY_NAME[said.quantity]
    if quantity.stream != "event":
        return not retained or said.quantity == "online"
    if retained:  # the broker kept it from before: only what may still be burning is worth an alarm
        return said.quantity in HAZARDS and said.value > 0 and before != said.value
    if said.quantity in _PULSES:
        return said.value > 0
    if said.value == before:
        if said.quantity in HAZARDS:
            return said.value > 0 and (last is None or abs(at - last) > _ANOTHER)
        return said.value > 0 and said.quantity in _AGAIN
    if before is None:
        return said.value > 0 and said.quantity not in _STANDS
    return True


def _as_kind(said: Iterable[Said], kind: str) -> list[Said]:
    """What is said, by what the device is used for: a light's switch is pressed by somebody who is well."""
    told = []
    for one in said:
        quantity = _AS_KIND.get((one.quantity, kind), one.quantity)
        if quantity == "button" and kind and kind not in _PRESSED_FOR_HELP:
            quantity = "presence"
        told.append(one._replace(quantity=quantity))
    return told


def _reply(code: str, reply: Reply) -> Out:
    return Out(f"nw/in/{code}/{reply.tail}", reply.payload)


def _code(topic: str) -> str:
    parts = topic.split("/", 3)
    return parts[2] if len(parts) > 2 else ""


def _refused(message: Message, error: BadPayload, directory: Directory) -> Refused:
    code = _code(message.topic)
    entry = directory.by_code.get(code)
    return Refused(message, error.fault, error.detail, entry.home_code if entry else "", code)
