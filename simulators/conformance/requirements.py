"""What the protocol asks of a device, a row each, and how it is told from what was heard. Pure."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np

from core.motion import SITES
from core.quantity import STREAMS, of_stream
from simulators.conformance.answering import answers, answers_once, claims, service
from simulators.conformance.heard import Fault, Findings, Heard, lateness_s, objects
from simulators.conformance.walk import LATE_S

MOST_BYTES, MOST_OBJECTS = 262_144, 10_000
_OTHER_TIMES = (("seconds", 1e9, 1e10), ("microseconds", 1e15, 1e17), ("nanoseconds", 1e18, 1e20))
"""What `t` is when it lies there, by its makers' mistake."""
_UNITS = {"mg": 1.0, "g": 1000.0, "m/s2": 1000.0 / 9.80665, "0.1mg": 0.1}


class Grade(StrEnum):
    """How a device did."""

    PASS = "pass"  # noqa: S105 - a grade, not a password
    FAIL = "fail"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A rule of the protocol: `level` is must or should; `look` yields an item an occasion.

    It is given what the device said; with `whole` also what the platform did meanwhile.
    """

    id: str
    level: str
    text: str
    look: Callable[[Sequence[Heard]], Findings]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """A requirement, graded: on how many occasions it was seen, and the first that broke it."""

    requirement: Requirement
    grade: Grade
    occasions: int
    fault: Fault | None = None


def grade(heard: Sequence[Heard], requirements: Sequence[Requirement] | None = None) -> list[Graded]:
    """Every requirement, by what was heard."""
    out = []
    said = [message for message in heard if not message.is_ours]
    for requirement in requirements or REQUIREMENTS:
        occasions = list(requirement.look(heard if requirement.whole else said))
        faults = [fault for fault in occasions if fault is not None]
        word = Grade.FAIL if faults else Grade.PASS if occasions else Grade.NOT_SHOWN
        out.append(Graded(requirement, word, len(occasions), faults[0] if faults else None))
    return out


def _topics(heard: Sequence[Heard]) -> Findings:
    for message in heard:
        yield None if message.stream in STREAMS else Fault(f"no stream {message.stream!r}", message)


def _qos(heard: Sequence[Heard]) -> Findings:
    for message in heard:
        if not message.retain:
            yield None if message.qos == 1 else Fault(f"published at QoS {message.qos}", message)


def _size(heard: Sequence[Heard]) -> Findings:
    for message in heard:
        small = len(message.payload) <= MOST_BYTES and len(message.objects or ()) <= MOST_OBJECTS
        yield None if small else Fault(f"{len(message.payload)} bytes", message)


def _readable(heard: Sequence[Heard]) -> Findings:
    for message in heard:
        yield None if message.objects is not None else Fault("not an object, nor an array of some", message)


def _stamped(heard: Sequence[Heard]) -> Findings:
    for message, obj in objects(heard):
        t = obj.get("t")
        if not isinstance(t, int | float) or isinstance(t, bool):
            yield Fault("no `t`, Unix milliseconds", message)
        else:
            other = next((unit for unit, low, high in _OTHER_TIMES if low <= t < high), "")
            yield Fault(f"`t` is in {other}, not in milliseconds", message) if other else None


def _clock(heard: Sequence[Heard]) -> Findings:
    for message, obj in objects(heard):
        late = lateness_s(message, obj)
        if not message.retain and late == late:
            yield None if late >= -5 else Fault(f"{-late:.1f} s ahead of us", message)


def _live(heard: Sequence[Heard]) -> Findings:
    """Whether the newest object of a message is about now, while nobody took its network away."""
    for message in heard:
        if message.objects and not message.retain and message.phase != "offline" and not message.is_will:
            newest = min(lateness_s(message, obj) for obj in message.objects)
            if newest == newest:
                yield None if newest <= 120 else Fault(f"{newest:.0f} s old when it came", message)


def _sequence(heard: Sequence[Heard]) -> Findings:
    """In the order in which it was measured: what a device kept, and hands over between what is about now,
    bears the numbers of then; a message that is delivered twice bears its own."""
    last: dict[str, tuple[float, int]] = {}
    for message, obj in objects(heard):
        seq, t = obj.get("seq"), obj.get("t")
        if seq is None or message.retain:
            continue
        if isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
            yield Fault("`seq` is no whole number from 0", message)
            continue
        at = float("inf") if isinstance(t, bool) or not isinstance(t, int | float) else float(t)
        before = last.get(message.topic)
        starts_anew = message.phase in ("power", "back", "offline")
        if before is None or starts_anew or at >= before[0]:
            last[message.topic] = (at, seq)
        if before is not None and not starts_anew:
            again = (at, seq) == before and at != float("inf")
            rises = seq > before[1] if at >= before[0] else seq != before[1]
            yield None if rises or again else Fault(f"`seq` {seq} after {before[1]}", message)


def _has_sequence(heard: Sequence[Heard]) -> Findings:
    for message, obj in objects(heard):
        yield None if "seq" in obj else Fault("no `seq`", message)


def _bounds(stream: str) -> Callable[[Sequence[Heard]], Findings]:
    known = of_stream(stream)

    def look(heard: Sequence[Heard]) -> Findings:
        for message, obj in objects(heard, stream):
            named = {name: obj[name] for name in obj if name in known}
            if not named and not (stream == "status" and "firmware" in obj):
                yield Fault(f"no field that {stream} may have: {', '.join(sorted(obj))[:80]}", message)
            for name, value in named.items():
                wrong = _impossible(value, known[name].low, known[name].high, stream == "status")
                yield Fault(f"{name} {wrong}", message) if wrong else None

    return look


def _impossible(value: Any, low: float, high: float, switch: bool = True) -> str:
    """What is wrong with a value; true and false are numbers for a `switch` only."""
    if not isinstance(value, int | float) or (isinstance(value, bool) and not switch):
        return "is not a number"
    return "" if low <= float(value) <= high else f"is {value}, possible is {low:g} to {high:g}"


def _events(heard: Sequence[Heard]) -> Findings:
    known = of_stream("event")
    for message, obj in objects(heard, "event"):
        kind = obj.get("kind")
        if kind not in known:
            yield Fault(f"no kind {kind!r}", message)
            continue
        wrong = _impossible(obj.get("state", 1), known[kind].low, known[kind].high)
        yield Fault(f"state {wrong}", message) if wrong else None


def _motion(heard: Sequence[Heard]) -> Iterator[tuple[Heard, float, Any, str]]:
    """(message, hz, samples in milli-g of shape (n, 3) or None, what is wrong) of each window."""
    for message, obj in objects(heard, "motion"):
        hz, unit = obj.get("hz"), obj.get("unit", {})
        factor = _UNITS.get(unit.get("acc", "mg")) if isinstance(unit, dict) else None
        if not isinstance(hz, int | float) or isinstance(hz, bool) or not 1 <= hz <= 1000:
            yield message, 0, None, "`hz` is not a number from 1 to 1000"
        elif factor is None:
            yield message, hz, None, f"unit {unit!r} is not known"
        else:
            yield message, hz, *_samples(obj, factor)


def _samples(obj: dict[str, Any], factor: float) -> tuple[Any, str]:
    packed = obj.get("acc_b64", obj.get("acc"))
    try:
        if isinstance(packed, str | bytes):
            raw = base64.b64decode(packed, validate=True) if isinstance(packed, str) else packed
            return np.frombuffer(raw, "<i2").reshape(-1, 3) * factor, ""
        return np.array(packed, float).reshape(-1, 3) * factor, ""
    except (ValueError, TypeError, binascii.Error):
        return None, "`acc_b64` (or `acc`) holds no triplets"


def _windows(heard: Sequence[Heard]) -> Findings:
    for message, hz, samples, wrong in _motion(heard):
        if wrong:
            yield Fault(wrong, message)
        else:
            seconds = len(samples) / hz
            fine = 0.5 <= seconds <= 10 and len(samples) >= 2
            yield None if fine else Fault(f"a window of {seconds:.2f} s; it holds 0.5 to 10", message)


def _site(heard: Sequence[Heard]) -> Findings:
    for message, obj in objects(heard, "motion"):
        if "site" in obj:
            yield None if obj["site"] in SITES else Fault(f"no site {obj['site']!r}", message)


def _one_g(heard: Sequence[Heard]) -> Findings:
    """Lying on a table a device feels 1 g, whichever way up it lies."""
    for message, _, samples, wrong in _motion([m for m in heard if m.phase == "rest"]):
        if not wrong and len(samples):
            size = float(np.median(np.linalg.norm(samples, axis=1)))
            yield None if 900 <= size <= 1100 else Fault(f"at rest it feels {size:.0f} mg", message)


def _rate(heard: Sequence[Heard]) -> Findings:
    """Samples come as often as `hz` says: over a run of windows without gaps, within 10 %."""
    stamps: dict[float, list[tuple[int, int, Heard]]] = defaultdict(list)
    for message, hz, samples, wrong in _motion(heard):
        if not wrong and not message.retain:
            t = (message.objects or [{}])[0].get("t", 0)
            stamps[hz].append((int(t), len(samples), message))
    for hz, rows in stamps.items():
        rows.sort(key=lambda row: row[0])
        steps = [(b[0] - a[0], a[1], b[2]) for a, b in pairwise(rows) if 0 < b[0] - a[0] < 1.5e3 * a[1] / hz]
        if len(steps) >= 5:
            real = sum(n for _, n, _ in steps) / (sum(ms for ms, _, _ in steps) / 1000)
            fine = 0.9 <= real / hz <= 1.1
            yield None if fine else Fault(f"says {hz:g} Hz and gives {real:.1f}", steps[-1][2])


def _position(heard: Sequence[Heard]) -> Findings:
    for message, obj in objects(heard, "position"):
        for name, low, high in (("lat", -90, 90), ("lon", -180, 180)):
            wrong = _impossible(obj.get(name), low, high)
            yield Fault(f"{name} {wrong}", message) if wrong else None
        datum = obj.get("datum", "wgs84")
        yield None if datum in ("wgs84", "gcj02") else Fault(f"no datum {datum!r}", message)


def _status(heard: Sequence[Heard]) -> Findings:
    for message, obj in objects(heard, "status"):
        if obj.get("online") is not None:
            yield None if obj["online"] in (True, 1) else Fault("online, and says it is not", message)


def _kept(heard: Sequence[Heard]) -> Findings:
    """After a status was said, who subscribes anew must be given one."""
    said = [m for m in heard if m.stream == "status" and not m.retain]
    kept = [m for m in heard if m.stream == "status" and m.retain]
    if said and any(message.phase == "kept" for message in heard):
        yield None if kept else Fault("the broker has kept no status", said[-1])


def _only_status_kept(heard: Sequence[Heard]) -> Findings:
    """What the broker keeps comes again to whoever subscribes: a press of last week must not."""
    if any(message.phase == "kept" for message in heard):
        kept = [m for m in heard if m.retain and m.stream != "status"]
        yield Fault("the broker has kept it, and gives it again to whoever asks", kept[0]) if kept else None


def _will(heard: Sequence[Heard]) -> Findings:
    if any(message.phase == "power" for message in heard):
        wills = [m for m in heard if m.is_will and m.phase == "power"]
        yield None if wills else Fault('its power was cut and the broker did not say {"online":false}')


def _returns(heard: Sequence[Heard]) -> Findings:
    """After its power was cut a device says that it is there, so that the kept will is no longer true."""
    wills = [n for n, m in enumerate(heard) if m.is_will and m.phase == "power"]
    if wills and any(not m.is_will for m in heard[wills[-1] :]):
        back = [m for m, obj in objects(heard[wills[-1] :], "status") if obj.get("online") in (True, 1)]
        yield None if back else Fault("it speaks again, but its status still says offline")


def _stored(heard: Sequence[Heard]) -> Findings:
    offline = [m for m in heard if m.phase == "offline"]
    if offline:
        late = [m for m, obj in objects(offline) if lateness_s(m, obj) > LATE_S]
        yield None if late else Fault("nothing from the time without network came afterwards", offline[-1])


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement("topic", "must", "writes only motion, vital, event, position and status", _topics),
    Requirement("qos", "must", "publishes at QoS 1", _qos),
    Requirement("size", "must", "at most 256 KiB and 10,000 objects a message", _size),
    Requirement("form", "must", "an object or an array of some, in JSON, MessagePack or CBOR", _readable),
    Requirement("t", "must", "every object has `t`, Unix milliseconds", _stamped),
    Requirement("clock", "must", "its clock is at most 5 s ahead", _clock),
    Requirement("live", "should", "what it sends while it has a network is less than two minutes old", _live),
    Requirement("seq", "should", "every object has `seq`", _has_sequence),
    Requirement("seq-rises", "must", "`seq` rises in every stream by `t`, except after a reset", _sequence),
    Requirement("vital", "must", "vital fields are known and possible", _bounds("vital")),
    Requirement("event", "must", "events have a known kind and a possible state", _events),
    Requirement("position", "must", "positions have a latitude, a longitude and a known datum", _position),
    Requirement("motion", "must", "motion windows hold 0.5 to 10 s of triplets in a known unit", _windows),
    Requirement("site", "should", f"`site` is one of {', '.join(SITES)}", _site),
    Requirement("one-g", "must", "at rest it feels 1 g (0.9 to 1.1)", _one_g),
    Requirement("rate", "should", "samples come as often as `hz` says (within 10 %)", _rate),
    Requirement("status", "must", "status fields are known and possible", _bounds("status")),
    Requirement("online", "must", "a status of its own says online", _status),
    Requirement("kept", "must", "its status is retained", _kept),
    Requirement("nothing-kept", "must", "nothing but its status is retained", _only_status_kept),
    Requirement("will", "must", 'its last will is {"online":false} on its status', _will),
    Requirement("returns", "must", "after a power cut its status says online again", _returns),
    Requirement("stored", "should", "what it saw without a network comes afterwards", _stored),
    Requirement("service", "must", "a service_request says which service, 1 to 6", service),
    Requirement("answers", "should", "asked whether all is well, it answers in time", answers, True),
    Requirement("answers-once", "must", "it answers a question once, and none too late", answers_once, True),
    Requirement("claim", "should", "it exchanges a claim code for its secret and uses it", claims, True),
)  # fmt: skip
