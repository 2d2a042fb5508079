"""Did not get up: nothing has moved since the night, and by now this person is up on nearly every day."""

from analytics.activity import OUTER_DOOR
from analytics.living import limits
from analytics.living.day import UP_FROM
from analytics.living.life import Life, Say
from core.finding import Reason
from core.instant import DAY, MINUTE

KIND = "not_up"
MARGIN_MIN = 45.0  # beyond the usual latest


def due(life: Life, now: int) -> int | None:
    """The instant of the local day of `now` by which this person is always up; None while unknown."""
    latest = life.limit(KIND, lambda: limits.latest(life.usual("up_minute"), MARGIN_MIN))
    if latest is None:
        return None
    midnight = (now + life.offset) // DAY * DAY - life.offset
    return midnight + round(latest * MINUTE)


def look(life: Life, now: int) -> list[Say]:
    """Is it so late, and nobody has moved since the early morning?"""
    at = due(life, now)
    if at is None or now < at or now > at + 6 * 60 * MINUTE or KIND in life.open or not life.alone:
        return []
    morning = (now + life.offset) // DAY * DAY + UP_FROM - life.offset
    if not life.last or life.last >= morning or life.place == OUTER_DOOR:
        return []
    past = life.usual("up_minute")
    minute = life.local_minute(at)
    params = {
        "since_at": life.last,
        "days": len(past),
        "up_days": sum(value <= minute for value in past),
        "latest_at": at - round(MARGIN_MIN * MINUTE),
    }
    return [Say(KIND, life.last, at, Reason("not_up.still", params), {"latest_minute": max(past)})]


def sign(life: Life, time: int) -> list[Say]:
    """Somebody moves: up after all."""
    if KIND not in life.open:
        return []
    onset = life.open[KIND].onset
    return [Say(KIND, onset, time, Reason("not_up.up", {"since_at": onset, "up_at": time}), cleared=True)]
