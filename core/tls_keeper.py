"""While the house runs: renews the server's certificate in time, and has the broker read what is new."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core import tls

_RENEW_EVERY_S = 3600.0


class Keeper:
    """Looks at <data>/tls/server.crt whenever it is asked to; `changed` hears of a new one."""

    def __init__(
        self,
        data: Path,
        changed: Callable[[], None],
        now: Callable[[], datetime],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """What is there now is known to everybody."""
        self._data, self._changed, self._now, self._ticks = data, changed, now, ticks
        self._seen = self._stamp()
        self._due = ticks() + _RENEW_EVERY_S

    def look(self) -> None:
        """Renew what ends within a month, once an hour; tell of what changed. Raises OSError."""
        if self._ticks() >= self._due:
            self._due = self._ticks() + _RENEW_EVERY_S
            server = tls.read(tls.folder(self._data) / "server.crt")
            if server.not_valid_after_utc - self._now() < tls.RENEW_WITHIN:
                tls.issue(self._data, "server", tls.names_of(server), self._now())
        stamp = self._stamp()
        if stamp != self._seen:
            self._changed()
            self._seen = stamp

    def _stamp(self) -> tuple[int, ...]:
        files = [tls.folder(self._data) / f"server.{end}" for end in ("crt", "key")]
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in files)
