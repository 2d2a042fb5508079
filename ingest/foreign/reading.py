"""Steps that several tongues share: text, JSON, and an object of words and values."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.quantity import BY_NAME
from ingest.foreign.said import TEST, Heard, Said
from ingest.foreign.words import value, word
from ingest.message import BadPayload, Fault
from ingest.payload import MAX_BYTES

_JSON = msgspec.json.Decoder()
MOST_VALUES = 2_000  # of one message
TESTED = frozenset({"smoke", "gas", "co", "water"})
_NAME = 120


def bounded(payload: bytes) -> bytes:
    """`payload`; raises BadPayload when there is none or too much."""
    if not payload:
        raise BadPayload(Fault.EMPTY)
    if len(payload) > MAX_BYTES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(payload)} bytes, at most {MAX_BYTES}")
    return payload


def json(payload: bytes) -> Any:
    """The JSON in `payload`; raises BadPayload."""
    try:
        return _JSON.decode(bounded(payload))
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadPayload(Fault.MALFORMED, f"not json: {type(error).__name__}") from error


def json_object(payload: bytes) -> dict[str, Any]:
    """The JSON object in `payload`; raises BadPayload."""
    found = json(payload)
    if not isinstance(found, dict):
        raise BadPayload(Fault.WRONG_TYPE, "expected an object")
    return found


def text(payload: bytes) -> str:
    """A short text; raises BadPayload."""
    try:
        return bounded(payload).decode()
    except UnicodeDecodeError as error:
        raise BadPayload(Fault.MALFORMED, "not text") from error


def name(given: object) -> str:
    """A name as it may be kept: a text, not too long, without bytes that no database takes."""
    if not isinstance(given, str | int) or isinstance(given, bool):
        return ""
    # Half a surrogate pair is text to JSON, and to nobody else.
    return str(given)[:_NAME].replace("\x00", "").encode("utf-8", "ignore").decode() if _fits(given) else ""


def _fits(given: str | int) -> bool:
    return isinstance(given, str) or abs(given) < 10**18


def add(heard: Heard, thing: str, known: Mapping[str, Any], at: int | None = None) -> None:
    """Add what an object of words and values says of `thing`; words that mean nothing are left alone.

    A value that cannot be is noted in `heard.wrong`, and the others count: smoke is not lost with a battery.
    """
    if len(known) > MOST_VALUES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(known)} values, at most {MOST_VALUES}")
    said: dict[str, Said] = {}
    tested = known.get("test") is True  # Zigbee's IAS zone "test" bit
    for foreign, raw in known.items():
        meant = word(foreign) if isinstance(foreign, str) else None
        try:
            found = value(meant, raw) if meant is not None else None
        except BadPayload as error:
            heard.wrong = heard.wrong or error
            continue
        if found is None:
            continue
        quantity, number = found
        if quantity in said:
            number = _of_both(quantity, said[quantity].value, number)
        how = TEST if tested and number > 0 and quantity in TESTED else ""
        said[quantity] = Said(thing, quantity, number, at, how)
    heard.said += said.values()


def _of_both(quantity: str, first: float, second: float) -> float:
    """Of what a message tells twice, in two words: the worse battery, any yes, else the first."""
    if quantity == "battery":
        return min(first, second)
    return max(first, second) if BY_NAME[quantity].stream == "event" else first


def milliseconds(raw: object, name: str = "ts") -> int:
    """Unix milliseconds as microseconds; raises BadPayload."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -1e15 < raw < 1e15:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{name} is no instant")
    return round(raw * 1000)
