"""What of a device's memory is read again after a restart: enough, and not a row for every message."""

import numpy as np
import pytest

from core.batch import READING, Batch
from core.instant import HOUR, MINUTE, SECOND
from core.motion import MotionWindow
from ingest.late import MOTION, READINGS, STATE, Late

NOW = 1_700_000_000 * SECOND


def readings(now: int, *times: int, device: int = 7) -> Batch:
    rows = np.zeros(len(times), READING)
    rows["time"], rows["device"], rows["received"] = times, device, now
    return Batch(now, rows)


def motion(now: int, *starts: int, judged: bool = False) -> Batch:
    acc = np.zeros((50, 3), np.int16)
    return Batch(now, motion=[MotionWindow(1, 7, 1, start, 50.0, acc, judged=judged) for start in starts])


def test_what_is_told_as_it_happens_notes_nothing() -> None:
    late = Late()
    assert late.note(readings(NOW, NOW, NOW - MINUTE)) == []
    assert late.note(motion(NOW, NOW - SECOND, NOW - 50 * SECOND)) == []
    assert late.since(READINGS, NOW) == late.since(MOTION, NOW) == {}


def test_readings_are_read_again_from_the_oldest_on_and_motion_from_where_the_detector_still_needs_it() -> (
    None
):
    late = Late()
    late.note(readings(NOW, NOW - 5 * HOUR, NOW - 6 * HOUR, NOW))
    late.note(motion(NOW, NOW - 6 * HOUR, NOW - 5 * HOUR))
    assert late.since(READINGS, NOW) == {7: NOW - 6 * HOUR}
    assert late.since(MOTION, NOW) == {7: NOW - 5 * HOUR - STATE}


def test_who_starts_anew_reads_what_was_noted_and_forgets_it_after_an_hour() -> None:
    late, fresh = Late(), Late()
    fresh.recall(late.note(readings(NOW, NOW - 6 * HOUR)))
    assert fresh.since(READINGS, NOW + HOUR) == {7: NOW - 6 * HOUR}
    assert fresh.since(READINGS, NOW + 2 * HOUR) == {}


@pytest.mark.parametrize("pace", [1, 600])
def test_a_night_is_handed_over_with_few_rows_and_never_too_little_is_read_again(pace: int) -> None:
    """A day in messages of a minute each, `pace` times as fast as it happened."""
    late, fresh, rows = Late(), Late(), 0
    for minute in range(24 * 60):
        now, told = NOW + minute * MINUTE // pace, NOW - 24 * HOUR + minute * MINUTE
        written = late.note(readings(now, told, told + SECOND)) + late.note(motion(now, told, told + SECOND))
        rows += sum(row.topic == READINGS for row in written)
        fresh.recall(written)
        assert fresh.since(READINGS, now)[7] <= max(told - 70 * MINUTE * pace, NOW - 24 * HOUR)
        assert told - STATE - 10 * SECOND <= fresh.since(MOTION, now)[7] <= told + SECOND - STATE
    assert rows <= 24 * 60 / pace / 10 + 1


def test_a_device_that_begins_anew_with_an_older_memory_is_followed_there() -> None:
    late = Late()
    late.note(motion(NOW, NOW - 2 * HOUR))
    late.note(motion(NOW, NOW - 9 * HOUR))
    assert late.since(MOTION, NOW) == {7: NOW - 9 * HOUR - STATE}


def test_motion_that_a_gateway_has_judged_is_nobodys_matter() -> None:
    assert Late().note(motion(NOW, NOW - 9 * HOUR, judged=True)) == []


def test_a_clock_that_was_set_back_begins_a_new_memory() -> None:
    late = Late()
    late.note(readings(NOW + 24 * HOUR, NOW - 6 * HOUR))
    late.note(readings(NOW, NOW - 3 * HOUR))
    assert late.since(READINGS, NOW) == {7: NOW - 3 * HOUR}
