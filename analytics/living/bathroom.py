"""Too long in the bathroom; and unusually often there at night, which may be an infection or a new drug."""

from analytics.activity import BATHROOM
from analytics.living import limits
from analytics.living.day import at_night
from analytics.living.life import Life, Say
from core.finding import Reason
from core.instant import MINUTE, SECOND

LONG, VISITS = "bathroom_long", "bathroom_visits"
LEAST_S, MOST_S = 45 * 60.0, 2 * 3600.0  # a learnt limit lies between these
MARGIN = 2.0
SEEN = 10 * MINUTE  # at night only a stay during which somebody was seen for so long counts
FEWEST_VISITS = 5  # a night with fewer needs no look


def limit_s(life: Life) -> float:
    """Seconds after which a stay is too long: as set, or learnt from the longest of past days."""
    if life.profile.bathroom_limit_s is not None:
        return float(life.profile.bathroom_limit_s)
    learnt = life.limit(
        LONG, lambda: limits.longest(life.usual("bathroom_longest_s"), LEAST_S, MOST_S, MARGIN)
    )
    return max(MOST_S if learnt is None else learnt, life.habit(LONG, life.bath))


def sign(life: Life, time: int, place: int) -> list[Say]:
    """Somebody moves: the stay begins, goes on, or has ended."""
    if place == BATHROOM:
        life.bath = life.bath or time
        return []
    if not life.bath:
        return []
    if not _may_sleep(life):
        life.day.bathroom_s = max(life.day.bathroom_s, (time - life.bath) / SECOND)
    onset, life.bath = life.bath, 0
    if LONG not in life.open:
        return []
    params = {"since_at": onset, "out_at": time, "stayed_s": (time - onset) // SECOND}
    return [Say(LONG, onset, time, Reason("bathroom_long.out", params), cleared=True)]


def _may_sleep(life: Life) -> bool:
    """Who has gone back to bed at night without being seen was last seen here, if only for a moment."""
    return at_night(life.bath + life.offset, life.night) and life.last - life.bath < SEEN


def due(life: Life) -> int | None:
    """When the stay that lasts will be too long."""
    return life.bath + round(limit_s(life) * SECOND) if life.bath else None


def look(life: Life, now: int) -> list[Say]:
    """Is it too long by now?"""
    at = due(life)
    if at is None or now < at or LONG in life.open or not life.alone:
        return []
    if _may_sleep(life):
        return []
    longest_s = max(life.usual("bathroom_longest_s"), default=0.0)
    params = {
        "since_at": life.bath, "stayed_s": (at - life.bath) // SECOND,
        "days": len(life.usual("bathroom_longest_s")), "longest_s": round(longest_s),
    }  # fmt: skip
    key = "bathroom_long.stays" if longest_s else "bathroom_long.stays_new"
    return [Say(LONG, life.bath, at, Reason(key, params), {"limit_s": limit_s(life)})]


def night(life: Life, time: int) -> list[Say]:
    """After a sign at night: more visits than in any of the past nights, and far more than usual?"""
    if VISITS in life.open or not life.alone:
        return []
    most = life.limit(VISITS, lambda: limits.count(life.usual("night_bathroom_visits"), FEWEST_VISITS - 1))
    visits = life.day.night_visits
    if most is None or visits <= most:
        return []
    past = life.usual("night_bathroom_visits")
    usual = sorted(past)[len(past) // 2]
    params = {"visits": visits, "usual": round(usual), "most": round(max(past)), "days": len(past)}
    return [Say(VISITS, time, time, Reason("bathroom_visits.many", params))]
