"""What the rules of daily life know of one home."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.activity import DOOR_NEAR
from analytics.living.day import FIGURE, FIGURES, NOT_KNOWN, Day
from analytics.living.limits import HABIT_WITHIN, habit
from core.finding import Reason
from core.instant import MINUTE
from core.profile import ORDINARY, Profile

PAST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Say:
    """What a rule has to say: a finding opens, or the one that stands has ended. Instants in UTC."""

    kind: str
    onset: int
    at: int
    reason: Reason
    evidence: Mapping[str, object] = field(default_factory=dict)
    cleared: bool = False


class Standing(NamedTuple):
    """A finding that stands: since when, its last revision, and of whom it was said when it was opened."""

    onset: int
    revision: int
    resident: int | None


@dataclass(slots=True)
class Life:
    """State of one home; instants are Unix microseconds unless called local, 0: never.

    Attributes:
        alone: one person lives there: what is seen is about them. offset: local time minus UTC.
        day: the running day. past: (PAST_DAYS, FIGURES) of finished ones, `known` of them filled, a ring.
        last, place: of the last sign. bath: the first sign of the stay in the bathroom that lasts.
        bed: occupied since; left: left at night at, not yet back. bedded: there is a bed sensor.
        out: the last movement of an outer door.
        doors: outer doors (keys) that stand open, since when. closing: doors that have ever said "closed".
        open: kind -> what stands. ended: kind -> (instant, seconds) of alarms that ended by themselves.
        next_look: when it is its turn.
        spoiled: an alarm was raised on this day. limits: of this day, by rule, worked out once.
    """

    home: int
    resident: int | None = None
    alone: bool = False
    profile: Profile = ORDINARY
    offset: int = 0
    day: Day = field(default_factory=Day)
    past: NDArray[np.float32] = field(
        default_factory=lambda: np.full((PAST_DAYS, len(FIGURES)), NOT_KNOWN, np.float32)
    )
    known: int = 0
    last: int = 0
    place: int = -1
    bath: int = 0
    bed: int = 0
    left: int = 0
    out: int = 0
    doors: dict[int, int] = field(default_factory=dict)
    closing: set[int] = field(default_factory=set)
    open: dict[str, Standing] = field(default_factory=dict)
    ended: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    next_look: int = 0
    spoiled: bool = False
    limits: dict[str, float | None] = field(default_factory=dict)

    @property
    def night(self) -> tuple[int, int]:
        """Local minutes between which people sleep here."""
        return self.profile.night_from, self.profile.night_until

    def local_minute(self, instant: int) -> int:
        """Local minute of the day."""
        return (instant + self.offset) // MINUTE % (24 * 60)

    def is_on_holiday(self, now: int) -> bool:
        """Away as was said; who was last seen well away from the front door has not left yet."""
        profile = self.profile
        return profile.holiday_from <= now < profile.holiday_until and (
            not self.out or self.last - self.out <= DOOR_NEAR
        )

    def usual(self, figure: str) -> list[float]:
        """Past values of a figure, as far as it was measured."""
        values = self.past[: min(self.known, PAST_DAYS), FIGURE[figure]]
        return [float(value) for value in values if value >= 0]

    def limit(self, name: str, work_out: Callable[[], float | None]) -> float | None:
        """A limit of this day."""
        if name not in self.limits:
            self.limits[name] = work_out()
        return self.limits[name]

    def end(self, kind: str, at: int, params: Mapping[str, object]) -> None:
        """An alarm about being somewhere for too long is over, and all is well."""
        lasted = params.get("stayed_s", params.get("away_s"))
        if isinstance(lasted, int | float):
            known = [one for one in self.ended.get(kind, ()) if one[0] > at - HABIT_WITHIN]
            self.ended[kind] = [*known, (at, float(lasted))]

    def habit(self, kind: str, now: int) -> float:
        """Seconds that are this person's way, whatever the rule says; 0 where nothing is."""
        return habit(self.ended.get(kind, ()), now)

    def learn(self, figures: tuple[float, ...]) -> None:
        """One more finished, ordinary day."""
        self.limits.clear()
        self.past[self.known % PAST_DAYS] = figures
        self.known += 1
