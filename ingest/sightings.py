"""Which news of devices is written with its batch, and which may wait a few seconds.

That a device was heard once more is most of what messages say of devices, and a row to be changed for each:
a third of what a reading costs the database at the peak. So it is written when what stands in the store is
`STALE` old, and by itself when the device then says nothing more. All else - that it is there again, its
battery, its firmware - goes into the transaction of the message that said it. What a crash loses of this,
the readings that are seen again after it tell. Pure: instants are arguments.
"""

from collections.abc import Mapping

from core.instant import SECOND
from ingest.decode import DeviceNews

STALE = 5 * SECOND  # less than what counts as a silence (ingest.credit)
MOST = 500  # devices at once: a batch must not wait behind all of a city


class Sightings:
    """What was written of each device last, and what waits."""

    def __init__(self) -> None:
        self._written: dict[int, tuple[int, int]] = {}  # device there -> (last seen, clock offset)
        self._waiting: dict[int, DeviceNews] = {}

    def due(self, news: Mapping[int, DeviceNews]) -> dict[int, DeviceNews]:
        """What of `news` is to be written now."""
        now = {}
        for device, item in news.items():
            if self._may_wait(device, item):
                self._waiting[device] = item
                continue
            self._waiting.pop(device, None)
            now[device] = item
            if item.online and item.last_seen is not None:
                self._written[device] = (item.last_seen, item.clock_offset)
            else:
                self._written.pop(device, None)
        return now

    def late(self, now: int) -> dict[int, DeviceNews]:
        """What has waited long enough at the instant `now`, `MOST` devices at once."""
        late = [d for d in self._waiting if not 0 <= now - self._written[d][0] < STALE]
        return self._taken(late[:MOST])

    def rest(self) -> dict[int, DeviceNews]:
        """All that waits: nobody will ask again."""
        return self._taken(list(self._waiting))

    def _may_wait(self, device: int, item: DeviceNews) -> bool:
        """Whether it says only that a device known to be there was heard, and lately that is written."""
        before = self._written.get(device)
        if before is None or not item.online or item.last_seen is None:
            return False
        told = item.battery, item.rssi, item.firmware
        return (
            told == (None, None, None)
            and before[1] == item.clock_offset
            and 0 <= item.last_seen - before[0] < STALE  # or our own clock was set back
        )

    def _taken(self, devices: list[int]) -> dict[int, DeviceNews]:
        taken = {device: self._waiting.pop(device) for device in devices}
        for device, item in taken.items():
            if item.last_seen is not None:
                self._written[device] = (item.last_seen, item.clock_offset)
        return taken
