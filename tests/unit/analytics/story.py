"""Six bad days in a small town: something of every sort goes wrong, so that every detector has a word to say.

A new detector that has nothing to say about them makes its contract fail: give it its trouble here.
"""

from dataclasses import replace

import numpy as np

from core.directory import Directory
from core.fence import Fence
from core.instant import DAY, HOUR, MINUTE
from tests.unit.analytics.town import MORNING, Town
from tests.unit.falls import acted

KINDS = (
    ("wearable", "", 300, True),
    ("pir", "bathroom", 300, False),
    ("smoke", "kitchen", 300, False),
    ("button", "bedroom", None, False),
    ("door", "hallway", 300, False),
    ("thermometer", "bedroom", 600, False),
    ("cuff", "", None, True),
)
DAYS = 6
END = MORNING + DAYS * DAY
EVERY_S = 300
PLACE = (34.79, 114.35)


def town(homes: int = 7) -> Town:
    """The town; the residents of homes 1 and 2 are watched for wandering."""
    made = Town(homes, KINDS)
    known: Directory = made.directory
    fences = {101: (Fence("home", (PLACE,), 300.0),), 102: (Fence("home", (PLACE,), 200.0, 1200, 420),)}
    made.directory = replace(known, fences=fences)
    return made


TOWN = town()


def _heartbeats(draw):
    gone = {(2, kind) for kind in ("wearable", "pir", "smoke", "door", "thermometer")}
    said = [s for s in TOWN.heartbeats(MORNING + DAY) if s.device % 10 != 0 or draw.random() < 0.95]
    said += TOWN.heartbeats(MORNING + 2 * DAY, begin=MORNING + DAY, silent=gone | {(3, "pir")})
    return said + TOWN.heartbeats(END, begin=MORNING + 2 * DAY + 5 * HOUR)  # five hours of outage before


def _life(home, draw):
    times = MORNING + draw.integers(0, DAYS * DAY, 60 * DAYS)
    awake = times[(times - MORNING) % DAY < 14 * HOUR]
    if home == 4:  # lies on the floor for a day and a half
        awake = awake[(awake < MORNING + 4 * HOUR) | (awake > MORNING + 40 * HOUR)]
    said = [TOWN.says(home, "pir", "presence", 1, int(at), late_s=draw.exponential(5)) for at in awake]
    rates = np.where(draw.random(60) < 0.3, 150, 75)
    said += [
        TOWN.says(home, "wearable", "heart_rate", float(r), MORNING + i * 9 * MINUTE)
        for i, r in enumerate(rates)
    ]
    said += [TOWN.says(home, "wearable", "spo2", 50.0, MORNING + DAY + i * HOUR) for i in range(home)]
    if home != 4:
        pressed = MORNING + draw.integers(0, 3 * DAY, 2)
        said += [TOWN.says(home, "button", "button", 1, int(at)) for at in pressed]
    said += [
        TOWN.says(home, "cuff", "systolic", 130.0 + 9 * day, MORNING + day * DAY + HOUR)
        for day in range(DAYS)
    ]
    return said


def _batteries():
    said = [TOWN.says(1, "pir", "battery", 0.3 - i * 0.03, MORNING + i * 3 * HOUR) for i in range(8)]
    said += [TOWN.says(1, "pir", "battery", 0.9, MORNING + 2 * DAY)]
    said += [
        TOWN.says(1, "door", "battery", 0.6 - 0.06 * day, MORNING + day * DAY + 6 * HOUR)
        for day in range(DAYS)
    ]
    return [*said, TOWN.says(1, "wearable", "battery", 0.04, MORNING + 30 * HOUR)]


def _hazards():
    said = [
        TOWN.says(5, "smoke", "smoke", state, MORNING + at * MINUTE)
        for at, state in ((9, 1), (20, 0), (600, 1))
    ]
    hot = [27.0] * 40 + [31.0] * 60 + [36.0] * 30 + [26.0] * 20 + [9.0] * 60
    return said + [
        TOWN.says(6, "thermometer", "room_temperature", value, MORNING + i * 10 * MINUTE)
        for i, value in enumerate(hot)
    ]


def _illness():
    values = {"heart_rate": 118, "respiration": 23, "spo2": 93, "body_temperature": 38.5}
    return [
        TOWN.says(7, "wearable", name, value, MORNING + 3 * DAY + i * 5 * MINUTE + 7)
        for i in range(40)
        for name, value in values.items()
        if 8 < i < 24 or name == "heart_rate"
    ]


def _at(at, metres, accuracy_m=12.0):
    place = {"lat": PLACE[0] + metres / 111_320, "lon": PLACE[1], "accuracy_m": accuracy_m}
    return [TOWN.says(1, "wearable", name, value, at) for name, value in place.items()]


def _wandering():
    walk = [0, 120, 320, 400, 500, 380, 700, 400, 310, 100, 20, 290, 310, 330, 305, 10, 900, 950]
    said = [one for i, metres in enumerate(walk) for one in _at(MORNING + HOUR + i * 6 * MINUTE, metres)]
    return [*said, TOWN.says(2, "door", "door", 1, MORNING + 3 * DAY + 18 * HOUR, late_s=1)]


def _wearing():
    word = [(2, 0), (5, 1), (8, 0)]
    said = [TOWN.says(3, "wearable", "worn", value, MORNING + at * HOUR) for at, value in word]
    said += [TOWN.says(3, "wearable", "worn", 1, MORNING + 40 * HOUR)]
    said += [
        TOWN.says(6, "wearable", "heart_rate", 0, MORNING + 60 * HOUR + i * 10 * MINUTE) for i in range(30)
    ]
    said += [TOWN.says(6, "wearable", "online", 0, MORNING + 90 * MINUTE)]
    return [*said, TOWN.says(6, "button", "button", 1, MORNING + HOUR, late_s=4000, live=False)]


def bad_days(seed: int = 5):
    """What everybody says, with messages late, twice and out of order."""
    draw = np.random.default_rng(seed)
    said = _heartbeats(draw)
    for home in range(1, 8):
        said += _life(home, draw)
    said += [*_batteries(), *_hazards(), *_illness(), *_wandering(), *_wearing()]
    return TOWN.readings([one for one in said if one.received <= END and not _lost(one)])


def _lost(one):
    """Nothing arrives from home 2 on the second day, and from anybody in the first hours of the third."""
    from_home_2 = one.device // 10 == 2 and MORNING + DAY <= one.received < MORNING + 2 * DAY
    return from_home_2 or MORNING + 2 * DAY <= one.received < MORNING + 2 * DAY + 5 * HOUR


def falling():
    """Motion windows of a fall in home 3 on the second day."""
    entry = TOWN.devices[3, "wearable"]
    start = MORNING + 30 * HOUR
    windows = acted.windows(acted.fall(after=90), device=entry.id, start=start)
    return [replace(w, home=3, resident=entry.resident) for w in windows]
