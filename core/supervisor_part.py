"""One part under supervision: started, waited for, watched, started again with growing pauses."""

import logging
import signal
import subprocess
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from core import logs
from core.embedded.ports import PortError
from core.embedded.process import StartError

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
HEALTHY_AFTER_S = 60.0

log = logging.getLogger(__name__)


class Service(Protocol):
    """Something that runs as one process."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def stop_signal(self) -> signal.Signals:
        """What asks it to end in order."""
        ...

    @property
    def ready_within_s(self) -> float:
        """How long it may take to become ready."""
        ...

    @property
    def stop_within_s(self) -> float:
        """How long it may take to end in order."""
        ...

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it. Raises StartError or PortError."""
        ...

    def is_ready(self) -> bool:
        """Whether it does its work; asked until it says yes."""
        ...

    def last_words(self) -> str:
        """What it said before it ended, one line, and where to read more."""
        ...


class State(Enum):
    """Where a part is."""

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"


@dataclass(slots=True)
class Backoff:
    """The pause before the next start: doubles with each failure, forgets after a healthy minute."""

    pause_s: float = FIRST_PAUSE_S

    def next(self, lived_s: float) -> float:
        """Seconds to wait now, for a part that was ready for `lived_s` seconds."""
        if lived_s >= HEALTHY_AFTER_S:
            self.pause_s = FIRST_PAUSE_S
        pause = self.pause_s
        self.pause_s = min(LONGEST_PAUSE_S, pause * 2)
        return pause


@dataclass(slots=True)
class Part:
    """A service and what became of it. `step` does what is due at `now` (seconds of a monotonic clock)."""

    service: Service
    state: State = State.WAITING
    due: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    trouble: str = ""  # what went wrong last
    _since: float = 0.0
    _backoff: Backoff = field(default_factory=Backoff)

    def step(self, now: float) -> str:
        """Start, check or schedule; returns what happened as one sentence, or "" when nothing did."""
        if self.state is State.WAITING:
            return self._start(now) if now >= self.due else ""
        assert self.process is not None
        status = self.process.poll()
        if status is not None:
            return self._failed(now, how_it_ended(status))
        if self.state is State.STARTING:
            return self._wait(now)
        return ""

    def _start(self, now: float) -> str:
        try:
            self.process = self.service.spawn()
        except (StartError, PortError, OSError) as error:
            return self._failed(now, f"could not start: {error}")
        except Exception as error:  # one part's trouble must not end the others
            log.error("could not be started", extra={"service": self.service.name, **logs.trace(error)})
            return self._failed(now, f"could not start: {type(error).__name__}")
        self.state, self._since = State.STARTING, now
        return ""

    def _wait(self, now: float) -> str:
        assert self.process is not None
        try:
            ready = self.service.is_ready()
        except Exception as error:  # nor may it when it cannot be asked; it is asked again
            return self._doubt(error)
        if ready:
            took, self.state, self._since = now - self._since, State.RUNNING, now
            return f"ready after {took:.1f} s"
        if now - self._since > self.service.ready_within_s:
            self.process.kill()
            self.process.wait()
            return self._failed(now, f"was not ready within {self.service.ready_within_s:.0f} s")
        return ""

    def _doubt(self, error: Exception) -> str:
        what = f"cannot be used: {error if isinstance(error, StartError) else type(error).__name__}"
        if what == self.trouble:
            return ""  # said already
        log.error("cannot be used", extra={"service": self.service.name, **logs.trace(error)})
        self.trouble = what
        return what

    def _failed(self, now: float, what: str) -> str:
        lived = now - self._since if self.state is State.RUNNING else 0.0
        pause = self._backoff.next(lived)
        self.state, self.due = State.WAITING, now + pause
        self.trouble = what
        return f"{what}; starting again in {pause:g} s"


def how_it_ended(status: int) -> str:
    """An exit status as people say it."""
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"
