"""What goes wrong between a sensor and the broker, as wrappers that compose."""

import json

import numpy as np
import pytest

from core.instant import HOUR, MINUTE, SECOND
from ingest import payload
from ingest.message import BadPayload, Message
from simulators import faults_device as device
from simulators import faults_network as network
from simulators import wire
from simulators.faults import Fault, afflicted, only
from simulators.post import BACK, CUT, SAY, Post, Sender

START = 1_760_000_000 * SECOND
WATCH, DOOR = Sender("h1", "w1"), Sender("h1", "d1")


def heartbeats(count: int = 100, every_s: float = 10, sender: Sender = WATCH) -> list[Post]:
    return [
        Post(at, sender, "vital", (wire.vital(at, n, {"heart_rate": 60.0 + n % 30}),))
        for n in range(count)
        for at in [START + round(n * every_s * SECOND)]
    ]


def statuses(count: int, every_s: float = 60) -> list[Post]:
    return [
        Post(at, WATCH, "status", (wire.status(at, n, battery=0.9, rssi=-60, uptime_s=n),), retain=True)
        for n in range(count)
        for at in [START + round(n * every_s * SECOND)]
    ]


def sequence(posts: list[Post]) -> list[int]:
    return [obj["seq"] for post in posts if post.said for obj in json_objects(post)]


def json_objects(post: Post) -> list[dict]:  # type: ignore[type-arg]
    found = json.loads(post.payload)
    return found if isinstance(found, list) else [found]


EVERY_FAULT: dict[str, Fault] = {
    "drop": network.drop(0.3),
    "duplicate": network.duplicate(0.5),
    "reorder": network.reorder(60),
    "delay": network.delay(90),
    "cut_off": network.cut_off(START + MINUTE, START + 5 * MINUTE),
    "weak_signal": network.weak_signal(breaks_every_s=120),
    "reconnect_storm": network.reconnect_storm(START + 3 * MINUTE, 5),
    "retained_junk": network.retained_junk(3600, START + MINUTE),
    "clock": device.clock(offset_s=5, drift_ppm=50),
    "reboot": device.reboot(START + 4 * MINUTE),
    "drain": device.drain(START, 0.1, 1.0),
    "stuck": device.stuck(),
    "garbage": device.garbage(0.5),
    "wrong_unit": device.wrong_unit("heart_rate", "fraction"),
    "wrong_home": device.wrong_home("h2"),
    "resend": device.resend(7),
}


@pytest.mark.parametrize("name", EVERY_FAULT)
def test_every_fault_keeps_time_in_order_repeats_itself_and_changes_something(name: str) -> None:
    fault = EVERY_FAULT[name]
    posts = [*heartbeats(60), *statuses(10)]
    posts.sort(key=lambda post: post.at)
    once, again = list(afflicted(posts, [fault], 7)), list(afflicted(posts, [fault], 7))
    assert once == again
    assert once != posts
    assert [post.at for post in once] == sorted(post.at for post in once)


def test_all_faults_together_still_give_a_stream() -> None:
    told = list(afflicted(heartbeats(200), list(EVERY_FAULT.values()), 3))
    assert told
    assert [post.at for post in told] == sorted(post.at for post in told)


def test_a_lossy_network_loses_about_its_share_and_invents_nothing() -> None:
    kept = sequence(list(afflicted(heartbeats(1000), [network.drop(0.3)], 1)))
    assert 640 < len(kept) < 760
    assert len(set(kept)) == len(kept)


def test_a_stuttering_network_repeats_soon() -> None:
    told = list(afflicted(heartbeats(300), [network.duplicate(1.0, within_s=5)], 1))
    assert sorted(sequence(told)) == sorted([*range(300), *range(300)])


def test_messages_overtake_each_other_and_none_is_lost() -> None:
    told = sequence(list(afflicted(heartbeats(300), [network.reorder(60)], 1)))
    assert told != sorted(told)
    assert sorted(told) == list(range(300))


