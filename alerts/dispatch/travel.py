"""How long a responder needs. Pure; whoever has a real router gives it the same two words."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple, Protocol

_EARTH_M = 6_371_000.0


class Point(NamedTuple):
    """Degrees, WGS 84."""

    lat: float
    lon: float


class Trip(NamedTuple):
    """An estimate: metres on the way and seconds until at the door."""

    distance_m: int
    travel_s: int


class Router(Protocol):
    """Anything that estimates trips."""

    def trip(self, start: Point, end: Point) -> Trip:
        """From `start` to `end`."""
        ...


@dataclass(frozen=True, slots=True)
class StraightLine:
    """The great circle, made longer by the bends of streets.

    Attributes:
        detour: metres walked for a metre of straight line; in towns about 1.4.
        speed_m_s: a bicycle, kept on the low side.
        set_out_s: until the responder is out of the door.
    """

    detour: float = 1.4
    speed_m_s: float = 3.0
    set_out_s: float = 60.0

    def trip(self, start: Point, end: Point) -> Trip:
        """The estimate; exact in nothing, right in the order of who is nearer."""
        way_m = apart_m(start, end) * self.detour
        return Trip(round(way_m), round(self.set_out_s + way_m / self.speed_m_s))


def apart_m(one: Point, other: Point) -> float:
    """Metres on the great circle (haversine)."""
    north, east = radians(other.lat - one.lat), radians(other.lon - one.lon)
    chord = sin(north / 2) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(east / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(chord)))
