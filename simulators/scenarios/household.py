"""What a home of a scenario says by itself: signs of life of devices, and ordinary days seen by sensors."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from core.instant import HOUR, SECOND
from simulators import homes, people, wire
from simulators.homes import Sensor
from simulators.people import Course
from simulators.post import Post
from simulators.scenarios.document import Device, Home, Person
from simulators.scenarios.played import Cast

_SEEN = ("pir", "door", "bed", "appliance")
_UTC_OFFSET = 8 * HOUR


def background(home: Home, cast: Cast, frozen: Sequence[tuple[int, int]]) -> Iterator[Post]:
    """Status reports of the devices that make some, and what sensors see while it `lives`; unsorted.

    Within the spans `frozen` (since, until) the sensors see nobody.
    """
    for number, device in enumerate(home.devices):
        if device.reports is not None:
            yield from _reports(device, number, cast)
    if home.lives:
        for post in _seen(home, cast, cast.begin, cast.end):
            if not any(since <= post.at < until for since, until in frozen):
                yield post


def remembered(home: Home, cast: Cast) -> Iterator[Post]:
    """What the sensors of a home that lives saw before the beginning, each at its own instant."""
    if home.lives:
        yield from _seen(home, cast, cast.begin - round(home.remembers * SECOND), cast.begin)


def backlog(past: Sequence[Post], at: int, most: int = 400) -> Iterator[Post]:
    """The past as memories hand it over at `at`: a message a device and six hours, oldest first."""
    parts: dict[tuple[int, str], list[Post]] = {}
    for post in past:
        parts.setdefault((post.at // (6 * HOUR), post.sender.device), []).append(post)
    for _, posts in sorted(parts.items()):
        objects = [
            {**obj, "seq": post.at // SECOND}
            for post in posts
            if not isinstance(post.body, bytes)
            for obj in post.body
        ]
        for first in range(0, len(objects), most):
            yield Post(at, posts[0].sender, posts[0].stream, tuple(objects[first : first + most]))


def _reports(device: Device, number: int, cast: Cast) -> Iterator[Post]:
    assert device.reports is not None
    draw = np.random.default_rng([cast.scenario.seed, number, 5])
    at = cast.begin + round(float(draw.uniform(0, min(device.reports, 5))) * SECOND)
    while at <= cast.end:
        body = wire.status(
            at,
            0,
            battery=device.battery,
            rssi=int(draw.normal(-62, 4)),
            uptime_s=3600 + (at - cast.begin) // SECOND,
        )
        del body["seq"]
        yield cast.post(device.code, "status", at, body)
        at += round(device.reports * float(draw.uniform(0.85, 1.0)) * SECOND)


def _seen(home: Home, cast: Cast, since: int, until: int) -> Iterator[Post]:
    """What the sensors see in [since, until), in order of time."""
    seeing = [device for device in home.devices if device.kind in _SEEN]
    lived_in = tuple(_person(someone, number, cast) for number, someone in enumerate(home.people))
    sensors = tuple(Sensor(device.kind, device.room) for device in seeing)
    house = homes.Home(cast.scenario.seed, len(home.code), lived_in, sensors, home.pets)
    for row in homes.sightings(house, since, until):
        device, at = seeing[int(row["sensor"])], int(row["time"])
        body = {"t": at // 1000, "kind": homes.EVENTS[device.kind], "state": int(row["state"])}
        yield cast.post(device.code, "event", at, body | {"room": device.room})


def _person(someone: Person, number: int, cast: Cast) -> people.Person:
    found = people.person(cast.scenario.seed * 1000 + someone.seed, number, _UTC_OFFSET)
    since = people.day_number(found, cast.begin - round(someone.changed * SECOND))
    course = Course(since=since, decline=someone.declines, wanders=someone.wanders)
    return replace(found, course=course)
