"""Whom a step is for: words of a policy turned into people and stations. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import NamedTuple

from alerts.escalation.policy import Step, within


class Recipient(NamedTuple):
    """Somebody, or the console of a station, and what they may know of whom it is about."""

    kind: str  # account, contact or station
    id: int
    sees: str  # all, address or nothing


@dataclass(frozen=True, slots=True)
class Around:
    """What is known, at one instant, of those around an incident.

    Attributes:
        chain: the stations from its own up to the root.
        zone: time zone of its own station.
        granted: (station, role) -> accounts that hold the role there.
        duty: (station, role) -> accounts on duty there now; a gap in the roster is no entry.
        contacts: (rank, contact) of the resident, whom to call first standing first.
        resting: those of the contacts who do not want to be called now for what can wait.
        family: accounts of the family.
        roots, administrators: of what is about the platform itself, and so about no station: the stations at
            the top, and the accounts of those who answer for everything.
    """

    chain: Sequence[int] = ()
    zone: str = "UTC"
    granted: Mapping[tuple[int, str], Sequence[int]] = field(default_factory=dict)
    duty: Mapping[tuple[int, str], Sequence[int]] = field(default_factory=dict)
    contacts: Sequence[tuple[int, int]] = ()
    resting: frozenset[int] = frozenset()
    family: Sequence[int] = ()
    roots: Sequence[int] = ()
    administrators: Sequence[int] = ()

    def station(self, level: int) -> int | None:
        """The station `level` above the own one; the root where the tree ends; None for the platform."""
        return self.chain[min(level, len(self.chain) - 1)] if self.chain else None


def resting(local: time, start: int | None, end: int | None) -> bool:
    """Whether a contact with quiet hours from `start` to `end` (local minutes of the day, over midnight when
    `end` is the smaller) wants to be left alone at `local`. Without both, never."""
    if start is None or end is None or start == end:
        return False
    return within(local, time(*divmod(start, 60)), time(*divmod(end, 60)))


def recipients(step: Step, level: int, around: Around, priority: str = "high") -> list[Recipient]:
    """Whom `step` is for when an incident of `priority` stands at `level`; each once, in the order of the
    step's words.

    Those of all levels reached are meant, so that whoever was told before is told again. A contact's quiet
    hours hold for low and medium; a step that would then tell nobody tells the desk instead of nobody.
    """
    spared = around.resting if priority != "high" else frozenset()
    found = _all_meant(step.tell, level, around, spared)
    if not found and spared:
        return _all_meant(("console", "operators"), level, around, spared)
    return found


def _all_meant(words: Sequence[str], level: int, around: Around, spared: frozenset[int]) -> list[Recipient]:
    stations = list(dict.fromkeys(s for n in range(level + 1) if (s := around.station(n)) is not None))
    if not around.chain:
        stations = list(around.roots)
    found: dict[tuple[str, int], Recipient] = {}
    for word in words:
        for one in _meant(word, stations, around, spared):
            found.setdefault(one[:2], one)
    return list(found.values())


def _meant(word: str, stations: Sequence[int], around: Around, spared: frozenset[int]) -> Iterable[Recipient]:
    if word == "console":
        return [Recipient("station", station, "nothing") for station in stations]
    if word in ("operators", "all_operators") and not around.chain:
        return _accounts(around.administrators, "all")
    if word == "operators":
        return _accounts(_operators(stations, around), "all")
    if word == "all_operators":
        return _accounts((a for s in stations for a in around.granted.get((s, "operator"), ())), "all")
    if word == "responders":
        return _accounts((a for s in stations for a in _role(s, "responder", around)), "all")
    if word in ("volunteers", "rescue"):
        role = "volunteer" if word == "volunteers" else "rescue"
        return _accounts((a for s in stations for a in around.duty.get((s, role), ())), "address")
    if word == "family":
        return _accounts(around.family, "all")
    rank = int(word.partition(":")[2] or 0)
    # "contact:2" of somebody who has but one means that one: a short list is no reason to tell nobody.
    awake = [contact for _, contact in around.contacts if contact not in spared]
    return [Recipient("contact", contact, "all") for contact in (awake[:rank][-1:] if rank else awake)]


def _operators(stations: Sequence[int], around: Around) -> Iterable[int]:
    for station in stations:
        yield from _role(station, "operator", around)


def _role(station: int, role: str, around: Around) -> Sequence[int]:
    # Where the roster has a gap, everybody who holds the role is told rather than nobody.
    return around.duty.get((station, role)) or around.granted.get((station, role), ())


def _accounts(keys: Iterable[int], sees: str) -> Iterable[Recipient]:
    return [Recipient("account", key, sees) for key in keys]
