"""Loops that work until stopped, each with a thread and a database connection of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

log = logging.getLogger(__name__)

_BACK_OFF_S, _BACK_OFF_AT_MOST_S = 0.1, 5.0

Connection = psycopg.Connection[Any]
Loop = Callable[[Connection], None]


class Loops:
    """Runs loops side by side; a database that goes away is waited for, and nothing is kept in memory."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self.stopping = threading.Event()
        self._failed: BaseException | None = None

    def run(self, work: Sequence[Loop]) -> None:
        """Work until stopped, the first loop in this thread.

        A loop gets a connection in autocommit mode and returns when `stopping` is set. One that fails ends
        all of them and raises: half a part helps nobody.
        """
        others = [
            threading.Thread(target=self._guard, args=(loop,), name=getattr(loop, "__name__", "loop"))
            for loop in work[1:]
        ]
        for thread in others:
            thread.start()
        self._guard(work[0])
        for thread in others:
            thread.join()
        if self._failed is not None:
            raise self._failed

    def _guard(self, loop: Loop) -> None:
        try:
            self._stay_connected(loop)
        except BaseException as error:
            self._failed = error
        finally:
            self.stopping.set()

    def _stay_connected(self, loop: Loop) -> None:
        wait_s = _BACK_OFF_S
        while not self.stopping.is_set():
            try:
                with self._connect() as conn:
                    conn.autocommit = True
                    wait_s = _BACK_OFF_S
                    loop(conn)
            except psycopg.Error as error:
                away = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
                word = "database away" if away else "the database refused a statement"
                log.log(
                    logging.WARNING if away else logging.ERROR, word, extra={"error": type(error).__name__}
                )
                self.stopping.wait(wait_s)
                wait_s = min(_BACK_OFF_AT_MOST_S, wait_s * 2)


def wait(conn: Connection, wait_s: float) -> set[str]:
    """Until the doorbell rings on a channel that `conn` listens to, at most `wait_s` seconds; returns which
    have rung."""
    return {bell.channel for bell in conn.notifies(timeout=wait_s, stop_after=1)}
