"""The order in which a volunteer visits: nearest first, then crossings taken out. Pure.

A walk through a neighbourhood of some twenty homes: nearest neighbour with 2-opt (Croes 1958) is within a
few per cent of the best there, and needs no map server.
"""

from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt

_EARTH_M = 6_371_008.8

Point = tuple[float, float]


def distance_m(a: Point, b: Point) -> float:
    """Metres along the great circle between two (latitude, longitude), degrees WGS-84."""
    lat_a, lat_b = radians(a[0]), radians(b[0])
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(half)))


def length_m(start: Point, stops: Sequence[Point]) -> float:
    """Metres of a walk from `start` through all `stops`."""
    return sum(distance_m(a, b) for a, b in zip([start, *stops], stops, strict=False))


def walk(start: Point, homes: Mapping[int, Point]) -> list[int]:
    """The keys of `homes` in the order in which to visit them, beginning at `start`."""
    return _uncrossed(start, _nearest_first(start, homes), homes)


def _nearest_first(start: Point, homes: Mapping[int, Point]) -> list[int]:
    left, here, order = dict(homes), start, []
    while left:
        key = min(left, key=lambda one: (distance_m(here, left[one]), one))
        here = left.pop(key)
        order.append(key)
    return order


def _uncrossed(start: Point, order: list[int], homes: Mapping[int, Point]) -> list[int]:
    """`order` with stretches turned round while that makes the walk shorter."""
    better = True
    while better:
        better = False
        for i in range(len(order) - 1):
            before = start if i == 0 else homes[order[i - 1]]
            for j in range(i + 1, len(order)):
                first, last = homes[order[i]], homes[order[j]]
                now = distance_m(before, first)
                then = distance_m(before, last)
                if j + 1 < len(order):
                    now += distance_m(last, homes[order[j + 1]])
                    then += distance_m(first, homes[order[j + 1]])
                if then < now - 1e-6:
                    order[i : j + 1] = reversed(order[i : j + 1])
                    better = True
    return order
