"""Where a resident may be, and when: circles and polygons on the map."""

from dataclasses import dataclass
from math import cos, hypot, pi, radians, sqrt

METRES_A_DEGREE = 111_320.0  # of latitude

Place = tuple[float, float]  # latitude and longitude, WGS-84 degrees


def flat(place: Place, origin: Place) -> tuple[float, float]:
    """(north, east) of `place` in metres from `origin`, on a plane: right to 0.1 % within 50 km."""
    east = (place[1] - origin[1] + 180.0) % 360.0 - 180.0
    return (place[0] - origin[0]) * METRES_A_DEGREE, east * METRES_A_DEGREE * cos(radians(origin[0]))


def apart_m(one: Place, other: Place) -> float:
    """Metres between two places."""
    return hypot(*flat(one, other))


@dataclass(frozen=True, slots=True)
class Fence:
    """One area in which a resident may be.

    Attributes:
        name: what people call it ("home", "the park").
        points: the centre of a circle, or the corners of a polygon in order.
        radius_m: of a circle; None for a polygon.
        from_minute, until_minute: local minutes of the day in which it holds, over midnight when until is
            smaller; always when they are equal.
    """

    name: str
    points: tuple[Place, ...]
    radius_m: float | None = None
    from_minute: int = 0
    until_minute: int = 0

    def holds(self, minute: int) -> bool:
        """Whether it holds at this local minute of the day."""
        begin, end = self.from_minute, self.until_minute
        if begin < end:
            return begin <= minute < end
        return begin == end or minute >= begin or minute < end

    def beyond_m(self, place: Place) -> float:
        """Metres from its edge, negative inside."""
        if self.radius_m is not None:
            return apart_m(place, self.points[0]) - self.radius_m
        corners = [flat(point, place) for point in self.points]
        sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
        edge = min(_to_side(a, b) for a, b in sides)
        return -edge if sum(_crosses(a, b) for a, b in sides) % 2 else edge

    @property
    def depth_m(self) -> float:
        """How far its edge is from its middle, about: the radius of a circle of its area."""
        if self.radius_m is not None:
            return self.radius_m
        corners = [flat(point, self.points[0]) for point in self.points]
        sides = zip(corners, [*corners[1:], corners[0]], strict=True)
        return sqrt(abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in sides)) / 2 / pi)


def _to_side(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of the origin from the stretch between a and b."""
    along = (b[0] - a[0], b[1] - a[1])
    length2 = along[0] ** 2 + along[1] ** 2
    share = 0.0 if length2 == 0 else -(a[0] * along[0] + a[1] * along[1]) / length2
    share = min(1.0, max(0.0, share))
    return hypot(a[0] + share * along[0], a[1] + share * along[1])


def _crosses(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether the ray from the origin to the east crosses the stretch between a and b."""
    if (a[0] > 0) == (b[0] > 0):
        return False
    return a[1] - a[0] * (b[1] - a[1]) / (b[0] - a[0]) > 0
