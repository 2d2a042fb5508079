"""A home behind a gateway: what the platform learns of it, what sounds in it, what a kill or a cut takes."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.quantity import BY_NAME
from ingest.edge.config import Alarm, Rule
from ingest.message import Message
from tests.unit.falls.acted import lie, windows
from tests.unit.ingest.edge.home import CONFIG, NOW, Home, Platform, fallen, moved, said

HEART = BY_NAME["heart_rate"].id


def lived(home: Home, messages: list[Message], platform: Platform | None = None) -> int:
    """One message after the other, with a tick each; the line stands where there is a `platform`."""
    now = NOW
    for message in messages:
        now = max(now, message.received)
        home.hear([message], now)
        home.tick(now)
        if platform:
            home.hand_up(platform, now)
            platform.tick(now)
    return now


def test_a_fall_is_one_finding_above_with_its_clip_and_sounds_below(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    lived(home, fallen(NOW), platform)
    assert platform.kinds() == ["fall"]
    assert home.sounds == ["high fall"]
    (found,) = {finding.id for finding in platform.findings.values()}
    last = max(platform.findings.values(), key=lambda one: one.revision)
    assert last.id == found
    around = [w for w in platform.windows.values() if abs(w.start - last.onset) <= 20 * SECOND]
    assert len(around) >= 38, "every second of the clip"
    assert len(platform.windows) < 60, "and little else of a minute and a half"


def test_the_platform_finds_what_it_would_have_found_without_a_gateway(tmp_path: Path) -> None:
    direct, home, platform = Platform(), Home(tmp_path), Platform()
    day = [
        said("p1", "event", NOW + 1 * SECOND, 1, kind="presence", state=1),
        said("b1", "event", NOW + 60 * SECOND, 2, kind="button", state=1),
        said("s1", "event", NOW + 90 * SECOND, 3, kind="smoke", state=1),
        said("s1", "event", NOW + 120 * SECOND, 4, kind="smoke", state=0),
        said("w1", "event", NOW + 600 * SECOND, 5, kind="fall", state=1),
    ]
    lived(home, day, platform)
    for message in day:
        direct.hear([message], message.received)
        direct.tick(message.received)
    assert platform.findings.keys() == direct.findings.keys()
    assert platform.kinds() == ["fall", "smoke", "sos"]


def test_a_fall_that_the_watch_reports_and_the_gateway_sees_is_one(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    acted = fallen(NOW)
    report = said("w1", "event", NOW + 49 * SECOND, 9, kind="fall", state=1)
    lived(home, [*acted[:49], report, *acted[49:]], platform)
    assert platform.kinds() == ["fall"]


def test_days_without_a_line_come_through_whole_and_once(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    day = [
        said("p1", "event", NOW + n * 10 * MINUTE, n, kind="presence", state=n % 2) for n in range(3 * 24 * 6)
    ]
    day.append(said("b1", "event", NOW + 3 * DAY - HOUR, 1, kind="button"))
    for number, message in enumerate(sorted(day, key=lambda one: one.received)):
        home.hear([message], message.received)
        if number % 100 == 50:
            home.kill(message.received)
    assert home.sounds == ["high sos"], "without any network"
    home.hand_up(platform, NOW + 3 * DAY, lost=True)
    presence = BY_NAME["presence"].id
    assert sum(metric == presence for _, metric, _ in platform.rows) == 3 * 24 * 6
    assert platform.refused == []
    assert platform.kinds().count("sos") == 1
    assert home.store.waiting == (0, 0)


def test_what_matters_most_goes_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.hear(
        [said("p1", "event", NOW + n * SECOND, n, kind="presence", state=1) for n in range(500)],
        NOW + 500 * SECOND,
    )
    home.hear([said("b1", "event", NOW + 501 * SECOND, 1, kind="button")], NOW + 501 * SECOND)
    ((_, first),) = home.store.next(1)
    assert b"button" in first


def test_when_there_is_no_room_the_least_and_oldest_goes_and_is_counted(tmp_path: Path) -> None:
    home = Home(tmp_path, msgspec.structs.replace(CONFIG, capacity_mb=0.02))
    home.hear([said("b1", "event", NOW, 1, kind="button")], NOW)
    for n in range(1, 400):
        at = NOW + n * 10 * MINUTE
        home.hear(
            [said("w1", "vital", at, n, heart_rate=60 + n % 40), said("p1", "event", at, n, kind="presence")],
            at,
        )
    bodies = [body for _, body in home.store.next(10_000)]
    assert sum(map(len, bodies)) <= 0.02 * 1024 * 1024
    assert b"button" in bodies[0], "a cry for help outlives all of it"
    assert not any(b"heart_rate" in body for body in bodies), "readings before events"
    assert b'"t":%d' % ((NOW + 399 * 10 * MINUTE) // 1000) in bodies[-1], "and of those the oldest"
    assert sum(home.store.dropped.values()) + len(bodies) == 1 + 2 * 399


def test_readings_that_stay_the_same_go_up_now_and_then(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    lived(
        home, [said("w1", "vital", NOW + n * SECOND, n, heart_rate=70 + n % 3) for n in range(600)], platform
    )
    assert sum(metric == HEART for _, metric, _ in platform.rows) == 2
    lived(home, [said("w1", "vital", NOW + 900 * SECOND, 900, heart_rate=130)], platform)
    assert 130 in platform.rows.values(), "a change at once"


def test_means_are_the_same_after_a_restart_in_the_middle(tmp_path: Path) -> None:
    rules = {"vital": Rule("mean", 60)}
    means = []
    for name in ("whole", "killed"):
        home, platform = Home(tmp_path / name, msgspec.structs.replace(CONFIG, rules=rules)), Platform()
        for n in range(600):
            at = NOW + n * SECOND
            home.hear([said("w1", "vital", at, n, heart_rate=60 + n % 50)], at)
            if name == "killed" and n in (95, 301):
                home.kill(at)
        home.tick(NOW + 800 * SECOND)
        home.hand_up(platform, NOW + 800 * SECOND)
        means.append({key: value for key, value in platform.rows.items() if key[1] == HEART})
    assert len(means[0]) in (10, 11)
    assert means[0] == means[1]


def test_a_device_that_says_nothing_new_is_known_to_live(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    rest = lie(600)
    still = [moved(w, w.start + SECOND) for w in windows(rest, start=NOW, device=11)]
    lived(home, still, platform)
    heard = sorted(
        {time for device, _, time in platform.rows if device == 11}
        | {w.start for w in platform.windows.values()}
    )
    gaps = [b - a for a, b in pairwise(heard)]
    assert max(gaps) <= 61 * SECOND
    assert len(platform.windows) <= 11


def test_what_could_not_be_read_is_in_the_platforms_quarantine(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    lived(
        home,
        [said("w1", "vital", NOW, 1, heart_rate=4000), Message("nw/v1/h1/w1/poetry", b"\x00\xff", NOW)],
        platform,
    )
    assert [(item.fault, item.message.payload[:2]) for item in platform.refused] == [
        ("impossible_value", b'{"'), ("unknown_stream", b"\x00\xff"),
    ]  # fmt: skip


def test_a_wrong_clock_is_corrected_in_the_home_and_not_once_more_above(tmp_path: Path) -> None:
    home, platform = Home(tmp_path), Platform()
    ahead = [
        replace(said("p1", "event", NOW + HOUR + n * SECOND, n, kind="presence"), received=NOW + n * SECOND)
        for n in range(30)
    ]
    # The platform knew another correction of it, from before there was a gateway.
    platform.decoder.clocks.setdefault(12, platform.decoder._clock(platform.directory.by_id[12])).offsets[
        0
    ] = 5 * HOUR
    lived(home, ahead, platform)
    times = [
        time for device, metric, time in platform.rows if device == 12 and metric == BY_NAME["presence"].id
    ]
    assert len(times) >= 26
    assert all(NOW <= time <= NOW + 31 * SECOND for time in times)


def test_an_alarm_goes_on_after_a_kill_and_ends_by_itself(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.hear([said("b1", "event", NOW, 1, kind="button")], NOW)
    home.kill(NOW + 30 * SECOND)
    assert home.sounds == ["high sos", "high sos"], "said again: nobody knows whether it was heard"
    home.hear([said("b1", "event", NOW, 1, kind="button")], NOW + 31 * SECOND)
    assert home.sounds == ["high sos", "high sos"], "delivered again it is the same press"
    home.tick(NOW + 181 * SECOND)
    assert home.sounds[2:] == ["off"]
    home.kill(NOW + 200 * SECOND)
    assert home.sounds[3:] == ["off"], "said again, too"


def test_the_wearer_ends_it_and_an_all_clear_does(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.hear([said("b1", "event", NOW, 1, kind="button")], NOW)
    home.hear([said("w1", "event", NOW + 5 * SECOND, 1, kind="all_right")], NOW + 5 * SECOND)
    home.hear([said("s1", "event", NOW + 10 * SECOND, 1, kind="smoke", state=1)], NOW + 10 * SECOND)
    home.hear([said("w1", "event", NOW + 15 * SECOND, 2, kind="all_right")], NOW + 15 * SECOND)
    home.hear([said("s1", "event", NOW + 20 * SECOND, 2, kind="smoke", state=0)], NOW + 20 * SECOND)
    assert home.sounds == ["high sos", "off", "high smoke", "off"], "who is well does not put out a fire"


def test_what_is_not_to_sound_does_not(tmp_path: Path) -> None:
    home = Home(tmp_path, msgspec.structs.replace(CONFIG, alarm=Alarm(kinds=("smoke",))))
    home.hear([said("b1", "event", NOW, 1, kind="button")], NOW)
    assert home.sounds == []


def test_a_detector_nobody_knows_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such detector: crystal_ball"):
        Home(tmp_path, msgspec.structs.replace(CONFIG, detectors=("falls", "crystal_ball")))


happening = st.tuples(
    st.sampled_from(["presence", "button", "smoke", "heart_rate", "online"]),
    st.integers(0, 20 * MINUTE),
    st.integers(0, 1),
    st.sampled_from(["", "", "", "kill", "unstored", "line"]),
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(happening, min_size=1, max_size=40))
def test_kills_and_cuts_anywhere_change_nothing_of_what_the_platform_ends_with(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, int, int, str]]
) -> None:
    """Everything goes up (`all`); a message whose commit a kill forestalled is delivered again."""
    rules = {stream: Rule("all") for stream in ("event", "vital", "status", "position")}
    home = Home(tmp_path_factory.mktemp("home"), msgspec.structs.replace(CONFIG, rules=rules))
    platform, direct = Platform(), Platform()
    now = NOW
    for seq, (what, pause, state, fate) in enumerate(story):
        now += pause
        stream, device = {"heart_rate": ("vital", "w1"), "online": ("status", "w1")}.get(
            what, ("event", "p1")
        )
        device = {"button": "b1", "smoke": "s1"}.get(what, device)
        body = {"kind": what, "state": state} if stream == "event" else {what: state}
        message = said(device, stream, now, seq, **body)
        direct.hear([message], now)
        if fate == "unstored":
            home.gateway.handle([message], now)
            home.kill(now)
        home.hear([message], now)
        if fate == "kill":
            home.kill(now)
        if fate == "line":
            home.hand_up(platform, now, lost=bool(state), limit=7)
    home.hand_up(platform, now)
    assert platform.rows == direct.rows
    assert platform.refused == []
    assert home.store.waiting == (0, 0)


def test_a_platform_started_anew_right_after_a_fall_does_not_find_it_again(tmp_path: Path) -> None:
    """It shows its detectors the windows of the last 90 s once more, and no row says who had judged them."""
    for cut in (60, 70, 91):
        home, platform, again = Home(tmp_path / str(cut)), Platform(), Platform()
        now = lived(home, fallen(NOW)[:cut], platform)
        for detector in again.detectors:
            detector.resume(list(platform.findings.values()))
        seen = [replace(w, judged=False) for w in platform.windows.values() if w.start >= now - 90 * SECOND]
        seen.sort(key=lambda window: window.start)
        again._find([f for detector in again.detectors for f in detector.fold(Batch(now, motion=seen))])
        again.tick(now + SECOND)
        again.tick(now + 60 * SECOND)
        known = {finding.id for finding in platform.findings.values()}
        assert {finding.id for finding in again.findings.values()} <= known
        assert known


def test_a_last_will_in_the_home_is_one_above(tmp_path: Path) -> None:
    """The platform is told that the device is gone, and not that it was heard."""
    home, platform = Home(tmp_path), Platform()
    home.hear([said("w1", "status", NOW, 1, online=True)], NOW)
    home.hand_up(platform, NOW)
    later = NOW + 90 * SECOND
    home.hear([Message("nw/v1/h1/w1/status", b'{"online":false}', later)], later)
    decoded = platform.relay([body for _, body in home.store.next(9)], later)
    assert decoded.news[11].online is False
    assert decoded.news[11].last_seen is None
    rows = decoded.batch.readings
    assert (rows["value"].tolist(), rows["time"].tolist()) == ([0.0], [later])
