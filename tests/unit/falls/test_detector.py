"""The fold: the same findings however the stream is cut, and none from nonsense."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.falls import FallDetector
from analytics.falls.calibration import adjusted
from analytics.falls.conditioning import STEP
from analytics.falls.fusion import REPORTED
from analytics.falls.model import load
from core.instant import MINUTE, SECOND
from tests.unit.falls import acted
from tests.unit.falls.judges import certain_from, early_from


def findings(detector, windows):
    said = []
    for window in windows:
        said += detector.fold([window])
    return said + detector.tick(windows[-1].start + MINUTE)


def falls(said):
    return [finding for finding in said if finding.kind == "fall"]


def test_a_fall_is_reported_within_two_and_a_half_seconds():
    said = falls(findings(FallDetector(), acted.windows(acted.fall())))
    assert [finding.severity for finding in said] == ["possible"]
    assert said[0].at - said[0].onset <= 2_500_000
    assert abs(said[0].onset - (acted.START + 6 * SECOND)) < 200_000


def test_walking_raises_nothing():
    assert not findings(FallDetector(), acted.windows(acted.walk(30)))


def test_thirty_still_seconds_make_it_a_long_lie():
    said = falls(findings(FallDetector(), acted.windows(acted.fall(after=45))))
    assert [finding.severity for finding in said] == ["possible", "long_lie"]
    assert said[0].id == said[1].id
    assert [finding.revision for finding in said] == [0, 1]


def test_walking_on_makes_it_recovered():
    said = falls(findings(FallDetector(), acted.windows(acted.fall(after=5, then=acted.walk(20)))))
    assert [finding.severity for finding in said] == ["possible", "recovered"]


@pytest.mark.parametrize("hz", [20, 25, 31.25, 50, 100, 200, 238])
def test_the_rate_of_the_device_does_not_matter(hz):
    assert falls(findings(FallDetector(), acted.windows(acted.fall(hz=hz), hz=hz)))


def test_an_impact_before_silence_is_still_decided():
    windows = acted.windows(acted.fall(after=1))
    assert falls(findings(FallDetector(), windows))


def test_forgotten_devices_leave_nothing_behind():
    detector = FallDetector()
    windows = acted.windows(acted.fall(after=1))
    for window in windows:
        detector.fold([window])
    detector.forget(windows[0].device)
    assert not detector.tick(windows[-1].start + MINUTE)


@pytest.mark.parametrize("value", [0, 1000, 32767, -32768, 1])
def test_constant_input_raises_no_fall(value):
    samples = np.full((50 * 60, 3), value, np.int16)
    assert not falls(findings(FallDetector(), acted.windows(samples)))


@pytest.mark.parametrize("restart_s", [105, 108, 120, 130])
def test_a_restart_in_the_middle_of_a_fall_says_the_same_afterwards(restart_s):
    samples = np.concatenate([acted.walk(100), acted.fall(after=50)])
    stream = acted.windows(samples)
    before, rest = stream[:restart_s], stream[restart_s:]
    steady, fresh = FallDetector(), FallDetector()
    for window in before:
        steady.fold([window])
    fresh.fold([w for w in before if w.start >= before[-1].start - FallDetector.lookback_s * SECOND])
    assert [fresh.fold([window]) for window in rest] == [steady.fold([window]) for window in rest]


def test_a_fall_is_found_in_windows_of_any_length():
    onsets = {
        finding.onset
        for seconds in (0.5, 1, 2.56, 10)
        for finding in falls(findings(FallDetector(), acted.windows(acted.fall(after=20), seconds=seconds)))
    }
    assert len(onsets) == 1


def test_a_second_fall_in_half_a_minute_is_the_same_incident():
    samples = np.concatenate([acted.fall(after=6), acted.walk(3), acted.tumble(seed=8), acted.lie(6)])
    said = falls(findings(FallDetector(), acted.windows(samples)))
    assert len({finding.id for finding in said}) == 1


@pytest.mark.parametrize("up_s", [16, 20, 24])
def test_who_was_up_again_and_falls_once_more_has_fallen_twice(up_s):
    """Six seconds of walking are "recovered"; what comes after is no rebound of the first fall."""
    again = [acted.walk(up_s, seed=5), acted.tumble(seed=8), acted.lie(60)]
    said = falls(findings(FallDetector(), acted.windows(np.concatenate([acted.fall(after=2), *again]))))
    assert [finding.severity for finding in said] == ["possible", "recovered", "possible", "long_lie"]
    assert said[0].id == said[1].id != said[2].id == said[3].id


def test_a_window_that_does_not_say_where_it_was_worn_is_judged_as_installed():
    """Stored windows, folded again after a restart, do not say it."""

    def said(installed, site):
        detector = FallDetector()
        detector.know({1: installed})
        return detector.fold(acted.windows(acted.fall(), site=site))

    assert said("waist", "unknown") == said("unknown", "waist")
    assert said("waist", "wrist")[0].evidence["site"] == "wrist"


def test_a_device_that_was_given_back_is_forgotten():
    detector = FallDetector()
    samples = acted.windows(acted.fall())
    detector.fold(samples[:6])
    detector.know({2: "wrist"})
    assert detector.fold(samples[6:]) == []
    assert FallDetector().fold(samples) != []


@pytest.mark.parametrize("phase", range(0, 10, 3))
def test_a_plain_fall_of_a_device_that_sends_every_second_is_heard_in_time(phase):
    """Wherever in its window the impact lies."""
    detector = FallDetector(early_from(load(), 0.5))
    for window in acted.windows(acted.fall(before=5 + phase / 10)):
        if said := falls(detector.fold([window])):
            assert window.start + SECOND - said[0].onset <= 2_500_000
            return
    raise AssertionError("not heard")


def test_what_is_not_plain_is_said_by_the_last_judge():
    model, windows = load(), acted.windows(acted.fall())
    early = findings(FallDetector(early_from(model, 0.5)), windows)
    late = findings(FallDetector(early_from(model, 1.0)), windows)
    assert [one.id for one in late] == [one.id for one in early]
    assert late[0].at - early[0].at == (model.final.after - model.judges[0].after) * STEP


def test_a_wearable_handed_on_tells_of_falls_where_it_is_worn_now():
    samples = np.concatenate([acted.walk(20), acted.fall(after=45)])
    stream = acted.windows(samples)
    given = [replace(window, home=2, resident=9) for window in stream[15:]]
    said = falls(findings(FallDetector(), stream[:15] + given))
    assert [one.severity for one in said] == ["possible", "long_lie"]
    assert {(one.home, one.resident) for one in said} == {(2, 9)}


@pytest.mark.parametrize("handed_on", [{"home": 2, "resident": 9}, {"resident": 9}])
def test_the_next_wearer_lying_still_is_not_the_last_ones_long_lie(handed_on):
    """Handed on ten seconds after a fall, and put on a table."""
    stream = acted.windows(acted.fall(after=60))
    given = [replace(window, **handed_on) for window in stream[17:]]
    said = falls(findings(FallDetector(), stream[:17] + given))
    assert [(one.severity, one.home, one.resident) for one in said] == [("possible", 1, 1)]


def test_a_doubtful_impact_of_the_last_wearer_is_no_fall_of_the_next():
    windows = acted.windows(acted.fall(peak=2500))
    heard = []
    FallDetector(on_candidate=lambda _d, _i, p: heard.append(p)).fold(windows)
    detector = FallDetector(certain_from(load(), adjusted(max(heard), REPORTED / 2)))
    assert detector.fold(windows) == []
    lying = acted.windows(acted.lie(3), start=windows[-1].start + SECOND)
    detector.fold([replace(window, home=2, resident=9) for window in lying])
    impact = acted.START + 6 * SECOND
    assert detector.report(1, 5, impact, 1) == detector.report(9, 5, impact, 2) == []


def test_a_fall_reported_by_the_last_wearer_is_not_watched_at_the_next():
    detector = FallDetector()
    detector.report(1, 1, acted.START, 1)
    still = [replace(window, home=2, resident=9) for window in acted.windows(acted.lie(60))]
    assert findings(detector, still) == []


def test_a_wearable_given_to_somebody_of_whom_nothing_was_known_and_back_is_followed():
    stream = acted.windows(np.concatenate([acted.walk(30), acted.fall(after=45)]))
    owners = [{}] * 10 + [{"resident": None}] * 10 + [{}] * len(stream)
    said = falls(
        findings(FallDetector(), [replace(w, **who) for w, who in zip(stream, owners, strict=False)])
    )
    assert [(one.severity, one.resident) for one in said] == [("possible", 1), ("long_lie", 1)]
