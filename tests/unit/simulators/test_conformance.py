"""A device is graded by what it says: a good one passes, and each sin is found with its message."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.instant import SECOND
from simulators import wire
from simulators.conformance.heard import Heard
from simulators.conformance.requirements import REQUIREMENTS, Grade, grade

NOON = 1_760_000_000 * SECOND
REST = np.tile(np.array([0, 0, 1000], np.int16), (50, 1))


def said(stream: str, second: float, body: Any, phase: str = "use", **more: Any) -> Heard:
    at = NOON + round(second * SECOND)
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Heard(f"nw/v1/h1/w1/{stream}", payload, at, phase=phase, **more)


def t(second: float) -> int:
    return NOON // 1000 + round(second * 1000)


def good() -> list[Heard]:
    """A watch through the whole walk."""
    status = {"t": t(0), "seq": 0, "online": True, "battery": 0.8}
    heard = [
        Heard("claimed", b"{}", NOON - 5 * SECOND, phase="claim"),
        said("status", -4, {"t": t(-4), "seq": 0, "online": True}, "claim"),
        said("status", 0, {**status, "seq": 1}, "on"),
    ]
    for n in range(10):
        window = wire.motion(NOON + n * SECOND, n, 50, REST)
        heard.append(said("motion", n + 1, window, "rest"))
    heard += [
        said("vital", 20, {"t": t(20), "seq": 1, "heart_rate": 71}),
        said("event", 21, {"t": t(21), "seq": 1, "kind": "button", "state": 1}),
        said("event", 21.5, {"t": t(21.5), "seq": 2, "kind": "service_request", "state": 1}),
        said("position", 22, {"t": t(22), "seq": 1, "lat": 34.8, "lon": 114.3}),
        *asked("1", 23, until=43),
        said("event", 26, {"t": t(26), "seq": 3, "kind": "all_right", "state": 1}, "ask"),
        *asked("2", 44, until=43),
        said("status", 30, status, "kept", retain=True),
        said("vital", 200, [{"t": t(90 + n), "seq": 2 + n, "heart_rate": 70} for n in range(5)], "offline"),
        said("status", 300, {"online": False}, "power"),
        said("status", 320, {"t": t(320), "seq": 0, "online": True}, "power"),
    ]
    return heard


def asked(name: str, *seconds: float, until: float) -> list[Heard]:
    """The kit asks whether all is well, at each of these seconds."""
    body = {"cmd": "ask_ok", "id": f"conformance-{name}", "until": t(until)}
    return [said("cmd", second, body, "ask", qos=0) for second in seconds]


def test_a_good_device_passes_everything() -> None:
    grades = {one.requirement.id: one.grade for one in grade(good())}
    assert set(grades.values()) == {Grade.PASS}
    assert len(grades) == len(REQUIREMENTS) >= 20


def test_what_was_not_seen_is_not_shown() -> None:
    assert {one.grade for one in grade([])} == {Grade.NOT_SHOWN}
    grades = {one.requirement.id: one.grade for one in grade(good()[2:3])}
    assert grades["status"] is Grade.PASS
    assert grades["motion"] is Grade.NOT_SHOWN
    assert grades["will"] is Grade.NOT_SHOWN


def moving(hz: float, **change: Any) -> list[Heard]:
    return [
        said("motion", n + 1, {**wire.motion(NOON + n * SECOND, n, hz, REST), **change}, "rest")
        for n in range(10)
    ]


SINS = [
    ("topic", said("weather", 1, {"t": t(1), "rain": 1})),
    ("qos", said("vital", 1, {"t": t(1), "seq": 9, "heart_rate": 70}, qos=0)),
    ("size", said("vital", 1, b"[" + b" " * 300_000 + b"]")),
    ("form", said("vital", 1, b'{"t":')),
    ("t", said("vital", 1, {"heart_rate": 70})),
    ("clock", said("vital", 1, {"t": t(60), "heart_rate": 70})),
    ("live", said("vital", 600, {"t": t(1), "heart_rate": 70})),
    ("seq", said("vital", 1, {"t": t(1), "heart_rate": 70})),
    ("seq-rises", said("vital", 25, {"t": t(25), "seq": 1, "heart_rate": 70})),
    ("vital", said("vital", 1, {"t": t(1), "heart_rate": 4000})),
    ("vital", said("vital", 1, {"t": t(1), "heart_rate": True})),
    ("vital", said("vital", 1, {"t": t(1), "mood": 3})),
    ("event", said("event", 1, {"t": t(1), "kind": "earthquake"})),
    ("position", said("position", 1, {"t": t(1), "lat": 134, "lon": 1})),
    ("motion", said("motion", 1, {"t": t(1), "hz": 50, "acc_b64": "AAA"})),
    ("motion", said("motion", 1, {"t": t(1), "hz": 50, "acc": [[0, 0, 1000]] * 10})),
    ("site", said("motion", 1, {**wire.motion(NOON, 1, 50, REST), "site": "tail"})),
    ("status", said("status", 1, {"t": t(1), "battery": 80})),
    ("t", said("vital", 1, {"t": t(1) // 1000, "seq": 9, "heart_rate": 70})),
    ("nothing-kept", said("event", 9, {"t": t(9), "kind": "button", "state": 1}, "kept", retain=True)),
    ("service", said("event", 1, {"t": t(1), "kind": "service_request"})),
    ("service", said("event", 1, {"t": t(1), "kind": "service_request", "state": 2.5})),
    ("answers-once", said("event", 31, {"t": t(31), "seq": 4, "kind": "all_right", "state": 1}, "ask")),
]


@pytest.mark.parametrize(("requirement", "sin"), SINS, ids=[name for name, _ in SINS])
def test_each_sin_is_found_with_its_message(requirement: str, sin: Heard) -> None:
    found = {one.requirement.id: one for one in grade([*good()[:20], sin])}
    assert found[requirement].grade is Grade.FAIL
    fault = found[requirement].fault
    assert fault is not None
    assert fault.message == sin


def vitals(*told: tuple[float, int]) -> Grade:
    """How a watch is graded that says (second, seq) one after the other."""
    heard = [
        said("vital", 100 + n, {"t": t(at), "seq": seq, "heart_rate": 70}) for n, (at, seq) in enumerate(told)
    ]
    return {one.requirement.id: one.grade for one in grade(heard)}["seq-rises"]


def test_numbers_rise_in_the_order_of_what_was_measured_whenever_it_comes() -> None:
    assert vitals((90, 7), (60, 4), (91, 8), (61, 5)) is Grade.PASS, "a memory handed over between"
    assert vitals((90, 7), (90, 7), (91, 8)) is Grade.PASS, "the first was delivered twice"
    assert vitals((90, 7), (91, 7)) is Grade.FAIL
    assert vitals((90, 7), (60, 4), (91, 5)) is Grade.FAIL, "begun anew by itself"
    assert vitals((90, 7), (60, 7)) is Grade.FAIL, "two of one number"


def test_a_watch_that_lies_about_its_rate_or_its_unit() -> None:
    assert {o.requirement.id: o.grade for o in grade(moving(40))}["rate"] is Grade.FAIL
    in_g = moving(50, unit={"acc": "m/s2"})
    assert {o.requirement.id: o.grade for o in grade(in_g)}["one-g"] is Grade.FAIL


def test_power_cuts_tell_of_last_wills() -> None:
    def grades(heard: list[Heard]) -> dict[str, Grade]:
        return {one.requirement.id: one.grade for one in grade(heard)}

    whole = good()
    assert grades(whole[:-2] + whole[-1:])["will"] is Grade.FAIL
    silent = [replace(m) for m in whole[:-1]] + [said("vital", 330, {"t": t(330), "seq": 0, "heart_rate": 7})]
    assert grades(silent)["will"] is Grade.PASS
    assert (
        grades([replace(m, phase="power") if m is silent[-1] else m for m in silent])["returns"] is Grade.FAIL
    )
    assert grades([*whole[:16], replace(whole[16], phase="kept")])["kept"] is Grade.FAIL


def test_a_watch_that_is_asked_and_says_nothing() -> None:
    def answered(heard: list[Heard]) -> Grade:
        return {one.requirement.id: one.grade for one in grade(heard)}["answers"]

    question = asked("1", 23, until=43)
    late = said("event", 50, {"t": t(50), "seq": 3, "kind": "need_help", "state": 1}, "ask")
    assert answered(moving(50) + question) is Grade.FAIL
    assert answered([*moving(50), *question, late]) is Grade.FAIL
    assert answered(question) is Grade.NOT_SHOWN  # a door contact has no way to ask


def test_a_device_that_keeps_its_old_secret_although_it_has_a_claim_code() -> None:
    old = [said("status", 1, {"t": t(1), "seq": 0, "online": True}, "claim")]
    fetched = Heard("claimed", b"{}", NOON + 30 * SECOND, phase="claim")
    for heard in (old, [*old, fetched]):
        found = {one.requirement.id: one for one in grade(heard)}["claim"]
        assert found.grade is Grade.FAIL
