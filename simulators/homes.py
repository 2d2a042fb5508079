"""Homes as their sensors see them: motion detectors with a cool-down that miss things, doors, beds, kettles.

A passive infrared sensor reports motion and then nothing until it has seen stillness for its cool-down; it
never reports an end, as in the recorded homes. Everything is drawn from the seed of the home and the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, SECOND
from simulators import people
from simulators.people import HALLWAY, KITCHEN, LOUNGE, ROOMS, Day, Person

SIGHTING = np.dtype([("time", "i8"), ("sensor", "i2"), ("state", "i1")])
"""One thing a sensor saw: instant (Unix microseconds), index of the sensor in the home, its new state."""

_MOVES_A_SECOND = 1 / 70
_NOTICES_ENTRY, _NOTICES_PASSING = 0.85, 0.55


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor of the household.

    Attributes:
        kind: the device's kind: pir, door, bed, appliance, button, smoke, gas, water.
        room: where it hangs.
        cool_down_s: stillness after which a motion detector reports again.
        misses: share of what it should have seen and did not.
        left_open: how often, of all times it is used, a door stays open for an hour or more.
    """

    kind: str
    room: str
    cool_down_s: float = 60
    misses: float = 0.05
    left_open: float = 0.0


EVENTS = {
    "pir": "presence",
    "door": "door",
    "bed": "bed",
    "appliance": "appliance",
    "button": "button",
    "smoke": "smoke",
    "gas": "gas",
    "water": "water",
}
"""The kind of event each kind of device reports."""


@dataclass(frozen=True, slots=True)
class Home:
    """Who lives there and what hangs there; `number` tells it from the others of the same seed.

    `pets` roam at all hours, and motion detectors cannot tell them from people.
    """

    seed: int
    number: int
    people: tuple[Person, ...]
    sensors: tuple[Sensor, ...]
    pets: int = 0


def sightings(home: Home, since: int, until: int) -> NDArray[np.void]:
    """What the sensors saw in [since, until), in order of time; any cut of the same span gives the same."""
    first = people.day_number(home.people[0], since) - 1
    last = people.day_number(home.people[0], until)
    days = [_day(home, number) for number in range(first, last + 1)]
    seen = np.concatenate(days)
    seen = seen[(seen["time"] >= since) & (seen["time"] < until)]
    return seen[np.argsort(seen["time"], kind="stable")]


def _day(home: Home, number: int) -> NDArray[np.void]:
    draw = np.random.default_rng([home.seed, home.number, number, 7])
    lives = [people.day(someone, number) for someone in home.people]
    moves = [_movement(life, draw) for life in lives]
    times = np.concatenate([m[0] for m in moves])
    rooms = np.concatenate([m[1] for m in moves])
    if home.pets:
        seen, place = _pets(home, number, lives[0])
        times, rooms = np.concatenate((times, seen)), np.concatenate((rooms, place))
    parts = []
    for index, sensor in enumerate(home.sensors):
        found = _see(sensor, lives, times, rooms, draw)
        if found is not None:
            parts.append(_rows(index, *found))
    return np.concatenate(parts) if parts else np.empty(0, SIGHTING)


