"""The silence model: what it is shown, and that its card fits."""

import json

import numpy as np
import pytest

from analytics.inactivity import InactivityDetector
from analytics.routine import CLASSES, DAYS, SITUATION, Routine, RoutineDay, decode, encode
from analytics.rows import Rows
from analytics.silence import NAMES, SHIPPED, Silence, describe, from_json, shipped
from analytics.silence_patience import MOST, STEP, Ruling, extra
from core.directory import DeviceEntry, Directory
from core.instant import DAY, SECOND


def routine(days: int, usual_h: float) -> Routine:
    """One home whose every silence has lasted up to `usual_h` on each of `days` days."""
    known = Routine()
    known.know(Rows(), Rows([1]))
    for day in range(days):
        known.note(np.zeros(CLASSES, np.int32), np.arange(CLASSES), np.full(CLASSES, usual_h * 3600))
        known.hours[:] = 2**24 - 1
        known.close(np.array([0]), np.array([day + 1], np.int32))
    return known


def silence_at(hour: float, *, away: bool = False) -> Silence:
    return Silence(
        home=np.array([0]),
        begun_h=np.array([hour]),
        away=np.array([away]),
        door_s=np.array([60.0 if away else 36_000.0]),
        place=np.array([0 if away else 6], np.uint8),
        counts=np.array([[2.0, 6.0, 20.0]]),
    )


def excess(known: Routine, silence: Silence, hours: float) -> float:
    """At one tolerated alarm a month."""
    model = shipped()
    return float(model.excess(known, silence, np.array([hours * 3600.0]), model.threshold(1 / 30.44))[0])


def test_there_is_a_name_for_every_number():
    assert describe(routine(3, 1), silence_at(9), np.array([7200.0])).shape == (1, len(NAMES))
    assert len(set(NAMES)) == len(NAMES)


def test_a_card_for_other_columns_is_refused():
    card = json.loads(SHIPPED.read_text(encoding="utf-8"))
    card["columns"][0] = "something else"
    with pytest.raises(ValueError, match="other columns"):
        from_json(card)


def test_a_byte_keeps_a_silence_within_four_per_cent():
    seconds = np.geomspace(63, 86_400, 200)
    kept = decode(encode(seconds))
    assert np.all(kept >= seconds * 0.999)
    assert np.all(kept <= seconds * 1.041)


def test_writing_a_day_down_and_reading_it_again_changes_no_byte():
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(encode(decode(codes).astype(int).astype(float)), codes)


def test_a_home_takes_less_than_two_kilobytes():
    """Every column that grows with the number of homes, wherever it is kept."""
    detector, homes = InactivityDetector(), 1000
    devices = [DeviceEntry(n, f"pir-{n}", n, f"home-{n}", 1, kind="pir") for n in range(1, homes + 1)]
    detector.know(Directory.of(devices, {n: (n,) for n in range(1, homes + 1)}))
    detector.tick(1_750_000_000 * SECOND)
    assert sum(columns(detector, homes)) / homes <= 2000


def columns(part, homes):
    """Bytes of the arrays with a row a home, in `part` and the parts it is made of."""
    for value in vars(part).values():
        if isinstance(value, np.ndarray) and len(value) == homes:
            yield value.nbytes
        elif type(value).__module__.startswith("analytics") and hasattr(value, "__dict__"):
            yield from columns(value, homes)


def test_more_tolerated_alarms_mean_a_lower_threshold():
    thresholds = [shipped().threshold(rate) for rate in (0.025, 0.0329, 0.05, 0.07, 0.1)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_patience_grows_with_each_false_alarm_and_fades():
    said = [Ruling(1, 0, day * DAY, false=True) for day in (1, 2)]
    assert extra([], DAY) == 0
    assert extra(said[:1], DAY) == STEP
    assert STEP < extra(said, 2 * DAY) < 2 * STEP
    assert extra(said, 3 * DAY) < extra(said, 2 * DAY)
    assert extra(said, DAY) == STEP  # what will be said tomorrow does not count yet


def test_patience_ends_with_a_real_alarm_and_never_passes_all_bounds():
    false = [Ruling(1, 0, day * DAY, false=True) for day in range(1, 30)]
    assert extra(false, 30 * DAY) <= MOST
    assert extra([*false, Ruling(1, 0, 30 * DAY, false=False)], 30 * DAY) == 0


def test_the_unusual_silence_of_a_busy_home_is_usual_in_a_quiet_one():
    busy, quiet = routine(DAYS, 0.8), routine(DAYS, 5.0)
    assert excess(busy, silence_at(10), 4) > excess(quiet, silence_at(10), 4)


def test_a_longer_silence_is_never_less_of_a_worry_by_day():
    known = routine(DAYS, 1.0)
    course = [excess(known, silence_at(9), hours) for hours in (3, 5, 8, 12)]
    assert course == sorted(course)


def test_a_whole_day_is_too_long_for_everybody():
    assert excess(routine(DAYS, 23.0), silence_at(22, away=True), 24) > 0


def test_only_an_ordinary_day_is_learned():
    known = Routine()
    known.know(Rows(), Rows([1]))
    known.hours[:] = 0b111  # three active hours: nobody was really there
    known.close(np.array([0]), np.array([1], np.int32))
    assert known.known[0] == 0


def test_a_stored_day_has_plain_numbers_only():
    day = RoutineDay(1, 20_000, [0] * (CLASSES + SITUATION), 7, 5, 4)
    assert day.fits
    assert json.dumps([day.home, day.day, list(day.longest_s), day.hours, day.last_at, day.door_at])


def test_a_day_stored_for_other_classes_is_left_out():
    detector = InactivityDetector()
    detector.load([RoutineDay(1, 20_000, [0] * 48, 7, 5, 4)])
    assert not RoutineDay(1, 20_000, [0] * 48, 7, 5, 4).fits
