"""From bytes to objects: JSON, MessagePack or CBOR, by content type or by the first byte."""

from typing import Any

import cbor2
import msgspec

from ingest.message import BadPayload, Fault, Message

MAX_BYTES = 262_144
MAX_OBJECTS = 10_000

_JSON = msgspec.json.Decoder()
_MSGPACK = msgspec.msgpack.Decoder()
_CONTENT_TYPES = {
    "application/json": "json",
    "application/msgpack": "msgpack",
    "application/x-msgpack": "msgpack",
    "application/vnd.msgpack": "msgpack",
    "application/cbor": "cbor",
}
_BOM = b"\xef\xbb\xbf"
SELF_DESCRIBED = b"\xd9\xd9\xf7"  # the tag that says: this is CBOR


def objects(message: Message) -> list[dict[str, Any]]:
    """The objects in a message: one, or several that a device collected and sent as an array.

    Raises BadPayload on an empty, oversized or malformed payload and on anything but objects.
    """
    found = items(message)
    if not all(isinstance(item, dict) for item in found):
        raise BadPayload(Fault.WRONG_TYPE, "expected an object or an array of objects")
    return found


def items(message: Message) -> list[Any]:
    """What is in a message, objects or not; raises BadPayload on an empty, oversized or malformed payload."""
    payload = message.payload
    if not payload:
        raise BadPayload(Fault.EMPTY)
    if len(payload) > MAX_BYTES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(payload)} bytes, at most {MAX_BYTES}")
    value = _parse(payload, _CONTENT_TYPES.get(message.content_type) or _form(payload))
    found = value if isinstance(value, list) else [value]
    if not found:
        raise BadPayload(Fault.EMPTY, "an empty array")
    if len(found) > MAX_OBJECTS:
        raise BadPayload(Fault.TOO_LARGE, f"{len(found)} objects, at most {MAX_OBJECTS}")
    return found


def _form(payload: bytes) -> str:
    """The encoding by the first byte: the three begin their maps differently."""
    first = payload[0]
    if 0x80 <= first <= 0x9F or 0xDC <= first <= 0xDF:
        return "msgpack"
    if 0xA0 <= first <= 0xBF or payload[:3] == SELF_DESCRIBED:
        return "cbor"
    return "json"


def _parse(payload: bytes, form: str) -> Any:
    try:
        if form == "cbor":
            # Tagged as a whole, it would be read as something nobody may change.
            return cbor2.loads(payload.removeprefix(SELF_DESCRIBED))
        if form == "msgpack":
            return _MSGPACK.decode(payload)
        return _JSON.decode(payload.removeprefix(_BOM))
    except msgspec.DecodeError as error:
        # It names the byte, and repeats nothing of what was sent.
        raise BadPayload(Fault.MALFORMED, f"not {form}: {error}") from error
    except (cbor2.CBORError, RecursionError, ValueError, OverflowError) as error:
        raise BadPayload(Fault.MALFORMED, f"not {form}: {type(error).__name__}") from error
