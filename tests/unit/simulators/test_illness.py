"""People fall ill and get well, go out and come back, and a seed decides about all of it."""

from dataclasses import replace

import numpy as np
import pytest

from core.fence import apart_m
from core.instant import DAY, HOUR, MINUTE
from simulators import illness, people, places, village, vitals
from simulators.illness import Illness
from simulators.people import Course, Person

FIRST = 20_600
HOME = (34.80, 114.29)


def at(day: int, hour: float) -> int:
    return day * DAY - 8 * HOUR + round(hour * HOUR)


def ill_with(kind: str, days: int = 8, number: int = 3) -> Person:
    course = Course(illnesses=(Illness(kind, FIRST, days),))
    return replace(people.person(1, number), course=course)


@pytest.mark.parametrize(
    ("kind", "metric", "least", "most"),
    [
        ("fever", "body_temperature", 1.4, 2.4),
        ("infection", "heart_rate", 17, 31),
        ("chest", "heart_rate", 11, 25),
    ],
)
def test_an_illness_shows_in_what_is_measured_and_passes(
    kind: str, metric: str, least: float, most: float
) -> None:
    well, someone = people.person(1, 3), ill_with(kind)

    def more(day: int) -> float:
        return vitals.spot(someone, at(day, 9))[metric] - vitals.spot(well, at(day, 9))[metric]

    assert more(FIRST - 1) == more(FIRST + 8) == 0
    assert least <= more(FIRST + 3) <= most
    assert 0 < more(FIRST + 7) < more(FIRST + 3)


def test_a_chest_infection_takes_the_breath() -> None:
    low = [vitals.pulse(ill_with("chest"), at(FIRST + 3, hour))["spo2"] for hour in range(24)]
    usual = [vitals.pulse(people.person(1, 3), at(FIRST + 3, hour))["spo2"] for hour in range(24)]
    assert np.mean(usual) - np.mean(low) == pytest.approx(7, abs=0.6)


def test_a_failing_heart_keeps_water_and_gives_it_back() -> None:
    someone, well = ill_with("heart failure", 10), people.person(1, 3)
    gained = [
        vitals.weight(someone, at(FIRST + n, 7))["weight"] - vitals.weight(well, at(FIRST + n, 7))["weight"]
        for n in range(25)
    ]
    assert gained[9] == pytest.approx(4.05, abs=0.11)
    assert np.argmax(gained) in (9, 10)
    assert gained[20] == gained[24] == 0


def test_who_is_ill_stays_in_and_is_up_at_night() -> None:
    def lived(someone: Person) -> tuple[int, int]:
        days = [people.day(someone, FIRST + 1 + n) for n in range(4)]
        return sum(len(day.out) for day in days), sum(len(day.in_bed) for day in days)

    well = [lived(people.person(1, n)) for n in range(30)]
    ill = [lived(ill_with("infection", 8, n)) for n in range(30)]
    assert sum(out for out, _ in ill) < 0.4 * sum(out for out, _ in well)
    assert sum(up for _, up in ill) > 1.5 * sum(up for _, up in well)


def test_episodes_are_as_frequent_as_said_and_the_same_twice() -> None:
    found = [one for n in range(200) for s in range(220, 236) for one in illness.drawn(7, n, s, 1.5)]
    years = 200 * 16 * 90 / 365
    assert len(found) / years == pytest.approx(1.5, rel=0.1)
    assert {one.kind for one in found} == set(illness.KINDS)
    illness.drawn.cache_clear()
    assert found == [one for n in range(200) for s in range(220, 236) for one in illness.drawn(7, n, s, 1.5)]


def test_a_walk_leads_away_and_home_again() -> None:
    someone = people.person(1, 4)
    since, until = at(FIRST, 0), at(FIRST + 21, 0)
    whole = list(places.fixes(someone, HOME, since, until))
    cut = at(FIRST + 9, 10.4)
    parts = [
        *places.fixes(someone, HOME, since, cut), *places.fixes(someone, HOME, cut, until)
    ]  # fmt: skip
    assert whole == parts
    spans = [span for n in range(FIRST, FIRST + 21) for span in people.day(someone, n).out.tolist()]
    assert spans
    for begin, end in spans:
        far = [apart_m(HOME, fix[1:3]) for fix in whole if begin <= fix[0] < end]
        assert max(far[0], far[-1]) < 250
        assert len(far) == pytest.approx((end - begin) / MINUTE, abs=1)
    assert max(apart_m(HOME, fix[1:3]) for fix in whole) > 500


def test_some_of_the_village_decline_wander_travel_and_fall_ill() -> None:
    houses = village.households()
    courses = [someone.course for house in houses for someone in house.home.people]
    assert sum(course.decline > 0 for course in courses) >= 3
    assert sum(course.wanders > 0 for course in courses) == 3
    assert all(course.falls_ill > 0 and course.holidays for course in courses)
    fenced = [r for house in houses for r in house.document["residents"] if "fences" in r]
    assert len(fenced) == 3
    for house in houses:
        assert len({someone.course.holidays for someone in house.home.people}) == 1, "who lives together"
