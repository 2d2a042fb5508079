"""The topic grammar: nw/v1/{home}/{device}/{stream}."""

from typing import NamedTuple

from core.directory import DeviceEntry, Directory
from core.quantity import STREAMS
from ingest.message import BadPayload, Fault

# Also streams that nobody knows: they belong into quarantine, not into nothing.
EVERY_STREAM = "nw/v1/+/+/+"
# The platform's own topics under the same root; a device cannot write them.
_PLATFORM_STREAMS = frozenset({"cmd"})


class Route(NamedTuple):
    """Where a topic leads: the installed device that may use it and the stream."""

    device: DeviceEntry
    stream: str


def split(topic: str) -> tuple[str, str, str]:
    """(home, device, stream) of a device topic; raises BadPayload when it is none."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[:2] != ["nw", "v1"] or not all(parts):
        raise BadPayload(Fault.BAD_TOPIC, "expected nw/v1/{home}/{device}/{stream}")
    return parts[2], parts[3], parts[4]


def is_platform(topic: str) -> bool:
    """True for what the platform itself publishes: commands and station topics."""
    return topic.startswith("nw/v1/station/") or topic.rsplit("/", 1)[-1] in _PLATFORM_STREAMS


def resolve(topic: str, directory: Directory) -> Route:
    """The route of `topic`; raises BadPayload for an unknown stream or device or a home not its own."""
    home, code, stream = split(topic)
    if stream not in STREAMS:
        raise BadPayload(Fault.UNKNOWN_STREAM, f"{stream[:40]} is none of {', '.join(STREAMS)}")
    device = directory.by_code.get(code)
    if device is None:
        raise BadPayload(Fault.UNKNOWN_DEVICE, "no device of this code is installed")
    if device.home_code != home:
        raise BadPayload(Fault.FOREIGN_HOME, "the device is installed in another home")
    return Route(device, stream)
