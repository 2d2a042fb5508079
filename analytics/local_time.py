"""Local time of many homes at once."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.instant import SECOND, to_datetime


def offsets(zones: Sequence[str], now: int) -> NDArray[np.int64]:
    """Local time minus UTC at `now` for each zone (IANA name), microseconds."""
    of_zone = {zone: _offset(zone, now) for zone in set(zones)}
    return np.array([of_zone[zone] for zone in zones], np.int64).reshape(-1)


def _offset(zone: str, now: int) -> int:
    shift = to_datetime(now).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if shift is None else round(shift.total_seconds()) * SECOND