def test_days_without_network_are_handed_over_as_arrays_oldest_first() -> None:
    back = START + 48 * HOUR
    posts = heartbeats(3 * 1440, every_s=60)
    told = list(afflicted(posts, [network.cut_off(START + HOUR, back)], 1))
    assert sorted(sequence(told)) == list(range(3 * 1440))
    quiet = [post for post in told if START + HOUR <= post.at < back]
    assert [post.verb for post in quiet] == [CUT]
    backlog = [post for post in told if len(post.body) > 1]
    assert sequence(backlog) == list(range(60, 48 * 60))
    assert len(backlog) == -(-47 * 60 // 400)
    assert max(len(post.body) for post in backlog) == 400
    assert next(post for post in told if post.at >= back).verb == BACK


def test_what_is_not_concerned_is_not_touched() -> None:
    watch, door = heartbeats(50), heartbeats(50, sender=DOOR)
    posts = sorted([*watch, *door], key=lambda post: post.at)
    fault = only(network.drop(1.0), devices=frozenset({"w1"}), since=START + 100 * SECOND)
    told = list(afflicted(posts, [fault], 1))
    assert [post for post in told if post.sender == DOOR] == door
    assert [post for post in told if post.sender == WATCH] == watch[:10]


def test_a_clock_is_fast_drifts_and_is_set_back() -> None:
    jump = START + 10 * MINUTE
    fault = device.clock(offset_s=30, drift_ppm=1000, jump_at=jump, jump_s=-600)
    told = list(afflicted(heartbeats(121), [fault], 1))
    wrong = [json_objects(post)[0]["t"] / 1000 - post.at / SECOND for post in told]
    assert wrong[0] == pytest.approx(30)
    assert wrong[59] == pytest.approx(30 + 0.59, abs=0.01)
    assert wrong[60] == pytest.approx(30 + 0.6 - 600, abs=0.01)
    assert [post.at for post in told] == [post.at for post in heartbeats(121)]


def test_after_a_reboot_a_device_counts_from_nothing() -> None:
    told = list(afflicted(statuses(10), [device.reboot(START + 5 * MINUTE, away_s=30)], 1))
    assert [post.verb for post in told if post.verb != SAY] == [CUT, BACK]
    said = [json_objects(post)[0] for post in told if post.said]
    assert [obj["seq"] for obj in said] == [0, 1, 2, 3, 4, 0, 1, 2, 3]
    assert said[5]["uptime_s"] == 30


def test_a_battery_runs_down_and_the_device_dies() -> None:
    told = list(afflicted(statuses(60), [device.drain(START, 0.2, 0.4)], 1))
    levels = [json_objects(post)[0]["battery"] for post in told if post.said]
    assert levels[0] == 0.2
    assert (np.diff(levels) < 0).all()
    assert told[-1].verb == CUT
    assert len(levels) == 30


def test_a_weak_signal_says_so_loses_some_and_breaks_now_and_then() -> None:
    told = list(afflicted(statuses(300), [network.weak_signal(-92, 0.2, 20, 900)], 1))
    said = [post for post in told if post.said]
    assert 200 < len(said) < 280
    assert max(json_objects(post)[0]["rssi"] for post in said) < -85
    verbs = [post.verb for post in told if post.verb != SAY]
    assert verbs.count(CUT) == verbs.count(BACK) > 3


def test_a_stuck_sensor_says_the_same_for_ever_with_a_clock_that_goes_on() -> None:
    told = [json_objects(p)[0] for p in afflicted(heartbeats(50), [device.stuck("heart_rate")], 1)]
    assert {obj["heart_rate"] for obj in told} == {60.0}
    assert len({obj["t"] for obj in told}) == 50


def test_what_is_garbage_cannot_be_read() -> None:
    told = list(afflicted(heartbeats(200), [device.garbage(1.0)], 5))
    for post in told:
        with pytest.raises(BadPayload):
            payload.objects(Message(post.topic, post.payload, post.at))


def test_a_device_in_another_unit_or_another_home() -> None:
    hot = Post(START, WATCH, "vital", (wire.vital(START, 1, {"body_temperature": 37.0}),))
    [told] = afflicted([hot], [device.wrong_unit("body_temperature", "degF"), device.wrong_home("h2")], 1)
    assert json_objects(told)[0]["body_temperature"] == 98.6
    assert told.topic == "nw/v1/h2/w1/vital"
    with pytest.raises(ValueError, match="furlong"):
        device.wrong_unit("weight", "furlong")


def test_samples_in_g_called_milli_g_are_next_to_nothing() -> None:
    acc = np.array([[0, 0, 1000]] * 50, np.int16)
    post = Post(START, WATCH, "motion", (wire.motion(START, 1, 50, acc),))
    [told] = afflicted([post], [device.wrong_unit("acc", "g")], 1)
    raw = json_objects(told)[0]["acc_b64"]
    assert raw != json_objects(post)[0]["acc_b64"]
    assert len(raw) == len(json_objects(post)[0]["acc_b64"])


def test_a_clumsy_firmware_sends_everything_again() -> None:
    told = sequence(list(afflicted(heartbeats(20), [device.resend(10, at_most=5)], 1)))
    assert told == [*range(10), *range(5, 10), *range(10, 20), *range(15, 20)]


def test_a_storm_breaks_every_link_and_repeats_the_last_word() -> None:
    told = list(afflicted(heartbeats(60), [network.reconnect_storm(START + 2 * MINUTE, 20)], 1))
    assert [post.verb for post in told].count(CUT) == 20
    assert sequence(told).count(11) == 21  # what was said before two minutes were over


def test_what_the_broker_kept_is_old_and_marked() -> None:
    told = list(afflicted(heartbeats(60), [network.retained_junk(3600, START + MINUTE)], 1))
    [junk] = [post for post in told if post.kept]
    assert junk.at == START + MINUTE
    assert json_objects(junk)[0]["t"] == START // 1000 - 3_600_000
