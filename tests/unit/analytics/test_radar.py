"""Who lies on the floor under a presence radar is missed.

A radar sees somebody who only breathes, and says so again and again; were each of these words a movement, the
silence of whoever has collapsed in the kitchen would never begin.
"""

import numpy as np

from core.instant import DAY, HOUR, MINUTE
from tests.unit.analytics.test_inactivity import FIRST_DAY, watcher
from tests.unit.analytics.town import Town, play

TOWN = Town(1, (("radar", "kitchen", 3600, False), ("pir", "hallway", 3600, False)))
DAYS, STEP = 14, 2 * MINUTE


def stays(begin, end):
    """Somebody comes in at `begin`, and the radar says so every two minutes until they leave."""
    said = [TOWN.says(1, "radar", "presence", 1, at) for at in range(begin, end, STEP)]
    return [*said, TOWN.says(1, "radar", "presence", 0, end)]


def lives(days, collapse):
    """In and out of the kitchen all day, an hour at a time; the last day ends on the floor."""
    rng, said = np.random.default_rng(4), []
    for day in range(days + 1):
        at = FIRST_DAY + day * DAY + 7 * HOUR
        while at < FIRST_DAY + day * DAY + 22 * HOUR and at < collapse:
            end = at + int(rng.uniform(10, 60)) * MINUTE
            said += stays(at, end)
            said += [TOWN.says(1, "pir", "presence", 1, end + MINUTE)]
            at = end + int(rng.uniform(5, 40)) * MINUTE
    return [s for s in said if s.at < collapse]


def found(said, end):
    readings = TOWN.readings([*said, *TOWN.heartbeats(end, begin=FIRST_DAY)])
    return [f for f in play(watcher(TOWN), readings, end, begin=FIRST_DAY, every_s=600) if not f.cleared]


def test_who_lies_under_a_radar_is_missed():
    collapse, end = FIRST_DAY + DAYS * DAY + 10 * HOUR, FIRST_DAY + (DAYS + 1) * DAY + 10 * HOUR
    said = lives(DAYS, collapse) + [
        TOWN.says(1, "radar", "presence", 1, at) for at in range(collapse, end, STEP)
    ]
    alarms = [f for f in found(said, end) if f.onset >= collapse - HOUR]
    assert alarms, "a day on the floor, and nobody is called"
    assert alarms[0].at - collapse < 12 * HOUR


def test_ordinary_days_under_a_radar_raise_nothing():
    end = FIRST_DAY + (DAYS + 1) * DAY
    assert found(lives(DAYS, end), end - 3 * HOUR) == []
