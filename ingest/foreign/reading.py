"""Steps that several tongues share: text, JSON, and an object of words and values."""

from collections.abc import Iterable, Mapping
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


def bounded(payload: bytes, most: int = MAX_BYTES) -> bytes:
    """`payload`; raises BadPayload when there is none or more than `most`."""
    if not payload:
        raise BadPayload(Fault.EMPTY)
    if len(payload) > most:
        raise BadPayload(Fault.TOO_LARGE, f"{len(payload)} bytes, at most {most}")
    return payload


def json(payload: bytes, most: int = MAX_BYTES) -> Any:
    """The JSON in `payload`; raises BadPayload."""
    try:
        return _JSON.decode(bounded(payload, most))
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
    add_all(heard, thing, known.items(), tested=known.get("test") is True, at=at)


def add_all(
    heard: Heard,
    thing: str,
    told: Iterable[tuple[str, Any]],
    *,
    tested: bool = False,
    units: Mapping[str, str] | None = None,
    at: int | None = None,
) -> None:
    """The same of words and values, of which several may mean the same.

    `tested`: the sensor tries itself out (Zigbee's IAS zone "test" bit); `units`: of words, where known.
    """
    said: dict[str, Said] = {}
    for number, (foreign, raw) in enumerate(told, 1):
        if number > MOST_VALUES:
            raise BadPayload(Fault.TOO_LARGE, f"more than {MOST_VALUES} values")
        meant = word(foreign) if isinstance(foreign, str) else None
        try:
            found = value(meant, raw, (units or {}).get(foreign, "")) if meant is not None else None
        except BadPayload as error:
            heard.wrong = heard.wrong or error
            continue
        if found is None:
            continue
        quantity, number_of = found
        if quantity in said:
            number_of = _of_both(quantity, said[quantity].value, number_of)
        how = TEST if tested and number_of > 0 and quantity in TESTED else ""
        said[quantity] = Said(thing, quantity, number_of, at, how)
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
