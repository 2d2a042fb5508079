import pytest

from core import clock
from core.instant import DAY, HOUR, SECOND


def test_no_specification_means_the_clock_on_the_wall():
    assert clock.parse("") == clock.parse("  ") == clock.SystemClock()
    assert clock.SystemClock().sleep_s(3) == 3


def test_a_scaled_clock_lives_a_day_in_a_minute():
    fast = clock.ScaledClock(real_anchor=5 * SECOND, virtual_anchor=100 * DAY, rate=1440)
    assert fast.at(65 * SECOND) == 101 * DAY
    assert fast.sleep_s(24 * 3600) == 60


def test_a_scaled_clock_stands_still_before_its_anchor():
    fast = clock.ScaledClock(real_anchor=5 * SECOND, virtual_anchor=DAY, rate=10)
    assert fast.at(0) == DAY


def test_a_specification_survives_the_trip_through_the_environment():
    fast = clock.ScaledClock(1_700_000_000_123_456, 1_300_000_000_000_001, 86.4)
    assert clock.parse(fast.spec) == fast


def test_two_parts_with_one_specification_agree():
    fast = clock.ScaledClock(clock.SystemClock().now(), 0, 3600)
    first = clock.parse(fast.spec).now()
    second = clock.parse(fast.spec).now()
    assert 0 <= second - first < HOUR


@pytest.mark.parametrize("spec", ["now", "1,2", "1,2,0", "1,2,-3", "1,2,inf", "1,2,nan", "a,b,c"])
def test_a_wrong_specification_is_refused_by_name(spec):
    with pytest.raises(ValueError, match="is not <real us>,<virtual us>,<rate>"):
        clock.parse(spec)


def test_a_manual_clock_moves_only_when_told():
    manual = clock.ManualClock(0)
    assert manual.advance(days=1, hours=1, minutes=1, seconds=1.5) == DAY + HOUR + 61_500_000
    assert manual.now() == manual.now()
