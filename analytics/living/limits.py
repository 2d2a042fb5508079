"""When a number of today is unusual for this home: limits from its own past days.

Each function takes past values (one a known day, none negative) and answers with a limit, or None while too
little is known.
"""

from collections.abc import Sequence
from statistics import median

FEWEST_DAYS = 7
MANY = 4.0  # robust standard deviations above the median
_MAD_TO_SD = 1.4826


def longest(past: Sequence[float], least: float, most: float, margin: float) -> float:
    """`margin` times the second longest of the past (one slip may be forgiven), within `least` and `most`;
    `most` while too little is known."""
    if len(past) < FEWEST_DAYS:
        return most
    return min(max(sorted(past)[-2] * margin, least), most)


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
