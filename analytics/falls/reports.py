"""Falls that devices reported themselves, kept for the motion of the same person."""

from typing import NamedTuple

from analytics.falls.fusion import TOGETHER

KEPT = 4
"""Reports kept for a resident."""


class Unwatched(NamedTuple):
    """A fall that a device reported at instant `at`, and whose; its wearer may have changed since."""

    at: int
    home: int
    resident: int | None


class Reports:
    """State: a few instants for each resident of whom a device ever reported a fall.

    Attributes:
        unwatched: device -> the fall it reported last, until its own motion is looked at.
    """

    def __init__(self) -> None:
        self._of: dict[int, tuple[int, ...]] = {}
        self.unwatched: dict[int, Unwatched] = {}

    def add(self, resident: int | None, device: int, at: int, home: int) -> None:
        """`device` says that `resident` fell at `at` in `home`; again and again changes nothing."""
        known = self._of.get(resident, ()) if resident is not None else ()
        if at in known:
            return
        if resident is not None:
            self._of[resident] = (*known[1 - KEPT :], at)
        self.unwatched[device] = Unwatched(at, home, resident)

    def to_watch(self, device: int, home: int, resident: int | None) -> int | None:
        """The fall that `device`, worn by `resident` of `home`, reported last and whose aftermath nobody has
        looked at, once; None when it was somebody else who wore it then."""
        last = self.unwatched.pop(device, None)
        if last is None or last.home != home or (resident and last.resident and resident != last.resident):
            return None
        return last.at

    def at(self, resident: int | None, instant: int) -> int | None:
        """The first report that may be about an impact at `instant`, or None."""
        known = self._of.get(resident, ()) if resident is not None else ()
        return min((at for at in known if abs(at - instant) <= TOGETHER), default=None)
