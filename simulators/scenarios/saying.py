"""The sentences of checks, in both languages, from words.json. Pure."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Self


class Said(str):
    """An English sentence that knows itself in Chinese.

    Attributes:
        zh: the same in Chinese.
    """

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> Self:
        """A sentence in both languages."""
        said = super().__new__(cls, en)
        said.zh = zh
        return said


def say(key: str, **values: object) -> Said:
    """The sentence `key` with its values; a value that is Said itself is put in in either language."""
    words = catalogue()[key]
    chinese = {name: in_chinese(value) for name, value in values.items()}
    return Said(words["en"].format(**values), words["zh"].format(**chinese))


def together(*parts: str) -> Said:
    """Sentences one after another."""
    return Said("".join(parts), "".join(str(in_chinese(part)) for part in parts))


def listed(items: Iterable[str]) -> Said:
    """Sentences with commas between them."""
    all_of_them = list(items)
    return Said(", ".join(all_of_them), "，".join(str(in_chinese(item)) for item in all_of_them))


def in_chinese(value: object) -> object:
    """A sentence in Chinese; what is no sentence is a name or a number, and the same in both languages."""
    return value.zh if isinstance(value, Said) else value


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All words of the reports: key -> language -> text."""
    text = Path(__file__).with_name("words.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found
