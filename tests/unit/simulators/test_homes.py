"""Simulated homes behave: the same seed the same bytes, nights are quiet, sensors do what real ones do."""

from dataclasses import replace

import numpy as np
import pytest

from core.instant import DAY, HOUR, SECOND
from simulators import people, realism, realism_homes
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


def with_course(number: int = 0, **course: object) -> Home:
    someone = replace(people.person(5, number), course=people.Course(**course))  # type: ignore[arg-type]
    return Home(5, number, (someone,), SENSORS)


def test_on_holiday_nobody_is_seen_and_the_rest_of_the_year_stays_as_it_was() -> None:
    away = (MONDAY + 8 * HOUR) // DAY + 3
    usual = sightings(home(), MONDAY, MONDAY + 14 * DAY)
    gone = sightings(with_course(holidays=((away, away + 3),)), MONDAY, MONDAY + 14 * DAY)
    day = (gone["time"] + 8 * HOUR) // DAY
    hour = (gone["time"] + 8 * HOUR) % DAY // HOUR
    assert np.sum((day >= away) & (day <= away + 3) & (hour > 9)) <= 8, "the front door, twice a day"
    before = usual[usual["time"] < MONDAY + 2 * DAY]
    assert gone[: len(before)].tobytes() == before.tobytes()


def test_who_wanders_is_seen_at_night() -> None:
    def nightly(homes: list[Home]) -> float:
        seen = np.concatenate([sightings(one, MONDAY, MONDAY + 21 * DAY) for one in homes])
        hour = (seen["time"] + 8 * HOUR) // HOUR % 24
        return float(np.mean((hour >= 23) | (hour < 5)))

    calm, restless = [home(n) for n in range(5)], [with_course(n, wanders=0.8) for n in range(5)]
    assert nightly(restless) > 2 * nightly(calm)


def test_who_declines_goes_out_less_and_is_up_more_at_night() -> None:
    start = (MONDAY + 8 * HOUR) // DAY
    frail = replace(people.person(5, 1), course=people.Course(since=start, decline=0.15))
    later = people.habits_on(frail, start + 120)
    assert people.habits_on(frail, start) == frail.habits
    assert later.nights > 1.5 * frail.habits.nights
    assert sum(p for _, p in later.walks) < 0.5 * sum(p for _, p in frail.habits.walks)
    assert later.dwell_s > 2 * frail.habits.dwell_s


def test_a_cat_is_taken_for_somebody_and_a_forgotten_door_stays_open() -> None:
    alone, cat = home(), replace(home(), pets=1)
    assert len(sightings(cat, MONDAY, MONDAY + 7 * DAY)) > 1.05 * len(
        sightings(alone, MONDAY, MONDAY + 7 * DAY)
    )
    forgetful = Home(5, 0, (people.person(5, 0),), (Sensor("door", "hallway", left_open=1.0),))
    seen = sightings(forgetful, MONDAY, MONDAY + 28 * DAY)
    assert set(np.unique(seen["state"])) == {0, 1}
    assert np.diff(seen["time"])[seen["state"][:-1] == 1].max() >= 3600 * SECOND


def test_what_homes_are_like_is_told_from_what_fired() -> None:
    """Two homes that fire every ten minutes from seven to eleven in the evening, and once at two."""
    day = np.concatenate([np.arange(7 * HOUR, 23 * HOUR, HOUR // 6), [2 * HOUR]])
    fired = np.sort(np.concatenate([MONDAY + n * DAY + day for n in range(5)]))
    like = realism_homes.habitat("made up", [fired, fired])
    assert (like.homes, like.days) == (2, 10)
    assert np.median(like.a_day) == 97
    assert np.median(like.nightly) == 1
    assert like.gap_median_min[10] == pytest.approx(10)
    assert np.median(like.longest_h) == pytest.approx(5)
    assert realism_homes.apart(like, like) == 0
    assert "<svg" in realism.page([like, realism_homes.simulated(2, 8)])
