"""Residents with a life: sleep, meals, toilet, naps, walks and visitors, all of it from a seed.

A day runs from one waking to the next, so that consecutive days join without a seam. The same seed, person
and day number give the same day, whichever days were asked for before.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, MINUTE
from simulators.illness import Illness, ill_on

ROOMS = ("bedroom", "bathroom", "kitchen", "lounge", "hallway", "outside")
BEDROOM, BATHROOM, KITCHEN, LOUNGE, HALLWAY, OUTSIDE = range(6)

# How much somebody moves in each room while awake: 1 is a busy kitchen.
_LIVELY = np.array([0.45, 0.8, 0.9, 0.35, 0.8, 0.0])
ASLEEP = 0.008
_UP_AT_NIGHT, _RESTLESS = 2.0, 1.2
"""A visit to the toilet is all movement, and so is roaming about."""

# Where one is likely to be in each part of the day: columns are bedroom, bathroom, kitchen, lounge.
_PARTS = np.array(
    [
        [0.25, 0.60, 0.10, 0.05],  # washing
        [0.03, 0.04, 0.80, 0.13],  # a meal
        [0.12, 0.08, 0.22, 0.58],  # the day
        [0.12, 0.10, 0.10, 0.68],  # the evening
    ]
)
_WHERE = _PARTS.cumsum(axis=1)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for one person; hours are local, from midnight.

    Attributes:
        wakes, sleeps: usual hours; `steady` is their standard deviation in hours.
        nights: toilet visits a night on average.
        wakeful: how often a night they are up for another reason, for some minutes.
        walks: ((hour, probability), ...) of going out.
        trips: probability of being away for most of a day.
        naps: probability of a nap after lunch.
        visits: visitors a day on average.
        dwell_s: median stay in one room.
    """

    wakes: float
    sleeps: float
    steady: float
    nights: float
    walks: tuple[tuple[float, float], ...]
    trips: float
    naps: float
    visits: float
    dwell_s: float
    wakeful: float = 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """What changes for one person over weeks and months.

    Attributes:
        since: local day number from which they decline.
        decline: share of walks and briskness lost in 30 days; nights grow as much more restless.
        wanders: probability that they roam through the rooms in a night; one time in four out of the door.
        holidays: (first, last) local day numbers of being away.
        illnesses: episodes, whatever else; `falls_ill`: how many a year are drawn besides.
    """

    since: int = 0
    decline: float = 0.0
    wanders: float = 0.0
    holidays: tuple[tuple[int, int], ...] = ()
    illnesses: tuple[Illness, ...] = ()
    falls_ill: float = 0.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose days can be drawn: `seed` of the world, `number` in it, and the offset of local time."""

    seed: int
    number: int
    habits: Habits
    utc_offset: int = 8 * HOUR
    course: Course = Course()


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One person's day, from waking to waking.

    Attributes:
        starts: instants at which a stay begins, shape (n,), rising.
        rooms: index into ROOMS of each stay, shape (n,).
        activity: how much they move then, 0 to 1, shape (n,).
        until: instant of the next waking.
        in_bed: (k, 2) instants of lying down and getting up.
        out: (k, 2) instants of leaving and coming home.
        visits: (k, 2) instants between which somebody else is there.
        meals: instants at which a meal is begun.
    """

    starts: NDArray[np.int64]
    rooms: NDArray[np.int8]
    activity: NDArray[np.float64]
    until: int
    in_bed: NDArray[np.int64]
    out: NDArray[np.int64]
    visits: NDArray[np.int64]
    meals: NDArray[np.int64]


