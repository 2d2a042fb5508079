"""Who has which incident open: on this process's sockets, and on other processes' as they told lately."""

import json
import secrets
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

CHANNEL = "viewing"  # of NOTIFY; a word is repeated every few seconds, so that a lost one heals
_FORGET_S = 15.0  # a process that says nothing for so long is gone, and its people with it
_MOST_TOLD = 50  # viewers of one incident that another process is told of: a payload holds 8,000 bytes


@dataclass(frozen=True, slots=True)
class Viewed:
    """An incident that somebody has open, and whose business it is."""

    incident: str
    path: str
    subjects: tuple[int, ...]


@dataclass(slots=True)
class _Word:
    """What another process said of one incident."""

    heard_at: float
    viewed: Viewed
    viewers: dict[int, str] = field(default_factory=dict)


class Presence:
    """People by incident. It only remembers; the hub asks for what changed and tells it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._name = secrets.token_hex(8)
        self._here: dict[Hashable, tuple[Viewed, int, str]] = {}
        self._there: dict[tuple[str, str], _Word] = {}
        self._changed: dict[str, tuple[Viewed, bool]] = {}  # incident -> (what, whether it changed here)

    def look(self, reader: Hashable, account: int, name: str, viewed: Viewed | None) -> None:
        """`reader`, a socket of `account`, has `viewed` open from now on, and nothing else."""
        before = self._here.pop(reader, None)
        if before is not None:
            self._note(before[0], here=True)
        if viewed is not None:
            self._here[reader] = (viewed, account, name)
            self._note(viewed, here=True)

    def viewers(self, incident: str) -> list[tuple[int, str]]:
        """(account, name) of everybody who has it open, by account."""
        return sorted(self._local(incident).items() | self._remote(incident).items())

    def open(self) -> list[Viewed]:
        """Every incident that somebody has open."""
        self._forget()
        found = {viewed.incident: viewed for viewed, _, _ in self._here.values()}
        found |= {word.viewed.incident: word.viewed for word in self._there.values() if word.viewers}
        return list(found.values())

    def changed(self) -> list[tuple[Viewed, bool]]:
        """What changed since this was last asked, and whether other processes must hear of it."""
        self._forget()
        changed, self._changed = self._changed, {}
        return list(changed.values())

    def word(self, viewed: Viewed) -> str:
        """What other processes are told of one incident."""
        viewers = sorted(self._local(viewed.incident).items())[:_MOST_TOLD]
        said = {"process": self._name, "incident": viewed.incident, "path": viewed.path}
        return json.dumps(said | {"subjects": viewed.subjects, "viewers": viewers})

    def words(self) -> list[str]:
        """The words about everything that is open here, to be said again."""
        return [self.word(viewed) for viewed in {viewed for viewed, _, _ in self._here.values()}]

    def hear(self, payload: str) -> None:
        """Take in another process's word; our own, and what is none, is passed over."""
        try:
            said: dict[str, Any] = json.loads(payload)
            process, incident = str(said["process"]), str(said["incident"])
            viewed = Viewed(incident, str(said["path"]), tuple(map(int, said["subjects"])))
            viewers = {int(account): str(name) for account, name in said["viewers"]}
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        if process == self._name:
            return
        before = self._there.get((process, incident))
        self._there[process, incident] = _Word(self._now(), viewed, viewers)
        if viewers != (before.viewers if before else {}):
            self._note(viewed, here=False)

    def _note(self, viewed: Viewed, *, here: bool) -> None:
        known = self._changed.get(viewed.incident)
        self._changed[viewed.incident] = (viewed, here or (known is not None and known[1]))

    def _local(self, incident: str) -> dict[int, str]:
        return {who: name for viewed, who, name in self._here.values() if viewed.incident == incident}

    def _remote(self, incident: str) -> dict[int, str]:
        words = (word for word in self._there.values() if word.viewed.incident == incident)
        return {who: name for word in words for who, name in word.viewers.items()}

    def _forget(self) -> None:
        late = self._now() - _FORGET_S
        for key in [key for key, word in self._there.items() if word.heard_at < late]:
            word = self._there.pop(key)
            if word.viewers:
                self._note(word.viewed, here=False)


def text(incident: str, viewers: Iterable[tuple[int, str]]) -> str:
    """What sockets are told."""
    people = [{"id": account, "name": name} for account, name in viewers]
    return json.dumps({"type": "viewers", "incident": incident, "viewers": people})
