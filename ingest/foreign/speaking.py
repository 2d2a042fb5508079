"""What a thing said, in messages of our own protocol (docs/protocol.md)."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from core.directory import DeviceEntry
from core.quantity import BY_NAME
from ingest.foreign.said import TEST, Said


class Out(NamedTuple):
    """A message to publish."""

    topic: str
    payload: bytes


def spoken(
    device: DeviceEntry, told: Sequence[Said], news: Sequence[Said], received: int, *, retained: bool
) -> list[Out]:
    """One message for each stream in which `device` has something to say.

    `told` is all it said, `news` what of it is news; a thing that only repeats itself says that it is there.
    """
    streams: dict[str, list[dict[str, Any]]] = {}
    events = [one for one in news if BY_NAME[one.quantity].stream == "event"]
    if events:
        streams["event"] = [_event(one, received) for one in events]
    for stream in ("vital", "position", "status"):
        objects = _objects(stream, [one for one in news if BY_NAME[one.quantity].stream == stream], received)
        if objects:
            streams[stream] = objects
    if not streams and told and not retained:
        streams["status"] = [{**_stamp(None, received), "online": True}]
    root = f"nw/v1/{device.home_code}/{device.code}/"
    return [Out(root + stream, _encoded(objects)) for stream, objects in streams.items()]


def _event(one: Said, received: int) -> dict[str, Any]:
    told = {**_stamp(one.at, received), "kind": one.quantity, "state": one.value}
    return {**told, "test": True} if one.how == TEST else told


def _objects(stream: str, said: Iterable[Said], received: int) -> list[dict[str, Any]]:
    """One object for each instant; of a position both halves must be there."""
    made: dict[int | None, dict[str, Any]] = {}
    for one in said:
        stamp = {} if one.quantity == "online" else _stamp(one.at, received)
        # Whether it can be reached is told by the broker or the gateway: it is no sign of life of the thing.
        at = one.at if stamp else -1
        made.setdefault(at, stamp)[one.quantity] = bool(one.value) if one.quantity == "online" else one.value
    objects = list(made.values())
    if stream == "position":
        objects = [obj for obj in objects if "lat" in obj and "lon" in obj]
    # The last of a status is how it stands: what is about now stands last.
    return sorted(objects, key=lambda obj: obj.get("t", float("inf")))


def _stamp(at: int | None, received: int) -> dict[str, int]:
    """The instant with its microseconds: `seq` fills them, so the same message is the same row."""
    instant = received if at is None else at
    return {"t": instant // 1000, "seq": instant % 1000}


def _encoded(objects: list[dict[str, Any]]) -> bytes:
    return msgspec.json.encode(objects[0] if len(objects) == 1 else objects)
