"""The sentence that explains a silence, and the numbers that led to it."""

from dataclasses import dataclass

from analytics.activity import PLACES
from core.finding import Reason
from core.instant import SECOND


@dataclass(frozen=True, slots=True)
class Case:
    """One silence that has become too long.

    Attributes:
        onset, at: when it began, and when it became too long. days: known days of the home.
        longest_s: the longest ordinary one begun at this hour, 0 when there is none.
        up_days: on how many of those days somebody was active in the hour of `at`.
        away: it began at an outer door. place: of the last sign. score: above the threshold by so much.
        threshold: by then. tolerated: false alarms a month that are put up with.
    """

    onset: int
    at: int
    days: int
    longest_s: int
    up_days: int
    away: bool
    place: int
    score: float
    threshold: float
    tolerated: float


def reason(case: Case) -> Reason:
    """ "No movement since 07:12; by now he is up on 29 of 30 days", with the numbers."""
    params = {
        "since_at": case.onset,
        "silent_s": (case.at - case.onset) // SECOND,
        "days": case.days,
        "longest_s": case.longest_s,
        "up_days": case.up_days,
    }
    if not case.longest_s:
        return Reason(f"inactivity.{'not_back' if case.away else 'silence'}_new", params)
    if case.away:
        return Reason("inactivity.not_back", params)
    return Reason("inactivity.silence_up" if case.up_days * 2 > case.days else "inactivity.silence", params)


def evidence(case: Case) -> dict[str, object]:
    """What decided."""
    return {
        "silent_s": (case.at - case.onset) // SECOND,
        "away": case.away,
        "place": PLACES[case.place],
        "days": case.days,
        "score": round(case.score, 2),
        "threshold": round(case.threshold, 2),
        "tolerated_per_month": case.tolerated,
    }


def moved(onset: int, instant: int) -> Reason:
    """Somebody moves again."""
    params = {"since_at": onset, "back_at": instant, "silent_s": (instant - onset) // SECOND}
    return Reason("inactivity.moved", params)
