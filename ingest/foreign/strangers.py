"""How many things of a source are remembered that nobody named, and which of them make room. Pure.

Whoever may speak could otherwise shut out all who come after: a scanner that hears every telephone in the
street, or one address that calls under ever new names. The address with the most gives up its oldest.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

MOST_THINGS = 2_000  # behind one source


class Key(NamedTuple):
    """A thing where it comes from."""

    source: int
    tongue: str
    thing: str


class Strangers:
    """Those that nobody named, the longest unheard first."""

    def __init__(self, known: Iterable[Key] = ()) -> None:
        """`known`: those of before, the longest unheard first; whence they spoke is not known any more."""
        self._of: dict[int, dict[Key, str]] = {}
        for key in known:
            self._of.setdefault(key.source, {})[key] = ""

    def met(self, key: Key, address: str, is_named: Callable[[Key], bool]) -> Key | None:
        """`key` was heard from `address` ("" where a source has but one); who is to be forgotten for it."""
        of = self._of.setdefault(key.source, {})
        of.pop(key, None)
        of[key] = address
        if len(of) <= MOST_THINGS:
            return None
        for one in [one for one in of if is_named(one)]:
            del of[one]  # it has a name by now
        if len(of) <= MOST_THINGS:
            return None
        [(most, _)] = Counter(of.values()).most_common(1)
        oldest = next(one for one, whence in of.items() if whence == most)
        del of[oldest]
        return oldest
