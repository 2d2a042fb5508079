"""A device's clock may be wrong, jump or drift; the server's is believed.

Lateness is receive time minus the device's (corrected) time. Data from a device's memory comes in with
*changing* lateness; a wrong clock shows the *same* lateness again and again. Only the second is corrected,
by an offset that holds from one of the device's own instants on, so that a message delivered twice is
corrected the same way twice.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum

from core.instant import DAY, MINUTE, SECOND

AHEAD = 5 * SECOND  # more than this ahead of us is not network jitter
LIVE = 2 * MINUTE  # older than this is memory, not now
STEADY = 3 * SECOND  # how much a steady offset may vary (network delay and queueing)
HORIZON = 30 * DAY  # nobody stores and forwards for longer; the store has no room for it either

_IMPOSSIBLE_COUNT, _IMPOSSIBLE_SPAN = 3, 2 * SECOND  # future or ancient: soon believed to be a wrong clock
_LATE_COUNT, _LATE_SPAN = 20, 2 * MINUTE  # late: more evidence, because memory is the likelier cause
_FIRST = -(2**63)


class Verdict(StrEnum):
    """What a timestamp is."""

    LIVE = "live"
    LATE = "late"
    FUTURE = "future"
    ANCIENT = "ancient"


@dataclass(slots=True)
class _Candidate:
    offset: int  # the least seen: the shortest way through the network is the truest
    most: int
    since: int
    first_received: int
    count: int = 1


@dataclass(slots=True)
class DeviceClock:
    """What is known of one device's clock.

    Attributes:
        since: ascending device instants from which the offset of the same index holds.
        offsets: microseconds to add to the device's time.
    """

    since: list[int] = field(default_factory=lambda: [_FIRST])
    offsets: list[int] = field(default_factory=lambda: [0])
    _course: int | None = None  # the device's instant of the last live message
    _candidate: _Candidate | None = None
    _right: _Candidate | None = None  # evidence that a clock that was corrected needs it no more

    def correct(self, t: int) -> int:
        """The server's time of the device's instant `t`."""
        return t + self._offset(t)

    def _offset(self, t: int) -> int:
        if len(self.offsets) == 1:
            return self.offsets[0]
        return self.offsets[bisect_right(self.since, t) - 1]

    def _since(self, t: int) -> int:
        return self.since[bisect_right(self.since, t) - 1]

    def learn(self, t: int, received: int) -> tuple[int, int] | None:
        """Look at the newest instant of one live message; returns (since, offset) when one is adopted."""
        raw = received - t
        if judge(self.correct(t), received) is Verdict.LIVE:
            self._candidate = None
            self._course = t
            return self._set_right(t, raw, received)
        self._right = None
        # A clock that was set back comes once more to instants at which it had been corrected otherwise.
        course, since = self._course, self._since(t)
        if course is not None and self._since(course) < since and abs(raw - self._offset(course)) <= STEADY:
            self._candidate = None
            return self._adopt(_Candidate(self._offset(course), raw, since, received))
        held = self._candidate
        # Lateness that changes slowly is a backlog being handed over, so all of it must lie close together.
        if held is None or max(raw, held.most) - min(raw, held.offset) > STEADY:
            self._candidate = _Candidate(raw, raw, t, received)
            return None
        held.count += 1
        held.offset, held.most = min(held.offset, raw), max(held.most, raw)
        if not self._enough(held, received, judge(self.correct(t), received)):
            return None
        self._candidate = None
        return self._adopt(held)

    def _set_right(self, t: int, raw: int, received: int) -> tuple[int, int] | None:
        """A clock up to two minutes fast that was set right seems live, and late by all that it was fast.

        What was stored meanwhile stays: the correction ends with this message, so that none of it, delivered
        again, is something new.
        """
        if self._offset(t) >= -AHEAD or abs(raw) > STEADY:
            self._right = None
            return None
        held = self._right = self._right or _Candidate(0, raw, t, received, count=0)
        held.count += 1
        if not self._enough(held, received, Verdict.LATE):
            return None
        self._right = None
        return self._adopt(_Candidate(0, raw, t, received))

    def _enough(self, held: _Candidate, received: int, verdict: Verdict) -> bool:
        span = received - held.first_received
        if verdict is Verdict.LATE:
            return held.count >= _LATE_COUNT and span >= _LATE_SPAN
        return held.count >= _IMPOSSIBLE_COUNT and span >= _IMPOSSIBLE_SPAN

    def _adopt(self, held: _Candidate) -> tuple[int, int]:
        index = bisect_right(self.since, held.since)
        if self.since[index - 1] == held.since:
            self.offsets[index - 1] = held.offset
        else:
            self.since.insert(index, held.since)
            self.offsets.insert(index, held.offset)
        return held.since, held.offset


def judge(time: int, received: int, horizon: int = HORIZON) -> Verdict:
    """What the corrected instant `time` of a message received at `received` is."""
    lateness = received - time
    if lateness < -AHEAD:
        return Verdict.FUTURE
    if lateness > horizon:
        return Verdict.ANCIENT
    return Verdict.LIVE if lateness <= LIVE else Verdict.LATE
