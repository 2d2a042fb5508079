"""Each device's own deadline, missed by five seconds at most; five answers to silence, one at a time."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors import all_detectors
from analytics.hush import Hush
from analytics.supervision import GRACE, SupervisionDetector
from core.directory import DeviceEntry, Directory
from core.instant import DAY, HOUR, MINUTE, SECOND
from ingest.decode import Decoder
from ingest.message import Message
from tests.unit.analytics.town import MORNING, Town, play

LATEST = 5 * SECOND


def directory(*intervals: int) -> Directory:
    """Devices that report so often, and one more in the home, so that a device is not its home."""
    entries = [
        DeviceEntry(n + 1, f"d{n + 1}", 1, "h1", 1, kind="pir", report_every_s=every)
        for n, every in enumerate([*intervals, 30])
    ]
    return Directory.of(entries, {1: (101,)})


def message(device: str, at: int, retained: bool = False, **body) -> Message:
    raw = json.dumps({"t": at // 1000, "seq": at // SECOND, "rssi": -60, **body}).encode()
    return Message(f"nw/v1/h1/{device}/status", raw, at, retained=retained)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(10, 900), min_size=1, max_size=4), st.integers(0, 999_999), st.integers(0, 999_999)
)
def test_a_deadline_is_missed_by_five_seconds_at_most(intervals, spoke, phase):
    known = directory(*intervals)
    detector, decoder = SupervisionDetector(), Decoder(known)
    detector.know(known)
    start = MORNING + spoke
    detector.fold(decoder.decode([message(f"d{n + 1}", start) for n in range(len(intervals))], start).batch)
    due = {n + 1: start + round(GRACE * every * SECOND) for n, every in enumerate(intervals)}
    told = {}
    until = max(due.values()) + 2 * LATEST
    for now in range(start + phase, until, SECOND):  # the worker ticks about once a second
        detector.fold(decoder.decode([message(f"d{len(intervals) + 1}", now)], now).batch)
        told |= {f.device: now for f in detector.tick(now) if f.kind == "offline" and not f.cleared}
    assert set(told) == set(due)
    for device, at in told.items():
        assert 0 <= at - due[device] <= LATEST


def test_a_retained_message_is_no_sign_of_life():
    known = directory(60)
    detector, decoder = SupervisionDetector(), Decoder(known)
    detector.know(known)
    found = []
    for second in range(0, 600, 5):
        now = MORNING + second * SECOND
        said = [message("d2", now), message("d1", now, retained=second > 0)]
        found += detector.fold(decoder.decode(said, now).batch) + detector.tick(now)
    assert [(f.kind, f.device) for f in found] == [("offline", 1)]


def test_a_retained_message_after_an_outage_does_not_end_it():
    hush = SupervisionDetector()
    known = directory(60)
    hush.know(known)
    batch = Decoder(known).decode([message("d1", MORNING, retained=True)], MORNING).batch
    hush.fold(batch)
    assert hush.tick(MORNING + 30 * DAY) == []


def test_an_outage_teaches_nothing_about_how_long_everybody_is_silent():
    """However often the platform dies at the same hour, it is not usual."""
    hush = Hush()
    for day in range(20):
        begin = MORNING + day * DAY
        talk = np.arange(begin, begin + 20 * HOUR, 4 * MINUTE)
        hush.listen(talk, learn=not day)  # its first word ends the outage of the night before
        assert hush.is_deadly(hush.last + 3 * HOUR) == (day >= 3)


ANSWERS = ("inactivity", "not_worn", "low_battery", "offline", "home_offline", "platform_outage")
TOWN = Town(6)


def answers(said, until):
    """(kind, home) of the answers that stand in the end."""
    detectors, found = all_detectors(), []
    for detector in detectors:
        detector.know(TOWN.directory)
        found += play(detector, TOWN.readings(said), until, every_s=60)
    last = {f.id: f for f in found}.values()
    return sorted({(f.kind, f.home) for f in last if f.kind in ANSWERS and not f.cleared})


def test_five_answers_to_silence_and_only_one_of_them_at_a_time():
    until = MORNING + 3 * HOUR
    quiet = {(3, kind) for kind in ("wearable", "pir", "smoke", "door")}
    said = TOWN.heartbeats(MORNING + HOUR)
    said += TOWN.heartbeats(until, begin=MORNING + HOUR, silent={*quiet, (2, "smoke")})
    said += [TOWN.says(1, "wearable", "worn", 0, MORNING + HOUR)]
    said += [TOWN.says(4, "pir", "battery", 0.1, MORNING + HOUR)]
    assert answers(said, until) == [
        ("home_offline", 3),
        ("low_battery", 4),
        ("not_worn", 1),
        ("offline", 2),
    ]


def test_when_everybody_is_silent_nothing_else_is_said():
    until = MORNING + 12 * HOUR
    said = TOWN.heartbeats(MORNING + HOUR)
    said += [TOWN.says(n, "pir", "presence", 1, MORNING + n * MINUTE) for n in range(1, 7)]
    assert answers(said, until) == [("platform_outage", 0)]


@pytest.mark.parametrize("every_s", [60, 3600])
def test_it_clears_with_the_first_word(every_s):
    known = directory(every_s)
    slow = replace(known.by_id[1], report_every_s=every_s)
    detector, decoder = SupervisionDetector(), Decoder(known)
    detector.know(known)
    detector.fold(decoder.decode([message("d1", MORNING)], MORNING).batch)
    late = MORNING + round(GRACE * (slow.report_every_s or 0) * SECOND) + MINUTE
    detector.fold(decoder.decode([message("d2", late)], late).batch)
    assert [f.kind for f in detector.tick(late)] == ["offline"]
    (back,) = detector.fold(decoder.decode([message("d1", late + SECOND)], late + SECOND).batch)
    assert (back.kind, back.cleared, back.at) == ("offline", True, late + SECOND)
