"""Whom to ask: the nearest able and free responder. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from alerts.dispatch.travel import Point, Router
from core.instant import MINUTE

POSITION_HOLDS = 30 * MINUTE  # an older position says little: the station's is taken
OFFER_S = {"high": 60, "medium": 300, "low": 900}
THERE_M = 75.0  # so near, the responder has arrived


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who may be sent.

    Attributes:
        post: where they start from when their own position is not known: their station.
        at: instant of `position`, Unix microseconds.
        free: available by their own word, and not on the way to somebody else.
        sees: what they may know of whom it is about ("all" or "address").
        level: how far up the tree their station is.
    """

    account: int
    name: str
    free: bool = True
    position: Point | None = None
    at: int = 0
    post: Point | None = None
    sees: str = "all"
    level: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A responder with the estimate of their way; None where no position is known."""

    account_id: int
    name: str
    distance_m: int | None
    travel_s: int | None
    available: bool
    sees: str = "all"


def candidates(
    responders: Iterable[Responder], place: Point | None, router: Router, now: int
) -> list[Candidate]:
    """All of them, the free before the others, then the quickest first; those whose way is not known come
    last, the nearest in the tree first."""
    rows = []
    for one in responders:
        start = one.position if one.position and now - one.at <= POSITION_HOLDS else one.post
        trip = router.trip(start, place) if start and place else None
        distance_m, travel_s = trip or (None, None)
        found = Candidate(one.account, one.name, distance_m, travel_s, one.free, one.sees)
        rows.append((not one.free, travel_s is None, travel_s or 0, one.level, one.account, found))
    return [row[-1] for row in sorted(rows, key=lambda row: row[:-1])]


def first(found: Iterable[Candidate], asked: Collection[int], urgent: bool = False) -> Candidate | None:
    """Whom to ask next: free, and not asked before. What is `urgent` asks those who are busy, too, after the
    free, rather than nobody."""
    left = [c for c in found if c.account_id not in asked]
    return next((c for c in left if c.available), left[0] if left and urgent else None)