def _pets(home: Home, number: int, life: Day) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Where pets were seen: short bouts at any hour, with dice of their own."""
    draw = np.random.default_rng([home.seed, home.number, number, 9])
    bouts = np.sort(draw.integers(life.starts[0], life.until, draw.poisson(14 * home.pets)))
    steps = draw.integers(1, 8, len(bouts))
    times = np.repeat(bouts, steps) + draw.integers(0, 6 * 60 * SECOND, int(steps.sum()))
    rooms = np.repeat(draw.choice([KITCHEN, LOUNGE, HALLWAY], len(bouts)), steps)
    return times, rooms.astype(np.int8)


def _rows(sensor: int, times: NDArray[np.int64], states: NDArray[np.int8]) -> NDArray[np.void]:
    rows = np.empty(len(times), SIGHTING)
    rows["time"], rows["sensor"], rows["state"] = times, sensor, states
    return rows


def _movement(life: Day, draw: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Instants of visible movement and the room of each: within stays, on entering, and in the hallway."""
    ends = np.append(life.starts[1:], life.until)
    effort = np.concatenate(([0.0], np.cumsum((ends - life.starts) * life.activity)))
    count = draw.poisson(effort[-1] / SECOND * _MOVES_A_SECOND)
    spent = draw.random(count) * effort[-1]
    stay = np.clip(np.searchsorted(effort, spent, side="right") - 1, 0, len(life.starts) - 1)
    into = (spent - effort[stay]) / np.maximum(life.activity[stay], 1e-9)
    within = life.starts[stay] + into.astype(np.int64)
    changed = np.flatnonzero(np.diff(life.rooms, prepend=-1)) if len(life.rooms) else np.empty(0, np.int64)
    entered = changed[draw.random(len(changed)) < _NOTICES_ENTRY]
    passed = changed[draw.random(len(changed)) < _NOTICES_PASSING]
    entering = life.starts[entered] + draw.integers(1, 5 * SECOND, len(entered))
    passing = life.starts[passed] - draw.integers(1, 6 * SECOND, len(passed))
    guests = [np.sort(draw.integers(a, b, int((b - a) / SECOND / 150))) for a, b in life.visits if b > a]
    visiting = np.concatenate(guests) if guests else np.empty(0, np.int64)
    times = np.concatenate((within, entering, passing, visiting))
    rooms = np.concatenate(
        (
            life.rooms[stay],
            life.rooms[entered],
            np.full(len(passing), HALLWAY, np.int8),
            np.full(len(visiting), LOUNGE, np.int8),
        )
    )
    return times, rooms


def _see(
    sensor: Sensor,
    lives: Sequence[Day],
    times: NDArray[np.int64],
    rooms: NDArray[np.int8],
    draw: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int8]] | None:
    """Instants and states this sensor reports; None for one that ordinary life never touches."""
    if sensor.kind == "pir":
        return _presence(sensor, times[rooms == ROOMS.index(sensor.room)], draw)
    if sensor.kind == "door":
        doors = np.concatenate([np.concatenate((life.out.ravel(), life.visits.ravel())) for life in lives])
        spans = draw.integers(4 * SECOND, 20 * SECOND, len(doors))
        if sensor.left_open:
            forgotten = draw.random(len(doors)) < sensor.left_open
            spans[forgotten] = draw.integers(3600 * SECOND, 3 * 3600 * SECOND, int(forgotten.sum()))
        return _until_used_again(np.sort(doors), spans)
    if sensor.kind == "bed":
        spans = lives[0].in_bed
        return _on_off(spans[:, 0], spans[:, 1] - spans[:, 0])
    if sensor.kind == "appliance":
        cooking = np.sort(times[rooms == KITCHEN])
        opened = cooking[draw.random(len(cooking)) < 0.15]
        opened = opened[np.diff(opened, prepend=0) > 30 * SECOND]
        return _on_off(opened, draw.integers(4 * SECOND, 25 * SECOND, len(opened)))
    return None


def _until_used_again(
    begins: NDArray[np.int64], spans: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """As `_on_off`; who uses an open door closes it."""
    following = np.append(begins[1:], np.iinfo(np.int64).max)
    return _on_off(begins, np.minimum(spans, np.maximum(following - begins - SECOND, SECOND)))


def _presence(
    sensor: Sensor, times: NDArray[np.int64], draw: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    times = np.sort(times)
    still = np.diff(times, prepend=np.int64(-DAY)) > sensor.cool_down_s * SECOND
    seen = times[still & (draw.random(len(times)) >= sensor.misses)]
    return seen, np.ones(len(seen), np.int8)


def _on_off(
    begins: NDArray[np.int64], spans: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    states = np.tile(np.array([1, 0], np.int8), len(begins))
    return np.stack((begins, begins + spans), axis=1).ravel(), states
