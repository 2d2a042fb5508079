"""Out of the door at night, and nobody moves at home afterwards: wandering told without any GPS.

Watched are the homes of residents with fences. Passing the door is the door's word and the hallway's right
after it; whoever moves later than that has stayed, or is back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.activity import OUTER_DOOR, place_of
from analytics.whereabouts import night_of
from core.directory import Directory
from core.fence import Fence
from core.finding import Finding, Reason
from core.instant import DAY, MINUTE, SECOND, to_datetime
from core.messages import zone
from core.quantity import BY_NAME, Among

PASSING = MINUTE  # the hallway still sees somebody go
GONE = 10 * MINUTE  # nobody moved for so long: nobody is there
INSIDE = frozenset({"pir", "presence", "radar"})  # without one of these nobody can be seen to have stayed
OLD = 2 * MINUTE  # later messages come out of a memory
_DOOR = BY_NAME["door"].id
# Somebody is up: when it fires, or whatever it says.
_FIRED = frozenset(BY_NAME[name].id for name in ("presence", "appliance", "button"))
_TOLD = frozenset(BY_NAME[name].id for name in ("bed", "chair", "door"))
DOORS_AND_MOVES = Among(_FIRED | _TOLD)


@dataclass(slots=True)
class Door:
    """One home: when somebody last moved inside, when the outer door moved first and last since, and the
    finding that stands. `judged`: findings up to here were made before a restart."""

    resident: int
    night: Fence
    time_zone: str
    moved: int = 0
    first: int = 0
    last: int = 0
    judged: int = 0
    open: Finding | None = None


class NightExits:
    """Part of the wandering detector; the caller gives messages in order of time."""

    def __init__(self) -> None:
        self._doors: dict[int, Door] = {}
        self._outer: frozenset[int] = frozenset()
        self._waiting: set[int] = set()  # homes whose door moved and nobody since
        self.homes: NDArray[np.int64] = np.zeros(0, np.int64)  # watched

    def know(self, directory: Directory) -> None:
        """Homes where a resident with fences lives."""
        old, self._doors = self._doors, {}
        seeing = {entry.home: entry.time_zone for entry in directory.by_id.values() if entry.kind in INSIDE}
        for home, people in directory.residents.items():
            fenced = [person for person in people if directory.fences.get(person)]
            if not fenced or home not in seeing:
                continue
            door = old.get(home) or Door(0, night_of(()), "")
            door.resident, door.time_zone = fenced[0], seeing[home]
            door.night = night_of(directory.fences[fenced[0]])
            self._doors[home] = door
        self._waiting &= self._doors.keys()
        self.homes = np.array(sorted(self._doors), np.int64)
        outer = (e.id for e in directory.by_id.values() if e.kind == "door" and place_of(e) == OUTER_DOOR)
        self._outer = frozenset(outer)

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            door = self._doors.get(finding.home)
            if door is None or finding.kind != "night_exit":
                continue
            door.judged = max(door.judged, finding.at)
            if not finding.cleared:
                door.open = finding

    def message(
        self, device: int, home: int, time: int, received: int, values: dict[int, float]
    ) -> Iterator[Finding]:
        """What one device of a home said at one instant."""
        door = self._doors.get(home)
        if door is None or received - time > OLD:
            return
        if device in self._outer and _DOOR in values:
            yield from self._gone(home, door, time)
            if time <= door.moved or door.open is not None or not self._at_night(door, time):
                return
            self._waiting.add(home)
            door.first = door.first or time
            door.last = max(door.last, time)
            return
        if any(metric in _TOLD or (metric in _FIRED and value > 0) for metric, value in values.items()):
            yield from self._gone(home, door, time)
            yield from self._moves(home, door, time)

    def passed(self, instant: int) -> list[Finding]:
        """Time has come to `instant` everywhere."""
        waiting = sorted(self._waiting)
        return [finding for home in waiting for finding in self._gone(home, self._doors[home], instant)]

    def _gone(self, home: int, door: Door, instant: int) -> Iterator[Finding]:
        """Nobody has moved since the door did, for long enough; unless nobody was seen for a day before."""
        at = door.last + GONE
        if not door.first or instant < at or door.open is not None:
            return
        self._waiting.discard(home)
        onset, door.first, door.last = door.first, 0, 0
        if at <= door.judged or 0 < door.moved < onset - DAY:
            return
        params = {"since_at": onset, "silent_s": GONE // SECOND}
        door.open = Finding(
            "night_exit", home, onset, at, Reason("night_exit.gone", params), resident=door.resident,
            evidence={"moved_before_at": door.moved},
        )  # fmt: skip
        yield door.open

    def _moves(self, home: int, door: Door, time: int) -> Iterator[Finding]:
        standing = door.open
        if standing is not None and time > standing.at:
            params = {"since_at": standing.onset, "back_at": time}
            params["away_s"] = (time - standing.onset) // SECOND
            reason = Reason("night_exit.back", params)
            yield replace(standing, at=time, revision=standing.revision + 1, cleared=True, reason=reason)
            door.open, door.judged = None, max(door.judged, time)
        if door.first and time > door.last + PASSING:
            self._waiting.discard(home)
            door.first = door.last = 0
        if not door.first:
            door.moved = max(door.moved, time)

    def _at_night(self, door: Door, time: int) -> bool:
        local = to_datetime(time).astimezone(zone(door.time_zone))
        return door.night.holds(local.hour * 60 + local.minute)
