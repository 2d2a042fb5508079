"""When many homes fall silent together it is not the homes: the platform or its network is down."""

import numpy as np
from numpy.typing import NDArray

from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND

FEWEST_HOMES = 5
SHARE = 0.5  # more than this share of the homes
HUSHED_SHARE = 0.1  # of the homes, when it was told by nobody speaking at all
TOGETHER = 10 * MINUTE  # they fell silent within this time
EARLY = 0.5  # of a device's grace: the platform is judged before the first single device is
SETTLED = 2 * MINUTE  # the onset is the last sign of the silent homes; others may have spoken a little longer
RECENT = 30 * MINUTE  # a silence that was passed over for so long is the homes' own


def newly_silent(
    heard: NDArray[np.int64],
    grace: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    now: int,
) -> NDArray[np.bool_]:
    """Homes overdue by half the grace of their most talkative device, but not for long. Shapes (homes,)."""
    half = (grace * EARLY).astype(np.int64)
    overdue = (now - heard > half) & (now - heard < grace + RECENT)
    return eligible & overdue


class OutageWatch:
    """One open outage, or none.

    Attributes:
        station: whose homes it watches; 0: everybody's.
        onset: last sign of life before it, Unix microseconds; 0 while there is no outage.
        begun: instant from which single silences are counted as its first signs.
    """

    def __init__(self, station: int = 0) -> None:
        self.station = station
        self.onset = 0
        self.begun = 0
        self._share = SHARE  # of the homes that must speak again
        self._silent: NDArray[np.int64] = np.zeros(0, np.int64)  # keys of the homes that fell silent

    def resume(self, finding: Finding) -> None:
        """Reopen the outage of an open finding."""
        self.onset = int(finding.evidence.get("last", finding.onset))
        self.begun = self.onset - TOGETHER
        self._share = HUSHED_SHARE if finding.reason.key == "platform_outage.hush" else SHARE

    def start(
        self,
        homes: NDArray[np.int64],
        heard: NDArray[np.int64],
        silent: NDArray[np.bool_],
        now: int,
    ) -> Finding | None:
        """An outage, when the silent homes outnumber those heard since the last of them was."""
        if np.count_nonzero(silent) < FEWEST_HOMES:
            return None
        last = int(heard[silent].max())
        together = silent & (heard >= last - TOGETHER)
        count, alive = (
            int(np.count_nonzero(together)),
            int(np.count_nonzero(heard > last)),
        )
        if count < FEWEST_HOMES or count <= SHARE * (count + alive):
            return None
        self.onset, self.begun, self._silent = last, last - TOGETHER, homes[together]
        self._share = SHARE
        return self._finding(now, "platform_outage.silent", count, count + alive, 0)

    def hushed(self, homes: NDArray[np.int64], last: int, now: int) -> Finding | None:
        """An outage, when none of enough `homes` (keys) has said anything since `last`, and one of them
        usually would have. A few that speak again end it: that nobody did was what proved it."""
        if len(homes) < FEWEST_HOMES:
            return None
        self.onset, self.begun, self._silent = last, last - TOGETHER, homes
        self._share = HUSHED_SHARE
        return self._finding(now, "platform_outage.hush", len(homes), len(homes), 0)

    def absorbed(self, now: int) -> Finding:
        """The cleared revision of a station's outage that turned out to be everybody's."""
        return self._finding(now, "platform_outage.absorbed", 0, 0, 1)

    def end(self, homes: NDArray[np.int64], heard: NDArray[np.int64], now: int) -> Finding | None:
        """The cleared revision once most of the homes have been heard since, else None."""
        of_interest = np.isin(homes, self._silent) if len(self._silent) else heard >= self.begun
        back = int(np.count_nonzero(heard[of_interest] > self.onset + SETTLED))
        total = int(np.count_nonzero(of_interest))
        if back <= self._share * total:
            return None
        finding = self._finding(now, "platform_outage.over", back, total, 1)
        self.onset = 0
        return finding

    def _finding(self, at: int, key: str, count: int, total: int, revision: int) -> Finding:
        params: dict[str, int] = {
            "count": count,
            "total": total,
            "since_at": self.onset,
            "silent_s": (at - self.onset) // SECOND,
        }
        # Two stations may fall silent at the same instant: the last digits tell their outages apart.
        onset = self.onset - self.onset % 1000 + self.station % 1000 if self.station else self.onset
        evidence = {"last": self.onset}
        if self.station:
            key = f"{key}_station"
            params["station"] = evidence["station"] = self.station
        return Finding(
            "platform_outage", 0, onset, at, Reason(key, params), evidence=evidence,
            severity="region" if self.station else "", revision=revision, cleared=revision > 0,
        )  # fmt: skip
