"""What a detector may be able to do beside folding batches; the worker looks for it."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from analytics.routine import RoutineDay
from core.finding import Finding


@runtime_checkable
class Learner(Protocol):
    """A detector that learns over weeks and hands out what it learnt to be kept."""

    def load(self, rows: Iterable[RoutineDay]) -> None:
        """What was kept, before anything is folded."""
        ...

    def routine_rows(self) -> list[RoutineDay]:
        """What is to be kept, new since the last call."""
        ...


@runtime_checkable
class Watcher(Protocol):
    """A detector that watches for devices falling silent."""

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device, instant at which it was last heard), before anything is folded."""
        ...


@runtime_checkable
class Tellable(Protocol):
    """A detector whose work a gateway may have done already."""

    name: str

    def told(self, findings: Iterable[Finding]) -> list[Finding]:
        """What gateways saw, as news of what is known here."""
        ...
