"""What the devices of a community remember from before they were connected, delivered a little at a time."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.instant import DAY, HOUR, MINUTE, SECOND
from simulators import homes, places, vitals, wire
from simulators.device import Device
from simulators.village import Household
from simulators.wire import Payload

_FIX_EVERY = 5 * MINUTE
MOST_AT_ONCE = 400
"""Payloads in one message: far below what a server takes, and a device's memory is small."""


class Memory(NamedTuple):
    """One message of stored payloads of one device."""

    device: str
    stream: str
    payloads: Sequence[Payload]


def remembered(house: Household, since: int, until: int) -> Iterator[Memory]:
    """Everything the devices of a home saw in [since, until), a message a device and day, oldest first.

    Sequence numbers are the seconds of the events, so that delivering twice is the same twice.
    """
    for begin in range(since, until, DAY):
        end = min(begin + DAY, until)
        yield from _seen(house, begin, end)
        for someone, code in zip(house.home.people, house.wearables, strict=True):
            hours = range(begin - begin % HOUR + HOUR, end, HOUR)
            readings = [(at, vitals.pulse(someone, at)) for at in hours]
            yield from _messages(code, "vital", [wire.vital(at, at // SECOND, v) for at, v in readings])
            where = (house.document["lat"], house.document["lon"])
            walked = places.fixes(someone, where, begin, end, _FIX_EVERY)
            payloads = [wire.position(fix[0], fix[0] // SECOND, *fix[1:]) for fix in walked]
            yield from _messages(code, "position", payloads)
        if "cuff" in house.others:
            spots = vitals.spots(house.home.people[0], begin, end)
            payloads = [wire.vital(at, at // SECOND, values) for at, values in spots]
            yield from _messages(house.others["cuff"], "vital", payloads)


def _seen(house: Household, begin: int, end: int) -> Iterator[Memory]:
    seen = homes.sightings(house.home, begin, end)
    # In order of time over all sensors of the home, so that its silences are told as they were: a message
    # holds what one sensor saw in six hours.
    for part in range(begin, end, 6 * HOUR):
        within = seen[(seen["time"] >= part) & (seen["time"] < part + 6 * HOUR)]
        for index, (sensor, code) in enumerate(zip(house.home.sensors, house.codes, strict=True)):
            rows = within[within["sensor"] == index]
            kind = homes.EVENTS[sensor.kind]
            payloads = [
                wire.event(at, at // SECOND, kind, state, sensor.room)
                for at, state in zip(rows["time"].tolist(), rows["state"].tolist(), strict=True)
            ]
            yield from _messages(code, "event", payloads)


def _messages(code: str, stream: str, payloads: Sequence[Payload]) -> Iterator[Memory]:
    for first in range(0, len(payloads), MOST_AT_ONCE):
        yield Memory(code, stream, payloads[first : first + MOST_AT_ONCE])


async def deliver(devices: dict[str, Device], memories: Iterator[Memory], rate: float) -> int:
    """Send `memories` at `rate` payloads a second at most, each acknowledged before the next; how many."""
    loop = asyncio.get_running_loop()
    begun, sent = loop.time(), 0
    for memory in memories:
        await devices[memory.device].deliver(memory.stream, memory.payloads)
        sent += len(memory.payloads)
        await asyncio.sleep(max(0.0, begun + sent / rate - loop.time()))
    return sent
