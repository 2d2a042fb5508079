"""One thing that cannot be done holds up nothing else: a batch that fails is done again one by one."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.errors import PipelineAborted

from alerts.store import LostRace
from core.instant import MINUTE

log = logging.getLogger(__name__)

SET_ASIDE = MINUTE  # what failed is left alone for so long
_AWAY = (
    "08",
    "53",
    "57",
    "58",
)  # classes of SQLSTATE: the connection, its resources, an operator, the system
_AGAIN = ("40",)  # rolled back whole: the next round sees what the winner did


class Aside:
    """What failed lately, by key."""

    def __init__(self) -> None:
        self._until: dict[Any, int] = {}

    def keys(self, now: int) -> list[Any]:
        """What is left alone at the instant `now` (Unix microseconds)."""
        # A clock that was set back prolongs nothing.
        self._until = {key: end for key, end in self._until.items() if now < end <= now + SET_ASIDE}
        return list(self._until)

    def put(self, key: Any, now: int) -> None:
        """Leave `key` alone for a while."""
        self._until[key] = now + SET_ASIDE


def is_away(conn: Connection[Any], error: BaseException) -> bool:
    """Whether it is the database that fails, and not what was asked of it."""
    if isinstance(error, PipelineAborted):
        return False
    state = getattr(error, "sqlstate", None)
    if isinstance(error, psycopg.InterfaceError) or conn.closed:
        return True
    if isinstance(error, psycopg.OperationalError):
        return state is None or state[:2] in _AWAY
    return False


def is_race(error: BaseException) -> bool:
    """Whether somebody else was quicker: nothing is wrong, and it is tried again."""
    return isinstance(error, LostRace) or (getattr(error, "sqlstate", None) or "")[:2] in _AGAIN


def spared(
    conn: Connection[Any],
    now: int,
    aside: Aside,
    work: Callable[[Sequence[Any] | None, list[Any]], int],
) -> int:
    """`work(None, met)`: all at once, writing down in `met` the keys it met; where it fails `work([key], [])`
    for each, and what fails then is set aside. Returns how much was done.

    A database that is away, and a lost race, are raised.
    """
    met: list[Any] = []
    try:
        return work(None, met)
    except Exception as error:
        if not met or is_away(conn, error) or is_race(error):
            raise
        log.warning("a batch failed", extra={"error": type(error).__name__, "size": len(met)})
    return sum(alone(conn, now, aside, key, lambda key=key: work([key], [])) for key in met)  # type: ignore[misc]


def alone(conn: Connection[Any], now: int, aside: Aside, key: Any, work: Callable[[], int]) -> int:
    """What `work` returns; 0 when it fails, and `key` is set aside."""
    try:
        return work()
    except Exception as error:
        if is_away(conn, error) or is_race(error):
            raise
        aside.put(key, now)
        # No text of the error: the database quotes the row in it.
        log.error("set aside", extra={"error": type(error).__name__, "key": str(key)})
        return 0
