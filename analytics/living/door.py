"""The front door stands open at night. Only for doors that also say when they are closed."""

from analytics.living.day import at_night
from analytics.living.life import Life, Say
from core.finding import Reason
from core.instant import MINUTE, SECOND

KIND = "door_open_night"
AFTER = 10 * MINUTE


def door(life: Life, device: int, time: int, *, is_open: bool) -> list[Say]:
    """An outer door opens or closes."""
    if is_open:
        life.doors.setdefault(device, time)
        return []
    life.closing.add(device)
    opened = life.doors.pop(device, 0)
    if KIND not in life.open:
        return []
    onset = life.open[KIND].onset
    # When it was opened may be forgotten after a restart: with every door shut none stands open any more.
    if opened != onset and life.doors:
        return []
    params = {"since_at": onset, "closed_at": time, "open_s": (time - onset) // SECOND}
    return [Say(KIND, onset, time, Reason("door_open_night.closed", params), cleared=True)]


def due(life: Life) -> int | None:
    """When a door that stands open will have done so for too long."""
    since = [opened for device, opened in life.doors.items() if device in life.closing]
    return min(since) + AFTER if since else None


def look(life: Life, now: int) -> list[Say]:
    """Is it night, and has one been open for long?"""
    at = due(life)
    if at is None or now < at or KIND in life.open or not at_night(now + life.offset, life.night):
        return []
    onset = at - AFTER
    params = {"since_at": onset, "open_s": (now - onset) // SECOND}
    return [Say(KIND, onset, now, Reason("door_open_night.open", params))]
