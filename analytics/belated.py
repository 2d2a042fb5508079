"""Cries for help whose time lies far back: one alarm for a delivery, however much the device remembers.

A device that delivers its memory tells of events faster than they happened: hours apart by its clock, seconds
apart on the wire. A device whose clock is wrong tells of them as fast as they happen, and each is new. So a
back-fill of weeks raises one alarm for each sensor that has a cry for help in it, with its first message, and
every press of a button whose clock is days behind is heard. State: four instants for each such sensor.
"""

from collections.abc import Callable
from typing import NamedTuple

from core.instant import HOUR, MINUTE

TOGETHER = MINUTE  # what is received within this of each other is one delivery, whatever the clock says
DELIVERY = HOUR  # a memory is handed over without longer gaps

Sensor = tuple[int, int, int]  # device, metric, and the home in which it says so


class Delivery(NamedTuple):
    """The last delivery of a sensor: its first event and the range of all by the device's clock, and when its
    last message came."""

    first: int
    oldest: int
    newest: int
    received: int

    def repeats(self, time: int) -> bool:
        """Whether an event of this very time was in it, as far as is remembered."""
        return time in (self.first, self.oldest, self.newest)


class Deliveries:
    """The last delivery of belated events of each sensor."""

    def __init__(self) -> None:
        self._last: dict[Sensor, Delivery] = {}

    def keep(self, stays: Callable[[Sensor], bool]) -> None:
        """Forget the sensors that do not stay."""
        self._last = {sensor: last for sensor, last in self._last.items() if stays(sensor)}

    def note(self, sensor: Sensor, time: int, received: int) -> bool:
        """Whether the event of `time` belongs to a delivery that was told of before; else it begins one."""
        last = self._last.get(sensor)
        if last is None:
            self._last[sensor] = Delivery(time, time, time, received)
            return False
        if last.repeats(time):
            # Delivered again, however much later: the rest of that delivery is likely to follow.
            self._last[sensor] = last._replace(received=max(last.received, received))
            return True
        apart = max(last.oldest - time, time - last.newest)
        waited = abs(received - last.received)
        if apart <= 0 and waited <= DELIVERY:
            return True  # within what was handed over just now; later it is a press that only looks so
        if waited <= TOGETHER or (waited <= DELIVERY and apart > waited + TOGETHER):
            oldest, newest = min(last.oldest, time), max(last.newest, time)
            self._last[sensor] = Delivery(last.first, oldest, newest, max(last.received, received))
            return True
        self._last[sensor] = Delivery(time, time, time, received)
        return False
