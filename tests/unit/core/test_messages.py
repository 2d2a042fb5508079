"""Sentences for people."""

import re
import string
from pathlib import Path

import pytest

from core.instant import SECOND
from core.kind import KINDS
from core.messages import LANGUAGES, both, catalogue, duration, render, zone

ROOT = Path(__file__).parents[3]
NOON = 1_790_049_600 * SECOND  # 2026-09-22 04:00 UTC, noon in Shanghai


def test_both_languages_ask_for_the_same_numbers() -> None:
    for key, entry in catalogue().items():
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(entry[lang]) if name} for lang in LANGUAGES
        ]
        assert fields[0] == fields[1], key


def test_every_kind_has_a_title() -> None:
    assert {f"title.{kind.name}" for kind in KINDS} <= set(catalogue())


def test_every_reason_that_a_detector_gives_has_a_sentence() -> None:
    """Reasons with a literal key, found in the source; keys made at run time have tests of their own."""
    given = {
        key
        for path in (ROOT / "analytics").rglob("*.py")
        for key in re.findall(r'Reason\(\s*"([a-z_.]+)"', path.read_text())
    }
    assert given
    assert given <= set(catalogue())


def test_parameters_become_words() -> None:
    shown = both(
        "no.such.key", {"since_at": NOON, "silent_s": 12_000, "room": "bathroom", "n": 2.0}, "Asia/Shanghai"
    )
    assert shown["en"] == "no.such.key (since_at=12:00, silent_s=3 h 20 min, room=bathroom, n=2)"
    assert "12:00" in shown["zh"]
    assert "3小时20分钟" in shown["zh"]


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0秒"),
        (59.6, "1 min", "1分钟"),
        (45, "45 s", "45秒"),
        (3600, "1 h", "1小时"),
        (3661, "1 h 1 min", "1小时1分钟"),
        (90061, "1 d 1 h", "1天1小时"),
        (86400 + 61, "1 d", "1天"),
    ],
)
def test_durations_are_short(seconds: float, en: str, zh: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "zh")) == (en, zh)


def test_a_number_that_is_missing_never_loses_the_message() -> None:
    assert render("inactivity.silence", {}, "en", "UTC") == "inactivity.silence"


@pytest.mark.parametrize("typo", ["Asia/Shanghia", "", "Asia", "../etc/passwd", "\0"])
def test_a_time_zone_that_does_not_exist_never_loses_the_message(typo: str) -> None:
    assert render("no.such.key", {"since_at": NOON}, "en", typo) == "no.such.key (since_at=04:00)"
    assert zone(typo).key == "UTC"


@pytest.mark.parametrize(
    "params",
    [
        {"since_at": 10**30},
        {"since_at": -(10**18)},
        {"silent_s": float("nan")},
        {"x_s": float("inf")},
        {"x_s": 10**310},
        {"n": 10**5000},
        {"since_at": 10**5000},
    ],
)
def test_a_number_that_is_no_time_never_loses_the_message(params: dict[str, float]) -> None:
    assert render("no.such.key", params, "en", "UTC").startswith("no.such.key (")
