"""Simulated homes behave: the same seed the same bytes, nights are quiet, sensors do what real ones do."""

import numpy as np
import pytest

from core.instant import DAY, HOUR, SECOND
from simulators import people
from simulators.homes import SIGHTING, Home, Sensor, sightings

MONDAY = 20_000 * DAY - 8 * HOUR
SENSORS = (
    Sensor("pir", "bedroom"),
    Sensor("pir", "bathroom"),
    Sensor("pir", "kitchen"),
    Sensor("pir", "lounge"),
    Sensor("door", "hallway"),
    Sensor("bed", "bedroom"),
    Sensor("smoke", "kitchen"),
)


def home(number: int = 0, seed: int = 5) -> Home:
    return Home(seed, number, (people.person(seed, number),), SENSORS)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    week = sightings(home(), MONDAY, MONDAY + 7 * DAY).tobytes()
    assert sightings(home(), MONDAY, MONDAY + 7 * DAY).tobytes() == week
    assert sightings(home(seed=6), MONDAY, MONDAY + 7 * DAY).tobytes() != week
    assert sightings(home(number=1), MONDAY, MONDAY + 7 * DAY).tobytes() != week


@pytest.mark.parametrize("cut_h", [0.5, 7, 23.99, 60])
def test_a_span_cut_in_two_gives_the_same_sightings(cut_h: float) -> None:
    cut = MONDAY + int(cut_h * HOUR)
    whole = sightings(home(), MONDAY, MONDAY + 4 * DAY)
    parts = [sightings(home(), MONDAY, cut), sightings(home(), cut, MONDAY + 4 * DAY)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_life_has_a_day_and_a_night() -> None:
    seen = np.concatenate([sightings(home(n), MONDAY, MONDAY + 14 * DAY) for n in range(10)])
    hour = (seen["time"] + 8 * HOUR) // HOUR % 24
    assert np.mean((hour >= 7) & (hour < 20)) > 0.75
    assert np.mean(hour < 4) < 0.08
    assert 150 < len(seen) / 140 < 700


def test_a_motion_detector_rests_for_its_cool_down() -> None:
    seen = sightings(home(), MONDAY, MONDAY + 3 * DAY)
    for index in range(4):
        times = seen["time"][seen["sensor"] == index]
        assert np.diff(times).min() > 60 * SECOND
        assert (seen["state"][seen["sensor"] == index] == 1).all()


def test_doors_and_beds_open_and_close_in_turn() -> None:
    seen = sightings(home(), MONDAY - DAY, MONDAY + 20 * DAY)
    bed = seen["state"][seen["sensor"] == SENSORS.index(Sensor("bed", "bedroom"))]
    assert len(bed) > 20
    assert (np.diff(bed) != 0).all()


def test_nobody_moves_at_home_while_the_only_person_is_out() -> None:
    someone = people.person(5, 0)
    for number in range(20_000, 20_020):
        life = people.day(someone, number)
        for leave, back in life.out:
            inside = (life.starts > leave) & (life.starts < back)
            assert (life.rooms[inside] == people.OUTSIDE).all()


def test_days_join_without_a_seam() -> None:
    someone = people.person(5, 3)
    for number in range(20_000, 20_010):
        assert people.day(someone, number).until == people.day(someone, number + 1).starts[0]


def test_hazard_sensors_are_silent_in_ordinary_life() -> None:
    seen = sightings(home(), MONDAY, MONDAY + 30 * DAY)
    assert seen.dtype == SIGHTING
    assert not (seen["sensor"] == len(SENSORS) - 1).any()
