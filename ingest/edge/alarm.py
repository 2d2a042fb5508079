"""What is sounded in the home itself, with or without a line. Pure: instants are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.finding import Finding
from core.instant import MINUTE, SECOND
from ingest.edge.config import Alarm

_ENDS = "all_right"  # the wearer says so
LATE = 10 * MINUTE  # what became known longer ago is no reason to wake a house
HIGH, OFF = "high", "off"


@dataclass(frozen=True, slots=True)
class Ringing:
    """One reason to sound: the finding's id, its kind, whom it is about, and until when."""

    finding: str
    kind: str
    resident: int | None
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Sound:
    """What the siren is to do: `sound` "high" or "off", and why."""

    sound: str
    kind: str
    at: int


class Alarms:
    """Which alarms sound; one siren for all of them."""

    def __init__(self, alarm: Alarm, ringing: Iterable[Ringing] = ()) -> None:
        """`ringing`: what sounded before a restart; say so again with `again`."""
        self._alarm = alarm
        self._rings = {one.finding: one for one in ringing}
        self._over: dict[str, int] = {}  # what has sounded, so that another revision does not begin anew

    @property
    def ringing(self) -> list[Ringing]:
        """What is to be kept, so that a restart in the middle goes on."""
        return list(self._rings.values())

    def again(self, now: int) -> Sound:
        """After a restart: what still sounds, or that nothing does. The last word of before may have been
        kept for the siren, or never have been said."""
        self.tick(now)
        return self._sound(now)

    def hear(self, findings: Iterable[Finding], now: int) -> Sound | None:
        """What changes by these findings; None: nothing."""
        before = self._rings.copy()
        for finding in findings:
            if finding.kind == _ENDS:
                self._end([one for one in self._rings.values() if one.resident == finding.resident], now)
            elif finding.kind in self._alarm.kinds:
                self._one(finding, now)
        return self._sound(now) if bool(before) != bool(self._rings) or self._is_new(before) else None

    def tick(self, now: int) -> Sound | None:
        """Nothing sounds for ever, also when the clock was set back."""
        ring = round(self._alarm.ring_s * SECOND)
        for key, one in self._rings.items():
            if one.since > now + MINUTE:
                self._rings[key] = replace(one, since=now, until=now + ring)
        ended = [one for one in self._rings.values() if now >= one.until]
        self._end(ended, now)
        self._over = {key: at for key, at in self._over.items() if now - at < 60 * MINUTE}
        return self._sound(now) if ended and not self._rings else None

    def _one(self, finding: Finding, now: int) -> None:
        key = str(finding.id)
        if finding.cleared:
            self._end([self._rings[key]] if key in self._rings else [], now)
        elif key not in self._rings and key not in self._over and now - finding.at <= LATE:
            until = now + round(self._alarm.ring_s * SECOND)
            self._rings[key] = Ringing(key, finding.kind, finding.resident, now, until)

    def _end(self, ended: Iterable[Ringing], now: int) -> None:
        for one in ended:
            del self._rings[one.finding]
            self._over[one.finding] = now

    def _is_new(self, before: dict[str, Ringing]) -> bool:
        return bool(self._rings.keys() - before.keys())

    def _sound(self, now: int) -> Sound:
        if not self._rings:
            return Sound(OFF, "", now)
        return Sound(HIGH, max(self._rings.values(), key=lambda one: one.since).kind, now)
