"""Signs of life in a batch, the last wills in it, and when many wills together are not the devices' own."""

import numpy as np
from numpy.typing import NDArray

from analytics.rows import UNKNOWN, Rows
from core.batch import Batch
from core.instant import MINUTE, SECOND
from core.quantity import BY_NAME

MOTION_LIVE = 5 * MINUTE  # a motion window older than this comes from a device's memory
FEWEST_HOMES = 5
SHARE = 0.1  # of the homes, of all or of a station: so many devices do not die within WITHIN
WITHIN = 2 * MINUTE  # keep-alive times of devices differ, so the broker tells a cut line bit by bit
_ONLINE = BY_NAME["online"].id


def signs(batch: Batch, devices: Rows) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Device row and instant of each live message in order of arrival; last wills are none."""
    readings = batch.readings
    alive = readings["live"] & ~((readings["metric"] == _ONLINE) & (readings["value"] == 0))
    rows, instants = devices.of(readings["device"][alive]), readings["received"][alive]
    ends = [(w.device, w.start + round(len(w.acc) / w.hz * SECOND)) for w in batch.motion if w.hz > 0]
    ends = [(device, end) for device, end in ends if abs(batch.now - end) <= MOTION_LIVE]
    if ends:
        moved = np.array(ends, np.int64)
        rows = np.concatenate([rows, devices.of(moved[:, 0])])
        instants = np.concatenate([instants, np.minimum(moved[:, 1], batch.now)])
    known = rows != UNKNOWN
    return rows[known], instants[known]


def wills(batch: Batch, devices: Rows) -> list[tuple[int, int]]:
    """(device row, instant of arrival) of each live last will."""
    readings = batch.readings
    said = readings[(readings["metric"] == _ONLINE) & (readings["value"] == 0) & readings["live"]]
    known = [(devices.one(int(one["device"])), int(one["received"])) for one in said]
    return [(row, received) for row, received in known if row != UNKNOWN]


def together(
    will: NDArray[np.int64],
    home_of: NDArray[np.int32],
    station: NDArray[np.int64],
    living: NDArray[np.bool_],
    now: int,
) -> NDArray[np.bool_]:
    """Homes, shape (homes,), whose wills of these minutes tell of a line that was cut, not of a device.

    Args:
        will: instant of the last will of each device, 0 for none, shape (devices,).
        home_of: home row of each device, shape (devices,).
        station, living: station of each home, and whether it was ever heard, shape (homes,).
        now: Unix microseconds.
    """
    willed = np.zeros(len(station), bool)
    willed[home_of[will > now - WITHIN]] = True
    count = np.count_nonzero(willed)
    if count < FEWEST_HOMES:
        return np.zeros(len(station), bool)
    if count >= SHARE * np.count_nonzero(living):
        return willed
    _, of = np.unique(station, return_inverse=True)
    left, homes = np.bincount(of[willed], minlength=of.max() + 1), np.bincount(of[living])
    homes = np.pad(homes, (0, len(left) - len(homes)))
    return willed & ((left >= FEWEST_HOMES) & (left >= SHARE * homes))[of]
