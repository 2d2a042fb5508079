"""Between the detectors of daily life and the store: what they are told, and what they leave behind."""

import time
from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from analytics.detector import Detector
from analytics.inactivity_presence import Presence
from analytics.living.day import HomeDay
from analytics.living.drift import SHOWN, Visit, worth_a_visit
from analytics.silence_patience import REMEMBERED, Rulings
from core.directory import Directory
from core.instant import DAY, HOUR, MINUTE
from ingest.behaviour.hearsay import Hearsay
from ingest.behaviour.store import Behaviour
from ingest.writer import Writer

READ_EVERY_S = 30.0
DRIFT_EVERY = 6 * HOUR
OVERLAP = 10 * MINUTE  # rulings are read again for so long, for those that were stored late
SLICE = 50  # homes in which a tick looks for drift: some 20 ms


@runtime_checkable
class Ruled(Protocol):
    """A detector that heeds what people said of its alarms of silence."""

    def heed_rulings(self, rulings: Rulings, now: int, *, whole: bool = True) -> None:
        """All that was ever said and not taken back, of all homes; or of those named, if not `whole`."""
        ...


@runtime_checkable
class Host(Protocol):
    """A detector that knows who seems to be where."""

    def presences(self) -> list[Presence]:
        """What has changed since the last call."""
        ...

    def returned(self) -> list[tuple[int, int]]:
        """(home, instant) of holidays that are over."""
        ...


@runtime_checkable
class Diarist(Protocol):
    """A detector that writes down a home's days."""

    def load_days(self, days: Iterable[HomeDay]) -> None:
        """Finished days as they were stored, before anything is folded."""
        ...

    def days(self) -> list[HomeDay]:
        """Days that have finished since the last call."""
        ...


class Living:
    """Reads rulings at the start, a part of them every half minute, and looks for drift a few times a day."""

    def __init__(self, writer: Writer, detectors: Iterable[Detector]) -> None:
        every = list(detectors)
        self._writer = writer
        self._ruled = [detector for detector in every if isinstance(detector, Ruled)]
        self._hosts = [detector for detector in every if isinstance(detector, Host)]
        self._diarists = [detector for detector in every if isinstance(detector, Diarist)]
        self._read_at: float | None = None
        self._drift_at = 0
        self._hearsay = Hearsay()
        self._to_visit: list[int] = []  # homes of this round that are yet to be looked at

    def restore(self, now: int) -> None:
        """What was stored of past days, before anything is folded."""
        days = self._writer.home_days(now // DAY - SHOWN) if self._diarists else []
        for diarist in self._diarists:
            diarist.load_days(days)
        self.refresh(now)

    def refresh(self, now: int) -> None:
        """Read what was said of late and one part of what was said before, if it is time."""
        mono = time.monotonic()
        if not self._ruled or (self._read_at is not None and mono - self._read_at < READ_EVERY_S):
            return
        first, self._read_at = self._read_at is None, mono
        if first:
            whole = self._writer.rulings(now - REMEMBERED)
            self._hearsay.begin(whole, now)
            self._heed(whole, now, whole=True)
            return
        self._heed(self._hearsay.add(self._writer.rulings(now - OVERLAP)), now, whole=False)
        begin, until = self._hearsay.next_window(now)
        fresh = self._writer.rulings(max(begin, now - REMEMBERED), until)
        self._heed(self._hearsay.replace(begin, fresh), now, whole=False)

    def _heed(self, rulings: Rulings, now: int, *, whole: bool) -> None:
        if whole or rulings:
            for detector in self._ruled:
                detector.heed_rulings(rulings, now, whole=whole)

    def collect(self, now: int, directory: Directory) -> Behaviour:
        """What is to be stored, new since the last call."""
        days = [day for diarist in self._diarists for day in diarist.days()]
        return Behaviour(
            presences=[presence for host in self._hosts for presence in host.presences()],
            returned=[back for host in self._hosts for back in host.returned()],
            days=days,
            visits=self._visits(now, directory) if self._diarists else (),
        )

    def _visits(self, now: int, directory: Directory) -> list[tuple[int, int, Visit]]:
        """Whoever lives in a home that has changed, SLICE homes at a time; what finished just now is seen the
        next time."""
        if not self._to_visit:
            if now < self._drift_at:
                return []
            self._drift_at = now + DRIFT_EVERY
            self._to_visit = sorted(directory.residents, reverse=True)
        homes = self._to_visit[-SLICE:]
        del self._to_visit[-SLICE:]
        today = now // DAY
        visits = worth_a_visit(self._writer.home_days(today - SHOWN, homes), today)
        return [
            (person, today, visit) for visit in visits for person in directory.residents.get(visit.home, ())
        ]
