"""A day of alarm teaches nothing: also not after a restart.

A running detector leaves days with an alarm, with guests, or when hardly anybody was there out of what is
usual. Were they learnt at a restart, the nine visits of an infection's first night would be usual, and no
later night would be told of for four weeks.
"""

import numpy as np

from analytics.living import LivingDetector
from analytics.living.day import FIGURES, HomeDay
from tests.unit.analytics.test_living import HOME, MIDNIGHT, at, moves, ordinary
from tests.unit.analytics.town import play

DAYS = 10


def infected(day):
    """Nine times to the bathroom between midnight and five."""
    said = []
    for hour in np.linspace(0.2, 4.8, 9):
        said += moves(day, hour, room="radar") + moves(day, hour + 0.05)
    return said


SAID = [*ordinary(DAYS + 3), *infected(DAYS), *infected(DAYS + 1)]
READINGS = HOME.readings([*SAID, *HOME.heartbeats(at(DAYS + 3, 0), begin=MIDNIGHT)])


def detector():
    one = LivingDetector()
    one.know(HOME.directory)
    return one


def lived(one, begin, end):
    """Findings, and the days that were stored."""
    days, tick = [], one.tick

    def kept(now):
        found = tick(now)
        days.extend(one.days())
        return found

    one.tick = kept
    part = READINGS[(READINGS["received"] > begin) & (READINGS["received"] <= end)]
    found = play(one, part, end, begin=begin, every_s=300)
    one.tick = tick
    return found, days


def told(found):
    return [f.kind for f in found if f.kind in ("bathroom_visits", "night_activity") and not f.cleared]


def test_the_second_night_of_an_infection_is_told_of_after_a_restart_too():
    cut, end = at(DAYS, 22), at(DAYS + 2, 0)
    steady = detector()
    found, days = lived(steady, MIDNIGHT, cut)
    assert "bathroom_visits" in told(found)
    again = detector()
    again.load_days([HomeDay(d.home, d.day, [float(np.float32(f)) for f in d.figures]) for d in days])
    again.resume({f.id: f for f in found}.values())
    assert told(lived(again, cut, end)[0]) == told(lived(steady, cut, end)[0]) != []


def test_days_of_an_earlier_version_are_still_known():
    again = detector()
    again.load_days([HomeDay(1, 20_000 + day, tuple(100.0 for _ in FIGURES)) for day in range(8)])
    assert again._lives[1].known == 8
