"""Falls after the server's clock was an hour fast for a while and was put right."""

import pytest

from analytics.detectors import Falls
from core.batch import Batch
from core.directory import DeviceEntry, Directory
from core.instant import HOUR, MINUTE, SECOND
from tests.unit.falls.acted import fall, windows

NOW = 1_790_000_000 * SECOND
DIRECTORY = Directory.of([DeviceEntry(11, "w1", 1, "h1", 7, 5, "wearable", "", "wrist", 60)], {1: (5,)})


def _lives(falls: Falls, start: int) -> list[str]:
    """A wearer walks, falls and lies, by what the platform takes for the time; severities told."""
    said = []
    for window in windows(fall(before=40, after=50), start=start, device=11):
        now = window.start + 2 * SECOND
        said += falls.fold(Batch(now, motion=[window]))
        said += falls.tick(now)
    return [finding.severity for finding in said]


@pytest.mark.parametrize("fast", [0, HOUR])
def test_a_fall_is_found_after_a_clock_that_was_fast_was_set_right(fast: int) -> None:
    falls = Falls()
    falls.know(DIRECTORY)
    for window in windows(fall(before=40, after=50)[:500], start=NOW + fast, device=11):  # walking
        falls.fold(Batch(window.start + SECOND, motion=[window]))
        falls.tick(window.start + SECOND)
    assert "possible" in _lives(falls, NOW + 5 * MINUTE)
