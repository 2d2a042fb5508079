"""When a number of today is unusual for this home: limits from its own past days.

Each function takes past values (one a known day, none negative) and answers with a limit, or None while too
little is known.
"""

from collections.abc import Iterable, Sequence
from statistics import median

from core.instant import DAY

FEWEST_DAYS = 7
HABIT = 5  # alarms that ended by themselves within HABIT_WITHIN: this is how the person lives
HABIT_WITHIN = 21 * DAY
MORE = 1.25  # times what is usual, beyond any cap
MANY = 4.0  # robust standard deviations above the median
_MAD_TO_SD = 1.4826


def longest(past: Sequence[float], least: float, most: float, margin: float) -> float:
    """`margin` times the second longest of the past (one slip may be forgiven), within `least` and `most`;
    `most` while too little is known. What nearly every day brings is no alarm, however long it is."""
    if len(past) < FEWEST_DAYS:
        return most
    ordered = sorted(past)
    bounded = min(max(ordered[-2] * margin, least), most)
    return max(bounded, ordered[len(ordered) // 4] * MORE)


def habit(ended: Iterable[tuple[int, float]], now: int) -> float:
    """Seconds that somebody who was told of again and again, and was well each time, may be away: more than
    all but one of those times; 0 for others. `ended`: instants, and how long it had lasted."""
    lasted = sorted(seconds for at, seconds in ended if now - HABIT_WITHIN <= at <= now)
    return lasted[-2] * MORE if len(lasted) >= HABIT else 0.0


def count(past: Sequence[float], least: float) -> float | None:
    """A count beyond this is unusual: above all of the past, and by MANY deviations above its middle."""
    if len(past) < FEWEST_DAYS:
        return None
    middle = median(past)
    spread = _MAD_TO_SD * median(abs(value - middle) for value in past)
    return max(*past, middle + MANY * max(spread, 1.0), least)


def latest(past: Sequence[float], margin: float) -> float | None:
    """The latest minute of the day that is still usual: that of nearly every past day, and a margin."""
    if len(past) < FEWEST_DAYS:
        return None
    ordered = sorted(past)
    return ordered[-1 if len(past) < 2 * FEWEST_DAYS else -2] + margin
