"""Whose data a command shows or changes: said here by the command, noted by whoever keeps the audit."""

from collections.abc import Callable, Iterable

_listeners: list[Callable[[Iterable[int]], None]] = []


def at(residents: Iterable[int]) -> None:
    """What is printed or written now is about these residents (keys)."""
    known = list(residents)
    for tell in _listeners:
        tell(known)


def listen(tell: Callable[[Iterable[int]], None]) -> Callable[[], None]:
    """From now on `tell` hears; returns what ends it."""
    _listeners.append(tell)
    return lambda: _listeners.remove(tell)
