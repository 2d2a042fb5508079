"""Signs of life: a part that hangs without dying is noticed by its silence."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg import Connection

from core.instant import to_datetime
from core.queries import load

Q = load(Path(__file__).with_name("heartbeat.sql"))

_EVERY_S = 5.0


class Pulse:
    """Beats for one loop, where the loop's work is done: at most every five seconds."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._beaten = -_EVERY_S

    def beat(self, conn: Connection[Any], now: int) -> None:
        """The loop is at work at the instant `now` (Unix microseconds)."""
        mono = time.monotonic()
        if mono - self._beaten >= _EVERY_S:
            beat(conn, self._part, now)
            self._beaten = mono


def beat(conn: Connection[Any], part: str, now: int) -> None:
    """`part` is at work at `now`."""
    conn.execute(Q["beat"], {"part": part, "now": to_datetime(now)})


def beats(conn: Connection[Any]) -> Mapping[str, int]:
    """When each part last said that it is at work, Unix microseconds."""
    return dict(conn.execute(Q["beats"]).fetchall())


def bring_back(conn: Connection[Any], now: int) -> None:
    """After the clock was set back to `now`: no part looks alive by a beat that lies ahead."""
    conn.execute(Q["bring_back"], {"now": to_datetime(now)})
