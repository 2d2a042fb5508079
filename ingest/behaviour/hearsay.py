"""What people said of alarms of silence, remembered by home and by when they said it. Pure.

All of it is read once. From then on only what was said of late, and beside it one window of time after the
other, so that within an hour every ruling has been looked at again: what was taken back is noticed.
"""

from collections.abc import Mapping, Sequence

from analytics.silence_patience import REMEMBERED, Ruling, Rulings

WINDOWS = 120  # looked at one after the other, one each half minute
WINDOW = REMEMBERED // WINDOWS


class Hearsay:
    """The rulings of all homes; each home's in the order in which they were read."""

    def __init__(self) -> None:
        self._said: dict[int, list[Ruling]] = {}
        self._homes: dict[int, set[int]] = {}  # window -> homes of which something was said in it
        self._window = 0

    def begin(self, rulings: Rulings, now: int) -> None:
        """All that was ever said."""
        self._said = {home: list(said) for home, said in rulings.items()}
        self._homes = {}
        for said in self._said.values():
            self._index(said)
        self._window = (now - REMEMBERED) // WINDOW

    def add(self, fresh: Rulings) -> Rulings:
        """What was said of late: the homes for which something of it is news, with all that is known."""
        news = {}
        for home, said in fresh.items():
            known = self._said.setdefault(home, [])
            unheard = [ruling for ruling in said if ruling not in known]
            if unheard:
                self._index(unheard)
                known += unheard
                news[home] = tuple(known)
        return news

    def next_window(self, now: int) -> tuple[int, int]:
        """(from, until) of the time that is to be read again now; instants, Unix microseconds."""
        first, last = (now - REMEMBERED) // WINDOW, now // WINDOW
        self._window = self._window + 1 if first <= self._window < last else first
        if self._window == first:
            self._forget(first)
        return self._window * WINDOW, (self._window + 1) * WINDOW

    def replace(self, begin: int, fresh: Rulings) -> Rulings:
        """All that was said in the window from `begin` on: its homes, with all that is known now (which may
        be nothing). Homes of which nothing changed are among them, for those that were installed since."""
        window = begin // WINDOW
        homes = self._homes.pop(window, set()) | fresh.keys()
        told: dict[int, Sequence[Ruling]] = {}
        for home in homes:
            rest = [ruling for ruling in self._said.get(home, ()) if ruling.at // WINDOW != window]
            told[home] = self._said[home] = [*rest, *fresh.get(home, ())]
            if not told[home]:
                del self._said[home]
        for said in fresh.values():
            self._index(said)
        return {home: tuple(said) for home, said in told.items()}

    def _index(self, said: Sequence[Ruling]) -> None:
        for ruling in said:
            self._homes.setdefault(ruling.at // WINDOW, set()).add(ruling.home)

    def _forget(self, first: int) -> None:
        """What was said before the window `first` counts for nothing any more."""
        for window in [window for window in self._homes if window < first]:
            self.replace(window * WINDOW, _NOTHING)


_NOTHING: Mapping[int, Sequence[Ruling]] = {}
