"""Falls that devices reported themselves, kept for the motion of the same person."""

from analytics.falls.fusion import TOGETHER

KEPT = 4
"""Reports kept for a resident."""


class Reports:
    """State: a few instants for each resident of whom a device ever reported a fall.

    Attributes:
        unwatched: device -> the fall it reported last, until its own motion is looked at.
    """

    def __init__(self) -> None:
        self._of: dict[int, tuple[int, ...]] = {}
        self.unwatched: dict[int, int] = {}

    def add(self, resident: int | None, device: int, at: int) -> None:
        """`device` says that `resident` fell at `at`; again and again changes nothing."""
        known = self._of.get(resident, ()) if resident is not None else ()
        if at in known:
            return
        if resident is not None:
            self._of[resident] = (*known[1 - KEPT :], at)
        self.unwatched[device] = at

    def at(self, resident: int | None, instant: int) -> int | None:
        """The first report that may be about an impact at `instant`, or None."""
        known = self._of.get(resident, ()) if resident is not None else ()
        return min((at for at in known if abs(at - instant) <= TOGETHER), default=None)
