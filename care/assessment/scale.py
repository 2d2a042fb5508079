"""The table of items: data with a version, so that an old assessment keeps the scale it was made with."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec


class Item(msgspec.Struct, frozen=True):
    """One question; `most` is the score of full ability, 0 that of none."""

    key: str
    zh: str
    en: str
    most: int


class Part(msgspec.Struct, frozen=True):
    """Items that are summed together."""

    key: str
    zh: str
    en: str
    items: tuple[Item, ...]

    @property
    def most(self) -> int:
        """The score of full ability in this part."""
        return sum(item.most for item in self.items)


class Grade(msgspec.Struct, frozen=True):
    """A grade of ability: 0 is intact, 4 complete loss; it begins at `least` points."""

    grade: int
    least: int
    zh: str
    en: str


class Scale(msgspec.Struct, frozen=True):
    """One edition of the table; `grades` from the best to the worst."""

    version: str
    source: str
    parts: tuple[Part, ...]
    grades: tuple[Grade, ...]

    @property
    def most(self) -> int:
        """The score of full ability in everything."""
        return sum(part.most for part in self.parts)

    def items(self) -> Mapping[str, Item]:
        """Every item by its key."""
        return {item.key: item for part in self.parts for item in part.items}


@cache
def current() -> Scale:
    """The edition that new assessments are made with."""
    return msgspec.json.decode(Path(__file__).with_name("scale.json").read_bytes(), type=Scale)
