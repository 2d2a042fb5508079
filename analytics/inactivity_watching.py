"""Whether anybody could have seen somebody move: homes whose seeing sensors have been heard of late."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics.activity import SEEING
from analytics.rows import UNKNOWN, Rows, carried
from core.batch import Batch
from core.directory import Directory
from core.instant import MINUTE, SECOND

GRACE = 1.25  # reporting intervals after which a device may not be watching, twice that: it did not
CATCH_UP = 10 * MINUTE  # after the first late sign of activity a home is left in peace for so long


class Watching:
    """Columns by home, shape (homes,), 17 bytes a home.

    Attributes:
        watched: until when a seeing device is known to watch; 0: cannot know.
        catching: until when late data may still be coming in.
        held: an alarm waits until somebody watches again.
    """

    def __init__(self) -> None:
        self.watched = np.zeros(0, np.int64)
        self.catching = np.zeros(0, np.int64)
        self.held = np.zeros(0, bool)
        self._devices = Rows()
        self._home_of, self._grace = np.zeros(0, np.int32), np.zeros(0, np.int64)

    def know(self, directory: Directory, old: Rows, new: Rows) -> None:
        """Rearrange for what is installed now."""
        for column in ("watched", "catching", "held"):
            setattr(self, column, carried(old, new, getattr(self, column), 0))
        self._devices = Rows(directory.by_id)
        entries = [directory.by_id[int(key)] for key in self._devices.keys]
        self._home_of = new.of(np.array([entry.home for entry in entries], np.int64).reshape(-1))
        grace = [GRACE * (e.report_every_s or 0) * (e.kind in SEEING) * SECOND for e in entries]
        self._grace = np.array(grace, np.float64).astype(np.int64).reshape(-1)

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device, instant at which it was last heard before a restart): who was offline then still is."""
        for key, at in rows:
            device = self._devices.one(key)
            if device != UNKNOWN and self._grace[device] > 0:
                home = self._home_of[device]
                self.watched[home] = max(int(self.watched[home]), at + int(self._grace[device]))

    def is_unheard(self) -> NDArray[np.bool_]:
        """Homes with devices that should watch, none of which ever spoke. Shape (homes,)."""
        unheard = np.zeros(len(self.watched), bool)
        unheard[self._home_of[self._grace > 0]] = True
        unheard &= self.watched == 0
        return unheard

    def note(self, batch: Batch) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.bool_]]:
        """Who is heard. Returns, for homes held until now (rows may repeat): the row, when a sensor spoke
        again, and whether it had truly been away until then."""
        readings = batch.readings
        device = self._devices.of(readings["device"])
        known = device != UNKNOWN
        device, received = device[known & readings["live"]], readings["received"][known & readings["live"]]
        moved = self._devices.of(np.array([window.device for window in batch.motion], np.int64))
        device = np.concatenate([device, moved[moved != UNKNOWN]])
        received = np.concatenate([received, np.full(np.count_nonzero(moved != UNKNOWN), batch.now)])
        watching = self._grace[device] > 0
        device, received = device[watching], received[watching]
        home = self._home_of[device]
        held = self.held[home]
        lost = received[held] > self.watched[home[held]] + self._grace[device[held]]
        again = home[held], received[held], lost
        self.held[home[held]] = False
        np.maximum.at(self.watched, home, received + self._grace[device])
        return again

    def catch_up(self, rows: NDArray[np.int32], now: int) -> None:
        """Late signs of activity, newer than any so far, have come in homes of `rows`: perhaps more will, for
        CATCH_UP from the first of them. A device that always hands over what it has collected proves no
        backlog, and further signs put nothing off."""
        idle = rows[self.catching[rows] <= now]
        self.catching[idle] = now + CATCH_UP

    def blind(self, rows: NDArray[np.intp], now: int) -> NDArray[np.bool_]:
        """Homes of `rows` in which nobody is known to watch. Shape (n,)."""
        return (self.watched[rows] > 0) & (self.watched[rows] < now)
