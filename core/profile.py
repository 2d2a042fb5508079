"""How one resident wants to be watched over: what an administrator or the family may set."""

from collections.abc import Iterable
from dataclasses import dataclass

MONTH_DAYS = 30.44
BY_GRADE = {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.5, 4: 2.0}
"""Tolerated false alarms a month by ability grade (GB/T 42195): who can help themselves less is called upon
sooner, at the price of a false alarm more. A rule of ours, to be changed for each resident."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings of one resident, or of a household.

    Attributes:
        tolerated_per_month: false alarms of silence a month that are put up with.
        holiday_from, holiday_until: away as said beforehand, Unix microseconds; until 0: no holiday.
        visitors_until: guests are in the house until then, Unix microseconds, or 0.
        bathroom_limit_s: longest stay in the bathroom that needs no look; None: learnt from the person.
        night_from, night_until: local minutes of the day between which people sleep here.
    """

    tolerated_per_month: float = 1.0
    holiday_from: int = 0
    holiday_until: int = 0
    visitors_until: int = 0
    bathroom_limit_s: int | None = None
    night_from: int = 22 * 60
    night_until: int = 6 * 60

    @property
    def tolerated_a_day(self) -> float:
        """False alarms a day."""
        return self.tolerated_per_month / MONTH_DAYS


ORDINARY = Profile()


def of_household(profiles: Iterable[Profile]) -> Profile:
    """One profile for people who live together: a home is on holiday when all of them are."""
    people = list(profiles)
    if not people:
        return ORDINARY
    limits = [p.bathroom_limit_s for p in people if p.bathroom_limit_s is not None]
    return Profile(
        tolerated_per_month=max(p.tolerated_per_month for p in people),
        holiday_from=max(p.holiday_from for p in people),
        holiday_until=min(p.holiday_until for p in people),
        visitors_until=max(p.visitors_until for p in people),
        bathroom_limit_s=max(limits) if limits else None,
        night_from=min((p.night_from for p in people), key=lambda minute: (minute - 12 * 60) % (24 * 60)),
        night_until=max((p.night_until for p in people), key=lambda minute: (minute - 12 * 60) % (24 * 60)),
    )
