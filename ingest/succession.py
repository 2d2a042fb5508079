"""What waits in the broker session that ingest had before its name was secret is stored, then that is left.

An update gives ingest a session of another name. Whoever spoke while ingest was away for the update spoke
into the old one; nobody else would ever fetch it.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from core.clock import Clock
from core.embedded.secret import write_private
from ingest.lean import LeanSource
from ingest.message import Message
from ingest.mqtt import MqttSource, forget_session
from ingest.source import Source

log = logging.getLogger(__name__)

OLD_NAME = "nowalls-ingest"
_CONNECT_S = 5.0
# What the old ingest had in hand comes again, from NATS two seconds later (ack_wait): after the mark.
_AGAIN_S = 6.0
_PATIENCE_S = 30.0
# Where connections of the old session are counted from: an acknowledgement finds its own source by it.
_FAR = 1 << 20


def taken_over(new: MqttSource | LeanSource, url: str, data: Path, clock: Clock) -> Source:
    """`new`, and before it what waits under the old name; once in the life of the folder `data`.

    `new` is subscribed already, or the broker is away: then the next start tries again.
    """
    left = data / "secrets" / "old-session-left"
    if left.exists() or not new.connected:
        return new
    old = MqttSource(url, OLD_NAME, clock, first_connection=_FAR)

    def leave(whole: bool) -> None:
        old.stop()
        if whole and forget_session(url, OLD_NAME):
            left.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(left, "")

    old.start()
    if not old.wait_until_connected(_CONNECT_S):
        leave(False)
        return new
    if not old.resumed:
        leave(True)
        return new
    log.warning("taking over what waits in the session of an earlier version")
    return Succession(old, new, leave)


class Succession:
    """`old` until all of it has come, then `new`: in the order in which devices spoke.

    All of it has come when a mark, published after `new` was subscribed, comes back through `old`, and what
    a broker hands out again has had its time. What is said meanwhile comes by both: ingest knows what it has.
    """

    def __init__(self, old: MqttSource, new: MqttSource | LeanSource, leave: Callable[[bool], None]) -> None:
        """`leave(whole)` is called once, with whether all of it came."""
        self._old, self._new, self._leave = old, new, leave
        self._mark = f"nw/v1/station/{secrets.token_hex(16)}/cmd"
        self._before = True
        self._marked: float | None = None  # instants of the monotonic clock, s
        self._heard = time.monotonic()
        self._rest: int | None = None  # how many to take yet when the time after the mark is over
        new.publish(self._mark, b"")

    @property
    def connected(self) -> bool:
        """Whether silence means that nobody speaks."""
        return self._new.connected and (self._old.connected or not self._before)

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """Messages in order of arrival, those of the old session first."""
        self._go_on(time.monotonic())
        if not self._before:
            return self._new.take(limit, wait_s)
        messages = self._old.take(limit, wait_s)
        if messages:
            self._heard = time.monotonic()
        if self._marked is None and any(message.topic == self._mark for message in messages):
            self._marked = time.monotonic()
        if self._rest is not None:
            self._rest -= len(messages)
        return messages

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """These are safe; each source knows its own."""
        for source in (self._old, self._new) if self._before else (self._new,):
            source.acknowledge(messages)

    def oldest(self) -> int | None:
        """Instant of arrival of the first message not taken yet."""
        return (self._old.oldest() if self._before else None) or self._new.oldest()

    def waiting(self) -> int:
        """How many are not taken yet."""
        return self._new.waiting() + (self._old.waiting() if self._before else 0)

    def stop(self) -> None:
        """Before all of it has come: the next start goes on."""
        if self._before:
            self._before = False
            self._leave(False)

    def _go_on(self, now: float) -> None:
        if not self._before:
            return
        if self._marked is not None and self._rest is None and now - self._marked >= _AGAIN_S:
            self._rest = self._old.waiting()
        if self._rest is not None and self._rest <= 0:
            log.info("the session of an earlier version is empty")
        elif self._old.connected and now - self._heard >= _PATIENCE_S:
            log.error("the session of an earlier version does not answer")  # the next start tries again
        else:
            return
        self._before = False
        self._leave(self._rest is not None)