def person(seed: int, number: int, utc_offset: int = 8 * HOUR) -> Person:
    """The `number`-th person of the world `seed`, with habits of their own."""
    draw = np.random.default_rng([seed, number, 1 << 30])
    first, second = draw.normal(9.3, 0.7), draw.normal(15.8, 0.8)
    habits = Habits(
        wakes=float(np.clip(draw.normal(6.2, 0.7), 4.5, 8.5)),
        sleeps=float(np.clip(draw.normal(21.5, 0.7), 19.5, 23.5)),
        steady=float(draw.uniform(0.15, 0.5)),
        nights=float(draw.gamma(2.0, 0.55)),
        walks=((float(first), float(draw.beta(3, 2))), (float(second), float(draw.beta(2, 3)))),
        trips=float(draw.beta(1.5, 12)),
        naps=float(draw.beta(3, 2)),
        visits=float(draw.gamma(1.2, 0.25)),
        dwell_s=float(draw.uniform(200, 420)),
        # Dice of their own, so that whatever else was drawn stays.
        wakeful=float(np.random.default_rng([seed, number, 1 << 27]).gamma(1.2, 0.65)),
    )
    return Person(seed, number, habits, utc_offset)


def day_number(someone: Person, instant: int) -> int:
    """Number of the local calendar day of `instant`."""
    return (instant + someone.utc_offset) // DAY


def day(someone: Person, number: int) -> Day:
    """The person's day `number` (local days since 1970)."""
    draw, wake = _wake(someone, number)
    _, until = _wake(someone, number + 1)
    midnight = number * DAY - someone.utc_offset
    habits = habits_on(someone, number)
    bed = midnight + int((habits.sleeps + draw.normal(0, habits.steady)) * HOUR)
    bed = int(np.clip(bed, wake + 8 * HOUR, until - 4 * HOUR))
    meals = midnight + ((np.array([7.2, 11.7, 17.6]) + draw.normal(0, 0.25, 3)) * HOUR).astype(np.int64)
    meals[0] = wake + draw.integers(15, 45) * MINUTE
    parts, begins = _parts(wake, bed, meals, draw)
    starts, rooms = _stays(wake, bed, begins, parts, habits.dwell_s, draw)
    naps = _naps(meals[1], habits.naps, draw)
    out = _walks(midnight, wake, bed, meals, naps, habits, draw)
    naps = _pairs([(a, b) for a, b in naps.tolist() if all(b < c or a > d for c, d in out.tolist())])
    toilet = _nightly(bed, until, habits.nights, draw)
    visits = _visits(midnight, bed, habits.visits, draw)
    # Dice of their own, so that nobody else's days change.
    roaming, gone = _roaming(
        bed, until, someone.course.wanders, np.random.default_rng([*_key(someone, number), 8])
    )
    out = np.concatenate((out, gone))
    roaming += _wakeful(bed, until, habits.wakeful, np.random.default_rng([*_key(someone, number), 10]))
    if any(first <= number <= last for first, last in someone.course.holidays):
        naps = toilet = visits = _pairs([])
        roaming, out, meals = [], _pairs([(wake, until)]), meals[:0]
    return _compose(starts, rooms, bed, until, naps, out, toilet, visits, meals, roaming)


def habits_on(someone: Person, number: int) -> Habits:
    """What is usual for a person on the local day `number`, so far into their course."""
    months = max(0, number - someone.course.since) / 30
    left = max(0.2, 1 - someone.course.decline * months)
    usual = someone.habits
    ill = ill_on(someone.seed, someone.number, number, someone.course.illnesses, someone.course.falls_ill)
    if ill is not None:
        usual = replace(
            usual,
            nights=usual.nights + ill.illness.nights * ill.strength,
            walks=tuple((hour, likely * (1 - 0.9 * ill.strength)) for hour, likely in usual.walks),
            trips=usual.trips * (1 - ill.strength),
            naps=1 - (1 - usual.naps) * (1 - 0.7 * ill.strength),
            dwell_s=usual.dwell_s * (1 + 0.8 * ill.strength),
        )
    if left == 1.0:
        return usual
    return replace(
        usual,
        nights=usual.nights * (2 - left),
        walks=tuple((hour, likely * left) for hour, likely in usual.walks),
        trips=usual.trips * left,
        naps=1 - (1 - usual.naps) * left,
        dwell_s=usual.dwell_s / left,
    )


