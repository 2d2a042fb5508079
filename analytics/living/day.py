"""A home's day in numbers: what unusual nights and slow change are told from.

A day runs from noon to noon, so that a night belongs to one day; it is named after the date of its morning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from analytics.activity import BATHROOM, KITCHEN, OUTER_DOOR
from core.instant import DAY, HOUR, MINUTE, SECOND

NOON = 12 * HOUR
FIGURES = (
    "active_minutes", "night_minutes", "kitchen_visits", "bathroom_visits", "night_bathroom_visits",
    "transition_s", "up_minute", "bathroom_longest_s", "bed_absence_longest_s", "outings", "weight_kg",
)  # fmt: skip
NOT_KNOWN = -1.0  # of a figure that nothing was measured for
VISIT_GAP = 10 * MINUTE  # signs of one room further apart are two visits
ON_THE_WAY = 2 * MINUTE  # from one room into the next within this: a walk through the home
UP_FROM = 4 * HOUR  # the first movement after that, with more soon after it, is getting up
UP_WITHIN, UP_SIGNS = 30 * MINUTE, 3
MOST_WALKS = 200  # remembered of one day
FEWEST_MINUTES = 30  # active minutes of a day on which somebody lived here


class HomeDay(NamedTuple):
    """One finished day as the store keeps it: home (key), day (days since 1970-01-01), FIGURES.

    One number more, 1, follows where the day is not learned from: an alarm of its own, or guests.
    """

    home: int
    day: int
    figures: Sequence[float]

    @property
    def lived(self) -> bool:
        """Whether somebody was at home for a good part of it, as far as anybody saw."""
        return len(self.figures) >= len(FIGURES) and self.figures[0] >= FEWEST_MINUTES

    @property
    def teaches(self) -> bool:
        """Whether it was an ordinary day at home."""
        return self.lived and not any(self.figures[len(FIGURES) :])


def day_of(local: int) -> int:
    """The day (named after its morning) to which an instant of local time belongs, microseconds."""
    return (local + NOON) // DAY


def at_night(local: int, night: tuple[int, int]) -> bool:
    """Whether a local instant lies between the two local minutes of the day; they may span midnight."""
    minute = local % DAY // MINUTE
    begin, end = night
    return begin <= minute < end if begin < end else minute >= begin or minute < end


@dataclass(slots=True)
class Day:
    """The running day of one home; signs are given in order of time, local microseconds."""

    day: int = 0
    minute: int = 0  # the last active one
    active: int = 0
    night: int = 0
    visits: dict[int, int] = field(default_factory=dict)  # room -> how often it was entered
    night_visits: int = 0  # to the bathroom
    outings: int = 0
    place: int = -1  # of the last sign
    at: int = 0
    walks: list[int] = field(default_factory=list)  # seconds from room to room
    up: list[int] = field(default_factory=list)  # the first signs of the morning
    bathroom_s: float = NOT_KNOWN
    bed_absence_s: float = NOT_KNOWN
    weight: float = NOT_KNOWN

    def sign(self, local: int, place: int, night: tuple[int, int]) -> None:
        """Somebody moved at `place`."""
        if local // MINUTE != self.minute:
            self.minute = local // MINUTE
            self.active += 1
            self.night += at_night(local, night)
        entered = place != self.place or local - self.at > VISIT_GAP
        if entered:
            self.visits[place] = self.visits.get(place, 0) + 1
            self.night_visits += place == BATHROOM and at_night(local, night)
            self.outings += place == OUTER_DOOR
            walk = local - self.at
            if 0 <= self.place != place and walk <= ON_THE_WAY and len(self.walks) < MOST_WALKS:
                self.walks.append(walk // SECOND)
        if UP_FROM <= local % DAY < NOON and len(self.up) < UP_SIGNS:
            if self.up and local - self.up[0] > UP_WITHIN:
                self.up.clear()
            self.up.append(local)
        self.place, self.at = place, local

    def figures(self) -> tuple[float, ...]:
        """The day so far, as FIGURES."""
        up = self.up[0] % DAY / MINUTE if len(self.up) == UP_SIGNS else NOT_KNOWN
        walk = median(self.walks) if len(self.walks) >= UP_SIGNS else NOT_KNOWN
        return (
            self.active, self.night, self.visits.get(KITCHEN, 0), self.visits.get(BATHROOM, 0),
            self.night_visits, walk, up, self.bathroom_s, self.bed_absence_s, self.outings, self.weight,
        )  # fmt: skip


FIGURE = {name: index for index, name in enumerate(FIGURES)}
