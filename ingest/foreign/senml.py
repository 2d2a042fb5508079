"""SenML (RFC 8428) in JSON and in CBOR: a pack of records with base fields, resolved.

Not SensML: a stream never ends, and a message here is whole, so an indefinite CBOR array is refused with the
rest of that form; whoever streams sends packs. Not XML and EXI either: no device that we know of speaks them
over MQTT, and they would bring a second parser to what anybody may send.
"""

import base64
import binascii
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import cbor2

from ingest.foreign import reading
from ingest.foreign.said import ITSELF, About, Heard, Said
from ingest.foreign.words import Word, value, word
from ingest.message import BadPayload, Fault
from ingest.payload import SELF_DESCRIBED

VERSION = 10
ABSOLUTE = 2**28  # a time from here on is Unix time, below it is relative to now
_LABELS: Mapping[Any, str] = {
    -1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs",
    0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
_NUMBERS = ("bt", "bv", "bs", "v", "s", "t", "ut")
_TEXTS = ("bn", "bu", "n", "u", "vs")
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:./_")
_CUT = ":/"
# What a unit alone tells, where no name does (RFC 8428 section 12.1).
_BY_UNIT = {
    "Cel": Word("Cel", "room_temperature"), "%RH": Word("%RH", "room_humidity"), "lat": Word("lat", "lat"),
    "lon": Word("lon", "lon"), "%EL": Word("%EL", "battery", 0.01),
    "beat/min": Word("beat/min", "heart_rate"), "K": Word("K", "room_temperature"),
}  # fmt: skip


class Record(NamedTuple):
    """A resolved record: no base fields; `time` in Unix seconds, 0 when it tells none."""

    name: str
    unit: str = ""
    value: float | str | bool | bytes | None = None
    sum: float | None = None
    time: float = 0.0
    update: float | None = None


class SenMl:
    """See ingest.foreign.said.Ear."""

    def owns(self, tail: str) -> bool:
        """A topic that is, or ends with, `senml`."""
        return tail == "senml" or tail.endswith("/senml")

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """The records of a pack that measure something we know."""
        heard = Heard()
        for record, base in resolved(pack(payload), received):
            thing, meant = _meant(record, base)
            if meant is None or isinstance(record.value, bytes):
                continue
            try:
                found = value(meant, record.value, record.unit)
            except BadPayload as error:
                heard.wrong = heard.wrong or error
                continue
            if found is not None:
                at = round(record.time * 1_000_000) if record.time else None
                heard.said.append(Said(thing, *found, at))
                heard.about.setdefault(thing, About(thing))
        if not heard.said and heard.wrong is None:
            raise BadPayload(Fault.NO_KNOWN_FIELD, "no record that means something here")
        heard.about.pop(ITSELF, None)
        return heard.or_refused()


def pack(payload: bytes) -> list[dict[str, Any]]:
    """The records of a pack as they stand, with the labels of JSON; raises BadPayload."""
    first = reading.bounded(payload)[0]
    raw = _cbor(payload) if 0x80 <= first <= 0x9F or payload[:3] == SELF_DESCRIBED else reading.json(payload)
    if not isinstance(raw, list) or not all(isinstance(record, dict) for record in raw):
        raise BadPayload(Fault.WRONG_TYPE, "a pack is an array of objects")
    if not raw:
        raise BadPayload(Fault.EMPTY, "an empty pack")
    if len(raw) > reading.MOST_VALUES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(raw)} records, at most {reading.MOST_VALUES}")
    return [{_LABELS.get(label, label): item for label, item in record.items()} for record in raw]


def _cbor(payload: bytes) -> Any:
    payload = payload.removeprefix(SELF_DESCRIBED)
    if payload[:1] == b"\x9f":
        raise BadPayload(Fault.WRONG_TYPE, "an indefinite array is a stream, not a pack")
    try:
        return cbor2.loads(payload)
    except (cbor2.CBORError, RecursionError, ValueError, OverflowError, ArithmeticError) as error:
        raise BadPayload(Fault.MALFORMED, f"not cbor: {type(error).__name__}") from error


