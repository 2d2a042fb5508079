"""Left the bed at night and did not return."""

from analytics.living import limits
from analytics.living.day import at_night
from analytics.living.life import Life, Say
from core.finding import Reason
from core.instant import SECOND

KIND = "bed_not_returned"
LEAST_S, MOST_S = 30 * 60.0, 90 * 60.0
MARGIN = 1.5
SLEPT_S = 30 * 60  # who has lain in bed for less did not get up from sleep


def limit_s(life: Life) -> float:
    """Seconds away from bed at night that are usual, with a margin."""
    learnt = life.limit(
        KIND, lambda: limits.longest(life.usual("bed_absence_longest_s"), LEAST_S, MOST_S, MARGIN)
    )
    return max(MOST_S if learnt is None else learnt, life.habit(KIND, life.left))


def bed(life: Life, time: int, *, occupied: bool) -> list[Say]:
    """The bed sensor speaks."""
    if not occupied:
        slept = life.bed and time - life.bed >= SLEPT_S * SECOND
        if slept and at_night(time + life.offset, life.night):
            life.left = time
        life.bed = 0
        return []
    life.bed = life.bed or time
    if not life.left:
        return []
    away_s = (time - life.left) / SECOND
    onset, life.left = life.left, 0
    if KIND not in life.open:
        life.day.bed_absence_s = max(life.day.bed_absence_s, away_s)
        return []
    params = {"since_at": onset, "back_at": time, "away_s": round(away_s)}
    return [Say(KIND, onset, time, Reason("bed_not_returned.back", params), cleared=True)]


def due(life: Life) -> int | None:
    """When the absence will be too long."""
    return life.left + round(limit_s(life) * SECOND) if life.left else None


def look(life: Life, now: int) -> list[Say]:
    """Is it too long by now? Who gets up near the end of the night has got up for the day."""
    at = due(life)
    if at is None or now < at or KIND in life.open or not life.alone:
        return []
    if not at_night(at + life.offset, life.night):
        life.left = 0
        return []
    past = life.usual("bed_absence_longest_s")
    params = {
        "since_at": life.left, "away_s": (at - life.left) // SECOND, "days": len(past),
        "longest_s": round(max(past, default=0.0)),
    }  # fmt: skip
    key = "bed_not_returned.away" if past else "bed_not_returned.away_new"
    return [Say(KIND, life.left, at, Reason(key, params), {"limit_s": limit_s(life)})]
