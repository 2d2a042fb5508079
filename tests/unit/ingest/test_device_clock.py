"""A device's clock against ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, HOUR, MINUTE, SECOND
from ingest.device_clock import DeviceClock, Verdict, judge

NOW = 1_790_000_000 * SECOND


def test_verdicts() -> None:
    table = [
        (0, Verdict.LIVE),
        (-4 * SECOND, Verdict.LIVE),
        (-6 * SECOND, Verdict.FUTURE),
        (MINUTE, Verdict.LIVE),
        (10 * MINUTE, Verdict.LATE),
        (29 * DAY, Verdict.LATE),
        (31 * DAY, Verdict.ANCIENT),
    ]
    assert [judge(NOW - lateness, NOW) for lateness, _ in table] == [verdict for _, verdict in table]


def test_a_backlog_is_not_a_wrong_clock() -> None:
    clock = DeviceClock()
    for i in range(500):  # a day of readings a minute apart, handed over in five seconds
        assert clock.learn(NOW - DAY + i * MINUTE, NOW + i * 10_000) is None


@pytest.mark.parametrize("speed", [1.05, 1.5, 3.0, 20.0])
def test_a_backlog_handed_over_slowly_is_not_a_wrong_clock_either(speed: float) -> None:
    clock = DeviceClock()
    for i in range(600):  # half an hour without Wi-Fi, a message a second, sent a little faster than it was
        assert clock.learn(NOW - HOUR // 2 + int(i * SECOND * speed), NOW + i * SECOND) is None


def test_a_clock_at_1970_is_believed_wrong_within_seconds() -> None:
    clock = DeviceClock()
    adopted = [clock.learn(1000 * SECOND + i * SECOND, NOW + i * SECOND) for i in range(4)]
    assert adopted[:2] == [None, None]
    assert adopted[2] == (1000 * SECOND, NOW - 1000 * SECOND)
    assert judge(clock.correct(1010 * SECOND), NOW + 10 * SECOND) is Verdict.LIVE


def test_a_clock_that_was_set_right_is_believed_again() -> None:
    clock = DeviceClock()
    for i in range(4):
        clock.learn(1000 * SECOND + i * SECOND, NOW + i * SECOND)
    wrong = [clock.learn(NOW + i * SECOND, NOW + i * SECOND) for i in range(10, 16)]
    assert any(wrong)
    assert judge(clock.correct(NOW + 20 * SECOND), NOW + 20 * SECOND) is Verdict.LIVE
    # and what it said in its wrong time is still corrected as it was
    assert clock.correct(1001 * SECOND) == NOW + SECOND


@pytest.mark.parametrize("fast", [8 * SECOND, 90 * SECOND, 110 * SECOND])
def test_a_clock_a_little_fast_that_was_set_right_is_believed_again(fast: int) -> None:
    clock = DeviceClock()
    for i in range(10):
        clock.learn(NOW + i * SECOND + fast, NOW + i * SECOND)
    assert clock.correct(NOW + 9 * SECOND + fast) == NOW + 9 * SECOND
    at = [NOW + HOUR + i * SECOND for i in range(150)]
    before = [(clock.learn(t, t + SECOND // 10), clock.correct(t))[1] for t in at]
    assert before[0] == at[0] - fast, "a single message proves nothing"
    assert before[-1] == at[-1]
    assert [clock.correct(t) for t in at] == before, "delivered again it is the same"
    assert clock.correct(NOW + 9 * SECOND + fast) == NOW + 9 * SECOND


def test_a_backlog_of_a_fast_clock_does_not_set_it_right() -> None:
    clock = DeviceClock()
    for i in range(300):  # ninety seconds fast; half of it comes late by as much, ever less so
        t, late = NOW + i * SECOND + 90 * SECOND, max(0, 90 - max(0, i - 20)) * SECOND if i > 20 else 0
        clock.learn(t, NOW + i * SECOND + late)
    assert clock.offsets[-1] == -90 * SECOND


def test_a_clock_set_back_an_hour_is_not_doubted_twice() -> None:
    clock, fast = DeviceClock(), 8 * SECOND
    for i in range(30):  # eight seconds fast, and soon corrected
        clock.learn(NOW + i * MINUTE + fast, NOW + i * MINUTE)
    verdicts = []
    for i in range(30, 150):
        t, received = NOW + i * MINUTE - HOUR, NOW + i * MINUTE
        clock.learn(t, received)
        verdicts.append(judge(clock.correct(t), received))
    late = verdicts.count(Verdict.LATE)
    assert verdicts == [Verdict.LATE] * late + [Verdict.LIVE] * (120 - late)


@given(st.integers(-400 * DAY, 400 * DAY), st.lists(st.integers(0, 2 * SECOND), min_size=40, max_size=40))
def test_any_steady_error_is_corrected_to_within_what_counts_as_live(error: int, delays: list[int]) -> None:
    clock = DeviceClock()
    at = NOW
    for delay in delays:
        at += 10 * SECOND
        clock.learn(at - error, at + delay)
    corrected = clock.correct(at - error)
    assert abs(corrected - at) <= max(3 * SECOND, min(abs(error), 2 * MINUTE))
