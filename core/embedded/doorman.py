"""Lets into the broker exactly the devices and consoles that the database knows."""

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import psycopg

from core import queries
from core.embedded.nats_config import Console, Login

Q = queries.load(Path(__file__).with_name("queries.sql"))

# The notification is only a doorbell that may go unheard; the table, read this often, is the truth.
POLL_S = 10.0
RETRY_S = 1.0

log = logging.getLogger(__name__)

Apply = Callable[[Iterable[Login | Console]], list[str]]


class Doorman:
    """A thread that reads the devices when the doorbell rings, or every POLL_S seconds, and applies them."""

    def __init__(self, dsn: str, apply: Apply) -> None:
        """`apply` gets all logins, each time; it answers with the codes it would not take."""
        self._dsn = dsn
        self._apply = apply
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
                with psycopg.connect(self._dsn, autocommit=True, application_name="nowalls doorman") as conn:
                    self._attend(conn)
            except psycopg.OperationalError as error:
                # The database is away; whoever minds it has said so already.
                log.debug("devices not read", extra={"error": type(error).__name__})
            except (psycopg.Error, OSError) as error:
                # OSError: the broker's configuration could not be written, the disk being full perhaps.
                log.error("devices could not be read", extra={"error": type(error).__name__})
            self._leave.wait(RETRY_S)

    def _attend(self, conn: psycopg.Connection[tuple[str, ...]]) -> None:
        conn.execute(Q["listen"])
        while not self._leave.is_set():
            self._refresh(conn)
            self._wait(conn)

    def _refresh(self, conn: psycopg.Connection[tuple[str, ...]]) -> None:
        devices = [Login(*row) for row in conn.execute(Q["logins"])]
        consoles = [Console(*row) for row in conn.execute(Q["consoles"])]
        refused = self._apply([*devices, *consoles])
        if refused:
            log.warning("codes unfit for topics", extra={"count": len(refused), "first": refused[0]})

    def _wait(self, conn: psycopg.Connection[tuple[str, ...]]) -> None:
        # In short naps, so that `stop` is not kept waiting.
        for _ in range(int(POLL_S / 0.5)):
            if self._leave.is_set() or list(conn.notifies(timeout=0.5, stop_after=1)):
                return
