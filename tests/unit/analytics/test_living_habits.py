"""Who is up for two hours every night, or naps after the bathroom each day, is not in trouble every day.

A day of alarm teaches nothing, and what is learnt has a cap; so alarms that ended by themselves again and
again are a habit of their own.
"""

import numpy as np

from tests.unit.analytics.test_living import HOME, at, live, moves

DAYS = 28


def sleepless(days):
    """In bed at half past ten; up from one to three each night, where no sensor sees them; up at seven."""
    said = []
    for day in range(days):
        said += [HOME.says(1, "bed", "bed", 0, at(day, 7)), *moves(day, *np.arange(7, 22.4, 0.2))]
        said += [HOME.says(1, "bed", "bed", 1, at(day, 22.5))]
        said += [HOME.says(1, "bed", "bed", state, at(day, hour)) for hour, state in ((1, 0), (3, 1))]
        said += moves(day, 1.02, 1.1, 2.9)
    return said


def napping(days):
    """Each day at two from the bathroom to an armchair that nobody sees, for two and a half hours."""
    said = []
    for day in range(days):
        said += [HOME.says(1, "bed", "bed", 0, at(day, 7)), HOME.says(1, "bed", "bed", 1, at(day, 22.5))]
        said += [*moves(day, *np.arange(7, 14, 0.2)), *moves(day, *np.arange(16.6, 22.4, 0.2))]
        said += moves(day, 14.0, 14.05, room="radar")
    return said


def nights(found, kind):
    return [f for f in found if f.kind == kind and not f.cleared]


def test_two_hours_up_every_night_are_this_persons_way():
    found = nights(live(sleepless(DAYS), at(DAYS, 0)), "bed_not_returned")
    assert len(found) <= 10, f"{len(found)} alarms in {DAYS} nights"


def test_a_nap_after_the_bathroom_every_day_is_this_persons_way():
    found = nights(live(napping(DAYS), at(DAYS, 0)), "bathroom_long")
    assert len(found) <= 10, f"{len(found)} alarms in {DAYS} days"
