"""Chinese maps are shifted; there and back again is the same place."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.datum import to_gcj02, to_wgs84

METRES = 111_320.0  # a degree of latitude


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return METRES * hypot(a[0] - b[0], (a[1] - b[1]) * cos(radians(a[0])))


# The datum is China's; the published formula shifts everything in a rectangle around it.
inside = st.tuples(st.floats(3.0, 53.6), st.floats(73.4, 135.1))
anywhere = st.tuples(st.floats(-89.0, 89.0), st.floats(-180.0, 180.0))


@given(inside)
def test_to_the_map_and_back_is_the_same_place(place):
    assert apart_m(to_wgs84(*to_gcj02(*place)), place) < 1


@given(inside)
def test_from_the_map_and_back_is_the_same_place(place):
    assert apart_m(to_gcj02(*to_wgs84(*place)), place) < 1


@given(inside)
def test_the_shift_is_some_hundred_metres(place):
    assert 1 < apart_m(to_gcj02(*place), place) < 1500


@given(anywhere)
def test_nowhere_does_the_way_back_lead_farther_away_than_the_shift(place):
    assert apart_m(to_wgs84(*to_gcj02(*place)), place) < 1500


@pytest.mark.parametrize("place", [(48.86, 2.35), (-33.9, 151.2), (40.7, -74.0)])
def test_elsewhere_there_is_no_shift(place):
    assert to_gcj02(*place) == place == to_wgs84(*place)
