"""Where somebody is outdoors, as a tracker tells it: walks there and back, trips to town, lost at night."""

from collections.abc import Iterator

import numpy as np

from core.fence import METRES_A_DEGREE
from core.instant import HOUR, MINUTE, SECOND
from simulators import people
from simulators.people import Person

Fix = tuple[int, float, float, float]
"""Instant (Unix microseconds), latitude and longitude (WGS-84), radius of its circle of 68 % (metres)."""

_PACE, _LOST_PACE = 0.75, 0.6  # metres a second, stops included
_TRIP = 3 * HOUR  # who is out for longer has gone by bus
_TOWN_M, _BUS_S = 4200.0, 1500.0


def fixes(
    someone: Person, home: tuple[float, float], since: int, until: int, every: int = MINUTE
) -> Iterator[Fix]:
    """Where `someone` who lives at `home` (latitude, longitude) is while out, in [since, until), in order of
    time, every so many microseconds. The same span in parts gives the same."""
    for number in range(people.day_number(someone, since) - 1, people.day_number(someone, until) + 1):
        if _on_holiday(someone, number):
            continue  # far away, and the tracker lies in a drawer
        for begin, end in sorted(people.day(someone, number).out.tolist()):
            yield from (fix for fix in _outing(someone, home, begin, end, every) if since <= fix[0] < until)


def _on_holiday(someone: Person, number: int) -> bool:
    return any(first <= number <= last for first, last in someone.course.holidays)


def _outing(someone: Person, home: tuple[float, float], begin: int, end: int, every: int) -> Iterator[Fix]:
    draw = np.random.default_rng([someone.seed, someone.number, begin // SECOND, 13])
    heading, bend = draw.uniform(0, 2 * np.pi), draw.normal(0, 0.5)
    lost = not 4 * HOUR < (begin + someone.utc_offset) % (24 * HOUR) < 22 * HOUR
    for at in range(begin, end, every):
        gone, left = (at - begin) / SECOND, (end - at) / SECOND
        if lost:
            far = _LOST_PACE * gone
        elif end - begin > _TRIP:
            far = _TOWN_M * min(1.0, gone / _BUS_S, left / _BUS_S)
        else:
            far = _PACE * min(gone, left)
        direction = heading + bend * np.sin(np.pi * gone / max(1.0, gone + left))
        accuracy = float(np.clip(draw.lognormal(2.2, 0.4), 4, 60))
        north = far * np.cos(direction) + draw.normal(0, accuracy / 1.5)
        east = far * np.sin(direction) + draw.normal(0, accuracy / 1.5)
        lat = home[0] + north / METRES_A_DEGREE
        lon = home[1] + east / (METRES_A_DEGREE * float(np.cos(np.radians(home[0]))))
        yield at, round(float(lat), 6), round(float(lon), 6), round(accuracy)
