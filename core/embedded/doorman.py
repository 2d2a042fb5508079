"""Lets into the broker exactly the devices and consoles that the database knows."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from core import logs, queries
from core.clock import Clock, SystemClock
from core.database import WATCHFUL
from core.embedded.nats_config import Claimant, Console, FamilyHome, Guest, Login
from core.instant import to_datetime

Q = queries.load(Path(__file__).with_name("queries.sql"))

# The notification is only a doorbell that may go unheard; the table, read this often, is the truth.
POLL_S = 10.0
RETRY_S = 1.0
_WALL = SystemClock()

log = logging.getLogger(__name__)

Apply = Callable[[Iterable[Guest]], list[str]]


class Doorman:
    """A thread that reads the devices when the doorbell rings, or every POLL_S seconds, and applies them."""

    def __init__(self, dsn: str, apply: Apply, clock: Clock = _WALL) -> None:
        """`apply` gets all logins, each time; it answers with the codes it would not take."""
        self._dsn = dsn
        self._apply = apply
        self._clock = clock
        self._nap_s = POLL_S
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="doorman", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; waits until the thread has gone."""
        self._leave.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._leave.is_set():
            try:
                name = "nowalls doorman"
                with psycopg.connect(self._dsn, autocommit=True, application_name=name, **WATCHFUL) as conn:
                    self._attend(conn)
            except psycopg.OperationalError as error:
                # The database is away; whoever minds it has said so already.
                log.debug("devices not read", extra={"error": type(error).__name__})
            except (psycopg.Error, OSError) as error:
                # OSError: the broker's configuration could not be written, the disk being full perhaps.
                log.error("devices could not be read", extra={"error": type(error).__name__})
            except Exception as error:  # without this thread nobody new would come in any more
                log.error("devices could not be let in", extra=logs.trace(error))
            self._leave.wait(RETRY_S)

    def _attend(self, conn: psycopg.Connection[tuple[Any, ...]]) -> None:
        conn.execute(Q["listen"])
        while not self._leave.is_set():
            self._refresh(conn)
            self._wait(conn)

    def _refresh(self, conn: psycopg.Connection[tuple[Any, ...]]) -> None:
        now = to_datetime(self._clock.now())
        refused = self._apply(guests(conn, now))
        if refused:
            log.warning("codes unfit for topics", extra={"count": len(refused), "first": refused[0]})
        row = conn.execute(Q["next_change"], {"now": now}).fetchone()
        self._nap_s = POLL_S
        if row and row[0]:
            # A moment later than that, so that it is over by then.
            self._nap_s = min(POLL_S, self._clock.sleep_s((row[0] - now).total_seconds()) + 0.05)

    def _wait(self, conn: psycopg.Connection[tuple[Any, ...]]) -> None:
        # In short naps, so that `stop` is not kept waiting.
        until = time.monotonic() + self._nap_s
        while (left := until - time.monotonic()) > 0:
            if self._leave.is_set() or list(conn.notifies(timeout=min(0.5, left), stop_after=1)):
                return


def guests(conn: psycopg.Connection[tuple[Any, ...]], now: datetime) -> list[Guest]:
    """All who may log in to the broker at `now`, but for the platform itself."""
    at = {"now": now}
    devices = [Login(*row) for row in conn.execute(Q["logins"], at)]
    consoles = [Console(*row) for row in conn.execute(Q["consoles"])]
    claimants = [Claimant(*row) for row in conn.execute(Q["claimants"], at)]
    families = [FamilyHome(*row) for row in conn.execute(Q["family_homes"])]
    return [*devices, *consoles, *claimants, *families]
