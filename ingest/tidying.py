"""Whose part of the quarantine is to be cut: of those that filled it a few at a time, so that no alarm waits
behind three hundred faulty devices. Pure: instants are arguments."""

from collections.abc import Iterable

from core.directory import Directory
from ingest.message import Refused

EVERY_S, AT_ONCE = 2.0, 5
STRANGERS = ""  # devices that nobody knows count as one


class Tidying:
    """Devices in the order in which they are looked at."""

    def __init__(self) -> None:
        self._waiting: dict[str, None] = {}
        self._looked = 0.0

    def note(self, refused: Iterable[Refused], directory: Directory) -> None:
        """These went to quarantine."""
        for item in refused:
            known = item.device_code in directory.by_code
            self._waiting.setdefault(item.device_code if known else STRANGERS)

    def due(self, mono: float) -> list[str]:
        """Whose turn it is now; `mono`: monotonic seconds."""
        if not self._waiting or mono - self._looked < EVERY_S:
            return []
        self._looked = mono
        first = list(self._waiting)[:AT_ONCE]
        for code in first:
            del self._waiting[code]
        return first
