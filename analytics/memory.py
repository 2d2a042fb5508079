"""What a detector has learnt that takes longer than the readings it sees again after a restart."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from core.instant import MINUTE

# Minutes between two turns; a worker folds a little more than the last hour again after a restart.
TURNS = 60


class Memory(NamedTuple):
    """One row: whose, about whom (a device, a resident or a home), about what, and the numbers themselves."""

    detector: str
    subject: int
    topic: int
    numbers: Sequence[float]


@runtime_checkable
class Keeper(Protocol):
    """A detector that wants some of its state kept. What it keeps must bear being shown readings again that
    it had learnt from already."""

    name: str

    def recall(self, memories: Iterable[Memory]) -> None:
        """What was kept, after `know` and before `resume` and any `fold`."""
        ...

    def memories(self) -> list[Memory]:
        """What is to be kept, changed since the last call; asked after every tick."""
        ...


class Notebook:
    """Which rows have changed since they were last handed out, and whose turn it is: a sixtieth of the
    subjects every minute, so that no hour ends with a flood."""

    def __init__(self) -> None:
        self._changed: set[tuple[int, int]] = set()
        self._minute = -1

    def note(self, subject: int, topic: int) -> None:
        """This row has changed."""
        self._changed.add((subject, topic))

    def due(self, now: int) -> list[tuple[int, int]]:
        """(subject, topic) of the changed rows whose turn has come; each comes once an hour."""
        minute = now // MINUTE
        turns = {m % TURNS for m in range(max(self._minute + 1, minute - TURNS + 1), minute + 1)}
        self._minute = max(self._minute, minute)
        if not turns or not self._changed:
            return []
        rows = sorted(row for row in self._changed if row[0] % TURNS in turns)
        self._changed.difference_update(rows)
        return rows