def _key(someone: Person, number: int) -> tuple[int, int, int]:
    return someone.seed, someone.number, number


def _roaming(
    bed: int, until: int, likely: float, draw: np.random.Generator
) -> tuple[list[tuple[int, int, int]], NDArray[np.int64]]:
    """Wandering at night: (begin, end, room) of each stay, and the spans out of doors, shape (k, 2)."""
    if draw.random() >= likely:
        return [], _pairs([])
    at = int(draw.integers(bed + HOUR, until - 3 * HOUR))
    end = at + int(draw.integers(20, 90)) * MINUTE
    stays = []
    while at < end:
        span = int(draw.integers(20, 150)) * 1_000_000
        stays.append((at, at + span, int(draw.choice([BEDROOM, KITCHEN, LOUNGE, HALLWAY]))))
        at += span
    outside = [(at, at + int(draw.integers(5, 40)) * MINUTE)] if draw.random() < 0.25 else []
    return stays, _pairs(outside)


def _wakeful(bed: int, until: int, often: float, draw: np.random.Generator) -> list[tuple[int, int, int]]:
    """Up at night for some minutes, to the kitchen or about the rooms: stays as of `_roaming`."""
    stays = []
    for begin in np.sort(draw.integers(bed + HOUR, until - HOUR, draw.poisson(often))).tolist():
        at, end = begin, begin + int(draw.integers(2, 14)) * MINUTE
        while at < end:
            span = int(draw.integers(30, 200)) * 1_000_000
            stays.append((at, at + span, int(draw.choice([BEDROOM, KITCHEN, LOUNGE, HALLWAY]))))
            at += span
    return stays


def _wake(someone: Person, number: int) -> tuple[np.random.Generator, int]:
    draw = np.random.default_rng([someone.seed, someone.number, number])
    hour = someone.habits.wakes + draw.normal(0, someone.habits.steady)
    return draw, number * DAY - someone.utc_offset + int(hour * HOUR)


