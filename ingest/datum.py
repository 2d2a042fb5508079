"""GCJ-02, the shifted datum of Chinese maps, to WGS-84.

The forward shift is the widely published series fitted to the official transformation (Krasovsky 1940
ellipsoid); the inverse is found by iteration and holds to below a centimetre. Outside the rectangle
around China the two are the same.
"""

from math import cos, fabs, pi, sin, sqrt

_A, _EE = 6378245.0, 0.00669342162296594323


def to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """WGS-84 (degrees) of a GCJ-02 position (degrees)."""
    guess_lat, guess_lon = lat, lon
    for _ in range(6):
        shifted_lat, shifted_lon = to_gcj02(guess_lat, guess_lon)
        guess_lat += lat - shifted_lat
        guess_lon += lon - shifted_lon
    return guess_lat, guess_lon


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """GCJ-02 (degrees) of a WGS-84 position (degrees)."""
    if not (0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    radians = lat / 180.0 * pi
    magic = 1 - _EE * sin(radians) ** 2
    north = _north(x, y) * 180.0 / ((_A * (1 - _EE)) / (magic * sqrt(magic)) * pi)
    east = _east(x, y) * 180.0 / (_A / sqrt(magic) * cos(radians) * pi)
    return lat + north, lon + east


def _wave(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _north(x: float, y: float) -> float:
    value = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x)) + _wave(x)
    value += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    return value + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0


def _east(x: float, y: float) -> float:
    value = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x)) + _wave(x)
    value += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    return value + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
