"""What goes up says to the platform exactly what the device said to the gateway."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batch import READING, Batch
from core.finding import Finding, Reason
from core.instant import SECOND
from core.motion import MotionWindow
from core.quantity import BY_NAME, QUANTITIES, Quantity
from ingest.decode import Decoder
from ingest.edge import entry
from ingest.edge.entry import Rank
from ingest.message import Message
from tests.unit.ingest.edge.home import CONFIG, NOW

CODES = {device.id: device.code for device in CONFIG.devices}
DIRECTORY = CONFIG.directory
VITALS = [q for q in QUANTITIES if q.stream == "vital"]
EVENTS = [q for q in QUANTITIES if q.stream == "event" and q.name != "test"]
STATES = [q for q in QUANTITIES if q.stream == "status"]


def rows_of(found: list[tuple[int, Quantity, int, float]]) -> np.ndarray:
    rows = [(time, value, NOW, 1, device, 0, q.id, True) for device, q, time, value in found]
    return np.array(rows, READING)


def relayed(readings: np.ndarray) -> Batch:
    bodies = [one.body for one in entry.of_groups(entry.groups(readings), CODES)]
    decoded = Decoder(DIRECTORY).decode([Message("nw/v1/h1/g1/relay", entry.message_of(bodies), NOW)], NOW)
    assert decoded.refused == []
    return decoded.batch


def keyed(readings: np.ndarray) -> dict[tuple[int, int, int], float]:
    keys = zip(
        readings["device"].tolist(), readings["metric"].tolist(), readings["time"].tolist(), strict=True
    )
    found: dict[tuple[int, int, int], float] = {}
    for key, value in zip(keys, readings["value"].tolist(), strict=True):
        found.setdefault(key, value)
    return found


def values(quantities: list[Quantity]) -> st.SearchStrategy[tuple[int, Quantity, int, float]]:
    def one(quantity: Quantity) -> st.SearchStrategy[tuple[int, Quantity, int, float]]:
        time = st.integers(NOW - 100 * SECOND, NOW)
        value = st.floats(quantity.low, quantity.high)
        return st.tuples(st.sampled_from([11, 12]), st.just(quantity), time, value)

    return st.sampled_from(quantities).flatmap(one)


@given(st.lists(values([*VITALS, *EVENTS, *STATES]), min_size=1, max_size=40))
def test_readings_come_out_of_the_platforms_decoder_as_they_came_out_of_ours(
    found: list[tuple[int, Quantity, int, float]],
) -> None:
    readings = rows_of(found)
    assert keyed(relayed(readings).readings) == keyed(readings)


def test_a_position_stays_whole_and_a_test_a_test() -> None:
    where = [(11, BY_NAME[n], NOW - 5, v) for n, v in [("lat", 34.79), ("lon", 114.35), ("accuracy_m", 12.0)]]
    tests = [(14, BY_NAME["test"], NOW - 9, 38.0), (14, BY_NAME["test"], NOW - 7, 0.0)]
    readings = rows_of([*where, *tests])
    assert keyed(relayed(readings).readings) == keyed(readings)


@given(st.binary(min_size=12, max_size=600), st.integers(NOW - 90 * SECOND, NOW), st.booleans())
def test_motion_stays_as_it_was_and_is_known_to_be_judged(raw: bytes, start: int, turned: bool) -> None:
    samples = np.frombuffer(raw[: len(raw) // 6 * 6], "<i2").reshape(-1, 3)
    window = MotionWindow(1, 11, 5, start, 50.0, samples, samples if turned else None, "wrist")
    body = entry.of_window(window, "w1", Rank.CLIP).body
    decoded = Decoder(DIRECTORY).decode([Message("nw/v1/h1/g1/relay", entry.message_of([body]), NOW)], NOW)
    (seen,) = decoded.batch.motion
    assert (seen.start, seen.device, seen.resident, seen.hz, seen.site, seen.judged) == (
        start, 11, 5, 50.0, "wrist", True,
    )  # fmt: skip
    assert np.array_equal(seen.acc, samples)
    assert (seen.gyr is not None) == turned


def test_a_fall_keeps_its_identity() -> None:
    evidence = {
        "impact_at": np.int64(NOW),
        "peak_g": np.float32(5.5),
        "sources": [["motion", 11, NOW, "possible"]],
    }
    fall = Finding(
        "fall", 1, NOW - SECOND, NOW, Reason("fall.possible", {"percent": 93}), resident=5, device=11,
        severity="possible", probability=0.93, evidence=evidence, revision=1,
    )  # fmt: skip
    body = entry.of_finding(fall, CODES).body
    (told,) = (
        Decoder(DIRECTORY).decode([Message("nw/v1/h1/g1/relay", entry.message_of([body]), NOW)], NOW).told
    )
    assert told.id == fall.id
    assert (told.revision, told.severity, told.probability, told.device) == (1, "possible", 0.93, 11)
    assert told.evidence["peak_g"] == 5.5
    assert told.reason == fall.reason


FALL = (
    b'{"finding":{"kind":"%s","onset":%d,"at":%d,"reason":{"key":"fall.possible","params":{}},"resident":%d,'
    b'"device":"%s","severity":"possible"}}'
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "malformed"),
        (b"[]", "empty"),
        (b"[17]", "malformed"),
        (b'[{"device":"w1"}]', "missing_field"),
        (b'[{"stream":"vital","body":{}}]', "missing_field"),
        (b'[{"device":"w1","stream":"vital","raw":"%%%"}]', "malformed"),
        (b"[" + FALL % (b"sos", NOW, NOW, 5, b"w1") + b"]", "unknown_kind"),
        (b" " * 300_000, "too_large"),
    ],
)
def test_what_a_gateway_may_not_say_goes_to_quarantine(body: bytes, reason: str) -> None:
    decoded = Decoder(DIRECTORY).decode([Message("nw/v1/h1/g1/relay", body, NOW)], NOW)
    assert [item.fault for item in decoded.refused] == [reason]
    assert decoded.told == []
    assert len(decoded.batch.readings) == 0


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("nw/v1/h1/b1/relay", "unknown_stream"),
        ("nw/v1/h2/g1/relay", "foreign_home"),
        ("nw/v1/h1/g9/relay", "unknown_device"),
    ],
)
def test_only_the_gateway_of_the_home_relays(topic: str, reason: str) -> None:
    body = b'[{"device":"s1","stream":"event","body":{"t":%d,"kind":"smoke"}}]' % (NOW // 1000)
    decoded = Decoder(DIRECTORY).decode([Message(topic, body, NOW)], NOW)
    assert [item.fault for item in decoded.refused] == [reason]
    assert len(decoded.batch.readings) == 0


def test_one_unreadable_object_does_not_hold_back_the_others() -> None:
    good = b'{"device":"p1","stream":"event","body":{"t":%d,"kind":"presence"}}' % (NOW // 1000)
    bad = b'{"device":"p1","stream":"event","body":{"t":%d,"kind":"earthquake"}}' % (NOW // 1000)
    lost = FALL % (b"sos", NOW, NOW, 5, b"w1")
    slash = b'{"device":"p1/event","stream":"x","body":{}}'
    decoded = Decoder(DIRECTORY).decode(
        [Message("nw/v1/h1/g1/relay", b"[%b,%b,%b,%b]" % (bad, lost, slash, good), NOW)], NOW
    )
    assert len(decoded.batch.readings) == 1
    assert [item.fault for item in decoded.refused] == ["unknown_kind", "unknown_kind", "unknown_stream"]


def test_a_fall_told_by_a_gateway_with_a_fast_clock_is_known_at_our_own_time() -> None:
    fast, decoder = 10 * SECOND, Decoder(DIRECTORY)
    for second in range(5):
        at = NOW + second * SECOND
        status = b'{"t":%d,"online":true}' % ((at + fast) // 1000)
        decoder.decode([Message("nw/v1/h1/g1/status", status, at)], at)
    now = NOW + 10 * SECOND
    body = b"[" + FALL % (b"fall", now + fast - 3 * SECOND, now + fast - SECOND, 5, b"w1") + b"]"
    told = [decoder.decode([Message("nw/v1/h1/g1/relay", body, now + n)], now + n) for n in range(2)]
    assert [one.refused for one in told] == [[], []]
    (first,), (again,) = (one.told for one in told)
    assert (first.onset, first.at) == (now - 3 * SECOND, now - SECOND)
    assert again.id == first.id
