"""What one of several API processes does for all: whoever holds a lock in the database."""

import logging

import psycopg

from core.database import WATCHFUL

log = logging.getLogger(__name__)

_TAKE = "SELECT pg_try_advisory_lock(hashtext('nowalls.api'), hashtext(%s))"
_STILL = "SELECT 1"


class Turn:
    """One task; its turn is held as long as this process and its connection live. Of one thread."""

    def __init__(self, dsn: str, task: str) -> None:
        """Nothing is taken yet."""
        self._dsn, self._task = dsn, task
        self._conn: psycopg.Connection[tuple[object, ...]] | None = None
        self._mine = False

    def is_ours(self) -> bool:
        """Whether it is our turn; takes it when nobody has it. False while the database is away."""
        try:
            if self._conn is None:
                self._conn = psycopg.connect(
                    self._dsn, autocommit=True, application_name="nowalls-api-turn", **WATCHFUL
                )
            if self._mine:
                self._conn.execute(_STILL)
            else:
                row = self._conn.execute(_TAKE, (self._task,)).fetchone()
                self._mine = bool(row and row[0])
        except psycopg.Error as error:
            log.info("a turn is not ours", extra={"task": self._task, "error": type(error).__name__})
            self.give_up()
        return self._mine

    def give_up(self) -> None:
        """Let another process have it."""
        if self._conn is not None:
            self._conn.close()
        self._conn, self._mine = None, False
