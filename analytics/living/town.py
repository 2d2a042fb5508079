"""Is it the person who is silent, or everybody? Told by how many homes are usually up and about by now.

A quiet night is no outage: at night nobody is expected, and nobody's rules are put off.
"""

from collections.abc import Iterable

from analytics.gathering import SIGMAS
from analytics.living.day import at_night
from analytics.living.life import Life
from core.instant import DAY, HOUR, MINUTE

SETTLED_MIN = 30.0  # minutes after the usual hour of rising from which on a home is expected to stir
QUIET = HOUR  # without a sign of anybody
AGAIN = 15 * MINUTE  # how often the town is counted
SHOWS = HOUR  # after an outage people are given so long to show themselves


class Outage:
    """Whether the whole town is silent, though it is usually up by now."""

    def __init__(self) -> None:
        self._counted = 0  # when it was last counted
        self._until = 0

    def lasts(self, lives: Iterable[Life], newest: int, now: int) -> bool:
        """Whether nothing can be said of a single home at `now`; `newest`: the last sign of anybody."""
        if newest < now - QUIET and now >= self._counted + AGAIN:
            self._counted = now
            if is_missed(lives, newest, now):
                self._until = now + SHOWS
        return now < self._until


def is_missed(lives: Iterable[Life], newest: int, now: int) -> bool:
    """Whether so many homes are usually up by now that it is no chance that not one of them stirs."""
    expected = 0.0
    for life in lives:
        profile = life.profile
        if life.last <= newest - DAY or profile.holiday_from <= now < profile.holiday_until:
            continue
        local = now + life.offset
        if at_night(local, life.night):
            continue
        up = life.usual("up_minute")
        if up:
            minute = local // MINUTE % (24 * 60) - SETTLED_MIN
            expected += sum(value <= minute for value in up) / len(up)
        if expected > SIGMAS**2:  # then even nobody is more than SIGMAS standard deviations too few
            return True
    return False
