"""The clock as a value: the system's, or a virtual one that lets recorded months pass in an evening.

Only entry points (`python -m ingest`, ...) hold a clock; everything below them is given instants.
A supervisor passes one specification to all its parts, so they agree on what time it is.
"""

import time
from dataclasses import dataclass
from typing import Protocol

from core.instant import SECOND


class Clock(Protocol):
    """Tells the instant and how long to wait for another."""

    def now(self) -> int:
        """The instant, Unix microseconds."""
        ...

    def sleep_s(self, virtual_s: float) -> float:
        """Real seconds in which `virtual_s` seconds of this clock pass; never negative."""
        ...


def _real_now() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock on the wall."""

    def now(self) -> int:
        """Unix microseconds."""
        return _real_now()

    def sleep_s(self, virtual_s: float) -> float:
        """The same number of seconds."""
        return max(0.0, virtual_s)


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """Runs `rate` times as fast as the real one; at `real_anchor` it showed `virtual_anchor`.

    Before the anchor it stands still: a recorded month does not begin before its first day.

    Attributes:
        real_anchor, virtual_anchor: Unix microseconds.
        rate: virtual seconds a real second, above 0.
    """

    real_anchor: int
    virtual_anchor: int
    rate: float

    def __post_init__(self) -> None:
        if not 0 < self.rate < float("inf"):
            raise ValueError(f"a clock's rate must be above 0, not {self.rate}")

    def now(self) -> int:
        """Virtual Unix microseconds."""
        return self.at(_real_now())

    def at(self, real: int) -> int:
        """The virtual instant at the real instant `real`."""
        return self.virtual_anchor + int(max(0, real - self.real_anchor) * self.rate)

    def sleep_s(self, virtual_s: float) -> float:
        """Real seconds in which `virtual_s` virtual seconds pass."""
        return max(0.0, virtual_s) / self.rate

    @property
    def spec(self) -> str:
        """The text from which `parse` makes this clock again."""
        return f"{self.real_anchor},{self.virtual_anchor},{self.rate!r}"


@dataclass(slots=True)
class ManualClock:
    """A clock for tests: moves only when told to."""

    instant: int = 1_700_000_000 * SECOND

    def now(self) -> int:
        """Unix microseconds."""
        return self.instant

    def sleep_s(self, virtual_s: float) -> float:
        """Nothing passes by itself, so there is nothing to wait for."""
        return 0.0

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> int:
        """Move on and return the new instant."""
        self.instant += round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND)
        return self.instant


def parse(spec: str) -> Clock:
    """The clock `spec` describes: "" the system's, "<real us>,<virtual us>,<rate>" a scaled one.

    Raises ValueError, naming the form, on anything else.
    """
    if not spec.strip():
        return SystemClock()
    try:
        real, virtual, rate = spec.split(",")
        return ScaledClock(int(real), int(virtual), float(rate))
    except ValueError as error:
        raise ValueError(f"clock {spec!r} is not <real us>,<virtual us>,<rate>: {error}") from error
