"""Steps that several tongues share: text, JSON, and an object of words and values."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ingest.foreign.said import Said
from ingest.foreign.words import value, word
from ingest.message import BadPayload, Fault
from ingest.payload import MAX_BYTES

_JSON = msgspec.json.Decoder()
MOST_VALUES = 2_000  # of one message
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


def values(thing: str, known: Mapping[str, Any], at: int | None = None) -> list[Said]:
    """What an object of words and values says of `thing`; words that mean nothing are left alone.

    Raises BadPayload for a known word with an impossible value.
    """
    if len(known) > MOST_VALUES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(known)} values, at most {MOST_VALUES}")
    said = []
    for foreign, raw in known.items():
        meant = word(foreign) if isinstance(foreign, str) else None
        found = value(meant, raw) if meant is not None else None
        if found is not None:
            said.append(Said(thing, *found, at))
    return said


def milliseconds(raw: object, name: str = "ts") -> int:
    """Unix milliseconds as microseconds; raises BadPayload."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -1e15 < raw < 1e15:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{name} is no instant")
    return round(raw * 1000)
