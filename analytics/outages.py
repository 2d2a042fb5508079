"""Outages of the platform and of single stations: one finding each, and whom it speaks for meanwhile."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.hush import Hush
from analytics.outage import FEWEST_HOMES, SETTLED, OutageWatch, newly_silent
from core.finding import Finding
from core.instant import DAY


class Homes(NamedTuple):
    """What is known of all homes, one row each: key, station, last sign, that moved on by the time in which
    nobody listened, the grace of the most talkative device, and whether it has a finding of its own open."""

    keys: NDArray[np.int64]
    station: NDArray[np.int64]
    heard: NDArray[np.int64]
    fairly: NDArray[np.int64]
    grace: NDArray[np.int64]
    down: NDArray[np.bool_]


class Change(NamedTuple):
    """An outage has begun (`begun`: from when single silences were its first signs) or ended (`begun` 0), in
    the homes of the mask."""

    finding: Finding
    homes: NDArray[np.bool_]
    begun: int


class Outages:
    """The watch over everything, and one over each station that is out."""

    def __init__(self) -> None:
        self.whole = OutageWatch()
        self.hush = Hush()
        self._regions: dict[int, OutageWatch] = {}

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            if finding.kind != "platform_outage" or finding.cleared:
                continue
            station = int(finding.evidence.get("station", 0))
            watch = self._regions.setdefault(station, OutageWatch(station)) if station else self.whole
            watch.resume(finding)

    @property
    def everywhere(self) -> bool:
        """Whether everything is out."""
        return self.whole.onset > 0

    @property
    def any(self) -> bool:
        """Whether the platform or a station is out."""
        return self.everywhere or bool(self._regions)

    def covered(self, homes: Homes) -> NDArray[np.bool_]:
        """The homes whose silence is that of the platform or of their station, shape (homes,)."""
        mask = (homes.heard <= self.whole.onset + SETTLED) & self.everywhere
        for station, watch in self._regions.items():
            mask |= (homes.station == station) & (homes.heard <= watch.onset + SETTLED)
        return mask

    def step(self, homes: Homes, now: int) -> list[Change]:
        """What has begun and ended by `now`."""
        if self.everywhere:
            ended = self.whole.end(homes.keys, homes.heard, now)
            return [Change(ended, np.ones(len(homes.keys), bool), 0)] if ended else []
        changes = list(self._regions_ended(homes, now))
        eligible = ~homes.down & (homes.heard > 0)
        silent = newly_silent(homes.fairly, homes.grace, eligible, now)
        started = self.whole.start(homes.keys, homes.fairly, silent, now) or self._hushed(homes, now)
        if started:
            absorbed = [self._absorbed(watch, homes, now) for watch in self._regions.values()]
            self._regions.clear()
            return [*changes, *absorbed, Change(started, self.covered(homes), self.whole.begun)]
        return changes + list(self._regions_started(homes, silent & ~self.covered(homes), now))

    def _hushed(self, homes: Homes, now: int) -> Finding | None:
        if not self.hush.is_deadly(now):
            return None
        last = self.hush.last
        return self.whole.hushed(homes.keys[homes.heard > last - DAY], last, now)

    def _regions_started(self, homes: Homes, silent: NDArray[np.bool_], now: int) -> Iterator[Change]:
        stations, count = np.unique(homes.station[silent], return_counts=True)
        for station in stations[count >= FEWEST_HOMES].tolist():
            inside = homes.station == station
            if station in self._regions or not station or inside.all():
                continue
            watch = OutageWatch(station)
            keys, heard = homes.keys[inside], homes.fairly[inside]
            finding = watch.start(keys, heard, silent[inside], now)
            if finding:
                self._regions[station] = watch
                yield Change(finding, inside, watch.begun)

    def _regions_ended(self, homes: Homes, now: int) -> Iterator[Change]:
        for station, watch in list(self._regions.items()):
            inside = homes.station == station
            finding = watch.end(homes.keys[inside], homes.heard[inside], now)
            if finding:
                del self._regions[station]
                yield Change(finding, inside, 0)

    def _absorbed(self, watch: OutageWatch, homes: Homes, now: int) -> Change:
        return Change(watch.absorbed(now), homes.station == watch.station, 0)
