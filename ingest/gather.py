"""How long a batch waits for company: it costs most by itself, and little by the message.

Where little happens a message is stored at once. Where much happens, a few milliseconds more make one batch
of several: one transaction, one turn of the detectors, one acknowledgement. Instants are monotonic seconds.
"""

import math
import time

from ingest.message import Message
from ingest.source import Source

MOST_S = 0.008
FEW, FULL = 2000.0, 8000.0  # messages a second: up to there nobody waits; from there on for MOST_S
ENOUGH = 200  # messages; more company saves little, and who is behind must not fall back further
_MEMORY_S = 0.5  # of how much comes
_SURE = 8.0  # so many were to be expected, and none came: the broker waits for us
_TRUSTED_S = 1.0


class Pace:
    """Learns how much comes from what came. Pure."""

    def __init__(self) -> None:
        self._rate = 0.0  # messages a second
        self._since: float | None = None
        self._more = 0  # that came in the last wait
        self._not_before = -math.inf

    def wait_s(self, got: int, mono: float) -> float:
        """After `got` messages came, and all that came before was seen to: how long to wait for others."""
        if self._since is not None and mono > self._since:
            passed = mono - self._since
            rate = (got + self._more) / passed
            self._rate += (rate - self._rate) * -math.expm1(-passed / _MEMORY_S)
        self._since, self._more = mono, 0
        if got >= ENOUGH or self._rate <= FEW or mono < self._not_before:
            return 0.0
        wait_s = MOST_S * min(1.0, (self._rate - FEW) / (FULL - FEW))
        wait_s = min(wait_s, (ENOUGH - got) / self._rate)
        return wait_s if wait_s * self._rate >= 1.0 else 0.0

    def came(self, more: int, waited_s: float, mono: float) -> None:
        """So many came meanwhile. A broker that hands over only so many until some are acknowledged sends
        nothing while we wait."""
        self._more = more
        if not more and self._rate * waited_s >= _SURE:
            self._not_before = mono + _TRUSTED_S


class Gather:
    """Takes from a source at a pace."""

    def __init__(self, source: Source) -> None:
        self._source, self._pace = source, Pace()

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """As the source's: the first message is waited for, others for a moment."""
        messages = self._source.take(limit, wait_s)
        mono = time.monotonic()
        more_s = self._pace.wait_s(len(messages), mono) if messages else 0.0
        if more_s:
            time.sleep(more_s)
            more = self._source.take(limit - len(messages), 0.0)
            self._pace.came(len(more), more_s, mono)
            messages += more
        return messages
