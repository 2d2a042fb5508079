"""Sentences for people, in Chinese and English: a key and numbers go in, a sentence comes out.

Each package keeps the sentences of what it says in its own `messages.json`, {key: {"zh": ..., "en": ...}}
with `str.format` fields; together they are one catalogue. By the ending of a parameter's name:
`*_at` is an instant (Unix microseconds) shown as local time, `*_s` a duration in seconds, `room` and
`metric` are words translated through the catalogue ("room.bathroom"); other numbers are shown short.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.instant import to_datetime

LANGUAGES = ("zh", "en")
_ROOT = Path(__file__).parent.parent
_MOST = 2**53
_WORDS = ("room", "metric", "device_kind", "outcome")
_UNITS = {
    "zh": (("天", 86400), ("小时", 3600), ("分钟", 60), ("秒", 1)),
    "en": ((" d", 86400), (" h", 3600), (" min", 60), (" s", 1)),
}


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All sentences by key; raises ValueError when a key stands twice or lacks a language."""
    entries: dict[str, Mapping[str, str]] = {}
    for path in sorted([*_ROOT.glob("[a-z]*/messages.json"), *_ROOT.glob("[a-z]*/[a-z]*/messages.json")]):
        for key, languages in json.loads(path.read_text(encoding="utf-8")).items():
            if key in entries:
                raise ValueError(f"message {key} stands twice")
            if set(languages) != set(LANGUAGES):
                raise ValueError(f"message {key} needs {' and '.join(LANGUAGES)}")
            entries[key] = languages
    return entries


def render(key: str, params: Mapping[str, Any], language: str, time_zone: str) -> str:
    """The sentence `key` in `language`.

    A key or a parameter that is missing gives the key itself and what is known, and an unknown time zone is
    shown as UTC: a message about a person in trouble is never lost to a typing error.
    """
    entry = catalogue().get(key)
    words = {name: _show(name, value, language, time_zone) for name, value in params.items()}
    if entry is None:
        return _bare(key, words)
    try:
        return entry[language].format_map(words)
    except (KeyError, IndexError, ValueError):
        return _bare(key, words)


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone `name`; UTC when there is no such zone, for a typing error must silence nothing."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name of a zone, a folder of zones
        return ZoneInfo("UTC")


def both(key: str, params: Mapping[str, Any], time_zone: str) -> dict[str, str]:
    """The sentence in every language: {"zh": ..., "en": ...}."""
    return {language: render(key, params, language, time_zone) for language in LANGUAGES}


def duration(seconds: float, language: str) -> str:
    """Seconds in the two largest units that matter: "3 h 20 min"."""
    left = max(0, round(seconds))
    shown: list[str] = []
    for name, size in _UNITS[language]:
        if left >= size and len(shown) < 2:
            shown.append(f"{left // size}{name}")
            left %= size
        elif shown:
            break
    separator = "" if language == "zh" else " "
    return separator.join(shown) or f"0{_UNITS[language][-1][0]}"


def _bare(key: str, words: Mapping[str, str]) -> str:
    return f"{key} ({', '.join(f'{k}={v}' for k, v in words.items())})" if words else key


def _show(name: str, value: Any, language: str, time_zone: str) -> str:
    if value is None or (isinstance(value, int | float) and not abs(value) < _MOST):
        return "?"  # nothing measured: no number, or one that neither a clock nor a float holds
    if name.endswith("_at") and isinstance(value, int):
        return _clock(value, time_zone)
    if name.endswith("_s") and isinstance(value, int | float):
        return duration(value, language)
    if name in _WORDS:
        entry = catalogue().get(f"{name}.{value}")
        return entry[language] if entry else str(value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _clock(instant: int, time_zone: str) -> str:
    try:
        return f"{to_datetime(instant).astimezone(zone(time_zone)):%H:%M}"
    except (OverflowError, ValueError):  # no instant that a calendar knows
        return str(instant)