def _parts(
    wake: int, bed: int, meals: NDArray[np.int64], draw: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(index into _PARTS, instant it begins) of each part of the waking day."""
    eaten = meals + draw.integers(25, 60, 3) * MINUTE
    begins = np.array(
        [wake, meals[0], eaten[0], meals[1], eaten[1], meals[2], eaten[2], bed - 30 * MINUTE], np.int64
    )
    return np.array([0, 1, 2, 1, 2, 1, 3, 0]), begins


def _stays(
    wake: int,
    bed: int,
    begins: NDArray[np.int64],
    parts: NDArray[np.int64],
    dwell_s: float,
    draw: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """A walk through the rooms: heavy-tailed stays, a room by what part of the day it is."""
    mean = dwell_s * np.exp(0.5) * 1e6
    count = int((bed - wake) / mean * 1.4) + 40
    spans = np.exp(draw.normal(np.log(dwell_s * 1e6), 1.0, count)).astype(np.int64)
    starts = wake + np.concatenate(([0], np.cumsum(np.maximum(spans, 15_000_000))))
    starts = starts[starts < bed]
    part = parts[np.searchsorted(begins, starts, side="right") - 1]
    rooms = (draw.random(len(starts))[:, None] > _WHERE[part]).sum(axis=1).clip(max=LOUNGE)
    return starts, rooms.astype(np.int8)


def _pairs(rows: list[tuple[int, int]]) -> NDArray[np.int64]:
    return np.array(rows, np.int64).reshape(-1, 2)


def _naps(lunch: int, likely: float, draw: np.random.Generator) -> NDArray[np.int64]:
    begin, span = int(lunch) + int(draw.integers(60, 100)) * MINUTE, int(draw.integers(30, 110)) * MINUTE
    return _pairs([(begin, begin + span)] if draw.random() < likely else [])


def _walks(
    midnight: int,
    wake: int,
    bed: int,
    meals: NDArray[np.int64],
    naps: NDArray[np.int64],
    habits: Habits,
    draw: np.random.Generator,
) -> NDArray[np.int64]:
    """Going out, never over a meal, a nap, the night or another walk; a trip takes the whole day."""
    away, begin, span = draw.random() < habits.trips, draw.uniform(8, 10.5), draw.uniform(4, 11)
    if away:
        leave = max(midnight + int(begin * HOUR), wake + HOUR // 2)
        return _pairs([(leave, min(leave + int(span * HOUR), bed - HOUR // 2))])
    rows: list[tuple[int, int]] = []
    taken = [(int(m) - 5 * MINUTE, int(m) + 60 * MINUTE) for m in meals] + [(a, b) for a, b in naps.tolist()]
    for hour, likely in habits.walks:
        leave = midnight + int((hour + draw.normal(0, 0.4)) * HOUR)
        back = leave + int(draw.gamma(4, 17) * MINUTE) + 5 * MINUTE
        free = leave > wake + HOUR and back < bed - HOUR and all(back < a or leave > b for a, b in taken)
        if draw.random() < likely and free:
            rows.append((leave, back))
            taken.append((leave, back))
    return _pairs(sorted(rows))


def _nightly(bed: int, until: int, often: float, draw: np.random.Generator) -> NDArray[np.int64]:
    times = np.sort(draw.integers(bed + 40 * MINUTE, until - 30 * MINUTE, draw.poisson(often)))
    spans = draw.integers(150, 540, len(times)) * 1_000_000
    keep = np.diff(times, prepend=bed - HOUR) > 20 * MINUTE
    return np.stack([times, times + spans], axis=1)[keep]


def _visits(midnight: int, bed: int, often: float, draw: np.random.Generator) -> NDArray[np.int64]:
    begin = midnight + (draw.uniform(9.5, 18.5, draw.poisson(often)) * HOUR).astype(np.int64)[:1]
    return np.stack(
        [begin, np.minimum(begin + (draw.gamma(3, 20, len(begin)) * MINUTE).astype(np.int64), bed)], 1
    )


def _compose(
    starts: NDArray[np.int64],
    rooms: NDArray[np.int8],
    bed: int,
    until: int,
    naps: NDArray[np.int64],
    out: NDArray[np.int64],
    toilet: NDArray[np.int64],
    visits: NDArray[np.int64],
    meals: NDArray[np.int64],
    roaming: list[tuple[int, int, int]],
) -> Day:
    """Lay naps, walks and the night over the walk through the rooms."""
    roamed = np.array([stay[:2] for stay in roaming], np.int64).ravel()
    edges = np.unique(np.concatenate((starts, [bed], naps.ravel(), out.ravel(), toilet.ravel(), roamed)))
    where = rooms[np.searchsorted(starts, edges, side="right") - 1]
    activity = _LIVELY[where]
    night = edges >= bed
    where[night], activity[night] = BEDROOM, ASLEEP
    for begin, end, room in roaming:
        within = (edges >= begin) & (edges < end)
        where[within], activity[within] = room, _RESTLESS
    for spans, room, level in (
        (naps, BEDROOM, ASLEEP),
        (toilet, BATHROOM, _UP_AT_NIGHT),
        (out, OUTSIDE, 0.0),
    ):
        for begin, end in spans:
            within = (edges >= begin) & (edges < end)
            where[within], activity[within] = room, level
    gone = [(a, b) for a, b in (*toilet.tolist(), *out.tolist()) if b > bed]
    up = gone + [(a, b) for a, b, _ in roaming]
    in_bed = np.concatenate((naps, _between(bed, until, up)))
    return Day(edges, where, activity, until, in_bed, out, visits, meals)


def _between(bed: int, until: int, up: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Spans of [bed, until) outside all of `up`, shape (k, 2)."""
    lying, at = [], bed
    for begin, end in sorted(up):
        if begin > at:
            lying.append((at, begin))
        at = max(at, end)
    return _pairs([*lying, (at, until)] if at < until else lying)
