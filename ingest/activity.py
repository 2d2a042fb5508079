"""What the columns of a batch say beside: where somebody was seen to move, and how late it all comes."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.batch import Batch
from core.directory import Directory
from core.quantity import BY_NAME, Among

_SIGNS = Among(BY_NAME[n].id for n in ("presence", "door", "bed", "chair", "appliance", "button"))
_PRESENCE = BY_NAME["presence"].id


def places(readings: NDArray[np.void], directory: Directory) -> Mapping[int, tuple[int, str]]:
    """Home key -> (instant, room) of the latest sign of life in `readings`; others are left out.

    A presence sensor going back to 0 is only its timer running out; a door or a bed changing is somebody.
    """
    signs = _SIGNS(readings["metric"])
    signs &= (readings["metric"] != _PRESENCE) | (readings["value"] > 0)
    if not signs.any():
        return {}
    rows = readings[signs]
    order = np.lexsort((rows["time"], rows["home"]))
    rows = rows[order]
    last = np.flatnonzero(np.diff(rows["home"], append=-1))
    found: dict[int, tuple[int, str]] = {}
    for home, time, device in rows[["home", "time", "device"]][last].tolist():
        entry = directory.by_id.get(device)
        found[home] = (time, entry.room if entry else "")
    return found


MANY = 50  # readings; one device alone may be late for reasons of its own


def backlog(batch: Batch) -> int:
    """How old even the newest of many readings is, microseconds: so long they waited on the way to us.

    0 where they are too few to tell.
    """
    times = batch.readings["time"]
    return max(0, batch.now - int(times.max())) if len(times) >= MANY else 0
