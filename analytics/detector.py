"""The one protocol every detector keeps. A detector is a pure fold: no clock, no database, no network.

How a worker drives one:

    detector.know(directory)                 at start, and whenever the installation changes
    detector.resume(findings)                once, after a restart
    detector.fold(batch)                     stored readings again (oldest first), then every new batch
    detector.tick(now)                       about once a second, after what arrived before `now` was folded

What was stored may be shown to a detector a little later than to others, together with what came meanwhile:
`may_wait_s` says how many seconds a detector can wait (none where it does not say). Before a tick it has seen
all.

Because a finding's id follows from (subject, kind, onset), saying it twice changes nothing in the store.
"""

from collections.abc import Iterable
from typing import Protocol

from core.batch import Batch
from core.directory import Directory
from core.finding import Finding


class Detector(Protocol):
    """Readings of many homes in, findings out; state is a function of what was folded and ticked."""

    name: str

    def know(self, directory: Directory) -> None:
        """Take over who and what is installed; forget what is no longer there."""
        ...

    def resume(self, findings: Iterable[Finding]) -> None:
        """Take up after a restart: the last revision of each of this detector's findings that still stands
        open, and of those that ended lately. Findings of other kinds are ignored."""
        ...

    def fold(self, batch: Batch) -> list[Finding]:
        """Consume what arrived together; duplicates and another split into batches change nothing."""
        ...

    def tick(self, now: int) -> list[Finding]:
        """Time has come to `now` (Unix microseconds by the server's clock) whether or not data came."""
        ...