def resolved(records: Iterable[Mapping[Any, Any]], received: int) -> list[tuple[Record, str]]:
    """(record, the base name it was under), oldest first; times below 2**28 are relative to `received`.

    Raises BadPayload on a version or a field that must be understood and is not.
    """
    base: dict[str, Any] = {"bn": "", "bt": 0.0, "bu": "", "bv": None, "bs": None}
    found = []
    for given in records:
        fields = _checked(given)
        base |= {label: item for label, item in fields.items() if label in base}
        based = "n" in fields and (base["bv"] is not None or base["bs"] is not None)
        if based or any(label in fields for label in ("v", "vs", "vb", "vd", "s", "bv", "bs")):
            found.append((_one(fields, base, received), base["bn"]))
    return sorted(found, key=lambda pair: pair[0].time or received / 1_000_000)


def _one(fields: Mapping[str, Any], base: Mapping[str, Any], received: int) -> Record:
    name = base["bn"] + fields.get("n", "")
    if not name or not name[0].isalnum() or not set(name) <= _NAME:
        raise BadPayload(Fault.WRONG_TYPE, "a record without a proper name")
    time = base["bt"] + fields.get("t", 0.0)
    if time and time < ABSOLUTE:
        time += received / 1_000_000
    if abs(time) >= 1e12:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, "t")
    total = None if base["bs"] is None and "s" not in fields else (base["bs"] or 0.0) + fields.get("s", 0.0)
    return Record(name, fields.get("u", base["bu"]), _value(fields, base), total, time, fields.get("ut"))


def _value(fields: Mapping[str, Any], base: Mapping[str, Any]) -> float | str | bool | bytes | None:
    given = [fields[label] for label in ("vs", "vb", "vd") if label in fields]
    if len(given) + ("v" in fields) > 1:
        raise BadPayload(Fault.WRONG_TYPE, "a record with two values")
    if given:
        kept: str | bool | bytes = given[0]
        return kept
    # A base value is a value, too, for every record that has no other.
    if "v" not in fields and base["bv"] is None:
        return None
    return float((base["bv"] or 0.0) + fields.get("v", 0.0))


def _checked(given: Mapping[Any, Any]) -> dict[str, Any]:
    """The fields we know, each of its type; raises BadPayload."""
    for label in given:
        if isinstance(label, str) and label.endswith("_"):
            raise BadPayload(Fault.WRONG_TYPE, f"the field {label[:20]} must be understood, and is not")
    version = given.get("bver", VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version <= VERSION:
        raise BadPayload(Fault.WRONG_TYPE, "a version that is not known here")
    fields: dict[str, Any] = {label: _number(given[label], label) for label in _NUMBERS if label in given}
    for label in _TEXTS:
        if label in given:
            if not isinstance(given[label], str):
                raise BadPayload(Fault.WRONG_TYPE, f"{label} is not a text")
            fields[label] = given[label]
    if "vb" in given:
        if not isinstance(given["vb"], bool):
            raise BadPayload(Fault.WRONG_TYPE, "vb is neither true nor false")
        fields["vb"] = given["vb"]
    if "vd" in given:
        fields["vd"] = _data(given["vd"])
    return fields


def _number(raw: Any, label: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise BadPayload(Fault.WRONG_TYPE, f"{label} is not a number")
    try:
        number = float(raw)
    except (OverflowError, ValueError) as error:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, label) from error
    if not math.isfinite(number):
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{label} is not finite")
    return number


def _data(raw: Any) -> bytes:
    if isinstance(raw, bytes):
        return raw
    if not isinstance(raw, str):
        raise BadPayload(Fault.WRONG_TYPE, "vd is not a text")
    try:
        return base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadPayload(Fault.MALFORMED, "vd") from error


def _meant(record: Record, base: str) -> tuple[str, Word | None]:
    """(thing, word): the last part of the name where it is a word we know, else what its unit tells."""
    own = record.name[len(base) :]
    if base and own and word(own) is not None:
        return _bare(base), word(own)
    at = max(record.name.rfind(mark) for mark in _CUT)
    if word(record.name[at + 1 :]) is not None:
        return _bare(record.name[: at + 1]), word(record.name[at + 1 :])
    return _bare(base if own and base else record.name), _BY_UNIT.get(record.unit)


def _bare(name: str) -> str:
    return reading.name(name.rstrip(_CUT + "._-"))
