"""What becomes of a message: readings, a window, or quarantine with a reason. The rules of the wire."""

import base64
import json
from dataclasses import replace
from typing import Any

import cbor2
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.directory import DeviceEntry, Directory
from core.instant import DAY, HOUR, SECOND
from core.quantity import BY_NAME
from ingest.decode import Decoded, Decoder
from ingest.message import Message

NOW = 1_790_000_000 * SECOND
T = NOW // 1000  # milliseconds, as devices count
WATCH = DeviceEntry(11, "w1", 1, "h1", 7, resident=5, kind="wearable", site="wrist")
PIR = DeviceEntry(12, "p1", 1, "h1", 7, kind="pir", room="kitchen")
DIRECTORY = Directory.of([WATCH, PIR], {1: (5,)})
PACKED = base64.b64encode(np.arange(30, dtype="<i2").tobytes()).decode()


def decode(*messages: Message, decoder: Decoder | None = None) -> Decoded:
    return (decoder or Decoder(DIRECTORY)).decode(messages, NOW)


def message(topic: str, body: object, **known: Any) -> Message:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message(topic, raw, known.pop("received", NOW), **known)


def vital(**fields: Any) -> Message:
    return message("nw/v1/h1/w1/vital", {"t": T, "seq": 1, **fields})


REFUSED = [
    ("malformed JSON", "nw/v1/h1/w1/vital", b'{"t":', "malformed"),
    ("not UTF-8", "nw/v1/h1/w1/vital", b'{"t":"\xff"}', "malformed"),
    ("a number instead of an object", "nw/v1/h1/w1/vital", b"17", "wrong_type"),
    ("an array of numbers", "nw/v1/h1/w1/vital", b"[1,2]", "wrong_type"),
    ("an empty payload", "nw/v1/h1/w1/vital", b"", "empty"),
    ("an empty array", "nw/v1/h1/w1/vital", b"[]", "empty"),
    ("one megabyte", "nw/v1/h1/w1/vital", b" " * 1_000_000, "too_large"),
    ("deep nesting", "nw/v1/h1/w1/vital", b"[" * 100_000, "malformed"),
    ("a text where a number belongs", "nw/v1/h1/w1/vital", {"t": T, "heart_rate": "70"}, "wrong_type"),
    ("a boolean heart rate", "nw/v1/h1/w1/vital", {"t": T, "heart_rate": True}, "wrong_type"),
    ("a heart rate of 4000", "nw/v1/h1/w1/vital", {"t": T, "heart_rate": 4000}, "impossible_value"),
    ("no t", "nw/v1/h1/w1/vital", {"heart_rate": 70}, "missing_field"),
    ("a text as t", "nw/v1/h1/w1/vital", {"t": "now", "heart_rate": 70}, "wrong_type"),
    ("a negative seq", "nw/v1/h1/w1/vital", {"t": T, "seq": -1, "heart_rate": 70}, "impossible_value"),
    ("only unknown fields", "nw/v1/h1/w1/vital", {"t": T, "mood": 3}, "no_known_field"),
    ("an unknown kind of event", "nw/v1/h1/p1/event", {"t": T, "kind": "earthquake"}, "unknown_kind"),
    ("no kind", "nw/v1/h1/p1/event", {"t": T, "state": 1}, "missing_field"),
    ("an unknown stream", "nw/v1/h1/w1/poetry", {"t": T}, "unknown_stream"),
    ("an unknown device", "nw/v1/h1/zz/vital", {"t": T, "heart_rate": 70}, "unknown_device"),
    ("a foreign home", "nw/v1/h2/w1/vital", {"t": T, "heart_rate": 70}, "foreign_home"),
    ("a topic too short", "nw/v1/h1/vital", {"t": T, "heart_rate": 70}, "bad_topic"),
    ("a topic of nobody", "some/where/else", {"t": T}, "bad_topic"),
    ("a clock an hour ahead", "nw/v1/h1/w1/vital", {"t": T + 3_600_000, "heart_rate": 70}, "future_clock"),
    ("a clock at 1970", "nw/v1/h1/w1/vital", {"t": 12, "heart_rate": 70}, "ancient_clock"),
    ("t beyond all time", "nw/v1/h1/w1/vital", {"t": 1e300, "heart_rate": 70}, "impossible_value"),
    ("motion without samples", "nw/v1/h1/w1/motion", {"t": T, "hz": 50}, "missing_field"),
    ("motion at 0 Hz", "nw/v1/h1/w1/motion", {"t": T, "hz": 0, "acc_b64": PACKED}, "impossible_value"),
    ("ragged motion", "nw/v1/h1/w1/motion", {"t": T, "hz": 50, "acc": [[1, 2], [1, 2, 3]]}, "wrong_type"),
    ("motion of texts", "nw/v1/h1/w1/motion", {"t": T, "hz": 50, "acc": [["1", "2", "3"]] * 2}, "wrong_type"),
    ("half a triplet", "nw/v1/h1/w1/motion", {"t": T, "hz": 50, "acc_b64": "AAAA"}, "malformed"),
    ("not base64", "nw/v1/h1/w1/motion", {"t": T, "hz": 50, "acc_b64": "!!"}, "malformed"),
    ("an unknown unit", "nw/v1/h1/w1/motion",
     {"t": T, "hz": 50, "acc_b64": PACKED, "unit": {"acc": "furlong"}}, "unknown_unit"),
    ("a latitude of 91", "nw/v1/h1/w1/position", {"t": T, "lat": 91, "lon": 0}, "impossible_value"),
    ("an unknown datum", "nw/v1/h1/w1/position", {"t": T, "lat": 1, "lon": 1, "datum": "x"}, "unknown_unit"),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "body", "reason"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_goes_to_quarantine_with_a_reason(topic: str, body: object, reason: str) -> None:
    bad = message(topic, body)
    out = decode(vital(heart_rate=70), bad, vital(spo2=97))
    assert [(r.fault, r.message) for r in out.refused] == [(reason, bad)]
    assert out.batch.readings["value"].tolist() == [70, 97]  # the stream goes on


ACCEPTED: list[tuple[str, str, dict[str, Any], dict[str, float]]] = [
    ("several vitals", "vital", {"heart_rate": 72, "spo2": 97}, {"heart_rate": 72, "spo2": 97}),
    ("an unknown field beside", "vital", {"heart_rate": 72, "mood": "good"}, {"heart_rate": 72}),
    ("an event with a state", "event", {"kind": "door", "state": 0}, {"door": 0}),
    ("an event without one", "event", {"kind": "button"}, {"button": 1}),
    ("a boolean state", "event", {"kind": "smoke", "state": True}, {"smoke": 1}),
    ("a status", "status", {"online": True, "battery": 0.5}, {"online": 1, "battery": 0.5}),
]


@pytest.mark.parametrize(
    ("stream", "fields", "values"), [c[1:] for c in ACCEPTED], ids=[c[0] for c in ACCEPTED]
)
def test_becomes_readings(stream: str, fields: dict[str, Any], values: dict[str, float]) -> None:
    out = decode(message(f"nw/v1/h1/w1/{stream}", {"t": T, "seq": 3, **fields}))
    assert not out.refused
    assert dict(
        zip(out.batch.readings["metric"].tolist(), out.batch.readings["value"].tolist(), strict=True)
    ) == {BY_NAME[name].id: value for name, value in values.items()}
    assert set(out.batch.readings["home"].tolist()) == {1}
    assert set(out.batch.readings["resident"].tolist()) == {5}


@pytest.mark.parametrize("encode", [lambda o: json.dumps(o).encode(), msgspec.msgpack.encode, cbor2.dumps])
def test_json_messagepack_and_cbor_say_the_same(encode: Any) -> None:
    for body in (
        {"t": T, "seq": 1, "heart_rate": 70},
        [{"t": T - 5000, "heart_rate": 69}, {"t": T, "spo2": 95}],
    ):
        out = decode(message("nw/v1/h1/w1/vital", encode(body)))
        if isinstance(body, list) and encode is cbor2.dumps:
            continue  # a CBOR array begins like a MessagePack map: it needs the content type
        assert not out.refused
        assert len(out.batch.readings) == len(body if isinstance(body, list) else [body])


def test_a_content_type_decides_where_the_first_byte_cannot() -> None:
    body = cbor2.dumps([{"t": T, "heart_rate": 69}])
    out = decode(message("nw/v1/h1/w1/vital", body, content_type="application/cbor"))
    assert out.batch.readings["value"].tolist() == [69]


def test_motion_in_any_packing_gives_the_same_samples() -> None:
    triplets = [[0, -981, 1000], [1, 2, 3]]
    packed = np.array(triplets, dtype="<i2").tobytes()
    forms = [
        {"acc": triplets},
        {"acc_b64": base64.b64encode(packed).decode()},
        {"acc": [[v / 1000 for v in row] for row in triplets], "unit": {"acc": "g"}},
        {"acc": [[v * 9.80665 / 1000 for v in row] for row in triplets], "unit": {"acc": "m/s2"}},
    ]
    for form in forms:
        out = decode(message("nw/v1/h1/w1/motion", {"t": T, "seq": 9, "hz": 50, **form}))
        assert out.batch.motion[0].acc.tolist() == triplets
        assert out.batch.motion[0].site == "wrist"
        assert out.batch.motion[0].start == NOW + 9


def test_a_whole_array_is_refused_when_one_object_is_wrong() -> None:
    body = [{"t": T - 1000, "heart_rate": 70}, {"t": T, "heart_rate": 4000}]
    out = decode(message("nw/v1/h1/w1/vital", body))
    assert len(out.batch.readings) == 0
    assert len(out.refused) == 1


def test_two_events_in_one_second_of_a_coarse_clock_stay_two() -> None:
    opened = message("nw/v1/h1/p1/event", {"t": T, "seq": 5, "kind": "door", "state": 1})
    closed = message("nw/v1/h1/p1/event", {"t": T, "seq": 6, "kind": "door", "state": 0})
    times = decode(opened, closed, opened).batch.readings["time"].tolist()
    assert times == [NOW + 5, NOW + 6, NOW + 5]


def test_an_sos_is_taken_whatever_the_clock_says() -> None:
    for t in (0, T + 10 * DAY // 1000):
        out = decode(message("nw/v1/h1/w1/event", {"t": t, "kind": "button", "state": 1}))
        assert out.batch.readings["time"].tolist() == [NOW]
        assert out.batch.readings["live"].tolist() == [True]


def test_retained_messages_say_nothing_about_now() -> None:
    kept = message("nw/v1/h1/w1/status", {"t": T, "online": True, "battery": 0.2}, retained=True)
    out = decode(kept)
    assert not out.news
    assert out.batch.readings["live"].tolist() == [False, False]


def test_a_last_will_takes_a_device_offline_without_having_seen_it() -> None:
    out = decode(message("nw/v1/h1/w1/status", {"online": False}))
    assert (out.news[11].online, out.news[11].last_seen) == (False, None)


def test_late_readings_are_kept_and_not_called_live() -> None:
    out = decode(vital(t=T - 3 * DAY // 1000, heart_rate=70))
    assert out.batch.readings["live"].tolist() == [False]
    assert not out.refused


def test_what_a_watch_remembers_of_its_last_wearer_is_not_given_to_the_new_one() -> None:
    since = NOW - DAY
    handed_on = Directory.of([replace(WATCH, since=since)], {1: (5,)})
    before = vital(t=(since - HOUR) // 1000, heart_rate=70)
    after = vital(t=(since + HOUR) // 1000, heart_rate=80)
    out = decode(before, after, decoder=Decoder(handed_on))
    assert [refused.fault for refused in out.refused] == ["not_installed_then"]
    assert out.batch.readings["value"].tolist() == [80]


def test_a_button_installed_yesterday_with_a_clock_days_behind_is_heard() -> None:
    new = Directory.of([replace(WATCH, since=NOW - HOUR)], {1: (5,)})
    press = message("nw/v1/h1/w1/event", {"t": T - 2 * DAY // 1000, "kind": "button", "state": 1})
    out = decode(press, decoder=Decoder(new))
    assert out.batch.readings[["time", "live"]].tolist() == [(NOW, True)]


def test_a_platform_command_is_nobodys_reading() -> None:
    out = decode(message("nw/v1/h1/w1/cmd", {"cmd": "locate"}))
    assert not out.refused
    assert len(out.batch.readings) == 0


def test_a_device_with_a_clock_two_hours_behind_is_corrected_and_stays_so() -> None:
    decoder = Decoder(DIRECTORY)
    behind = 2 * HOUR
    for minute in range(30):
        at = NOW + minute * 30 * SECOND
        decoder.decode(
            [message("nw/v1/h1/w1/vital", {"t": (at - behind) // 1000, "heart_rate": 70}, received=at)], at
        )
    at = NOW + HOUR
    late = message("nw/v1/h1/w1/vital", {"t": (at - behind) // 1000, "heart_rate": 71}, received=at)
    first = decoder.decode([late], at).batch.readings
    assert abs(first["time"][0] - at) < SECOND
    # the same message again is corrected the same way
    assert decoder.decode([late], at + 5 * SECOND).batch.readings["time"][0] == first["time"][0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
streams = st.sampled_from(["motion", "vital", "event", "position", "status"])
known_fields = st.sampled_from(
    ["t", "seq", "hz", "acc", "gyr", "unit", "acc_b64", "heart_rate", "kind", "state", "lat", "lon", "online",
     "battery", "firmware", "datum", "site"]
)  # fmt: skip


@given(streams, st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_named_reason(stream: str, payload: bytes) -> None:
    out = decode(Message(f"nw/v1/h1/w1/{stream}", payload, NOW))
    assert all(r.fault != "unreadable" for r in out.refused)


@given(streams, st.dictionaries(known_fields, json_values, max_size=8), st.booleans())
def test_any_object_is_read_or_refused_with_a_named_reason(
    stream: str, body: dict[str, Any], with_time: bool
) -> None:
    payload = msgspec.msgpack.encode(body | ({"t": T} if with_time else {}))
    out = decode(Message(f"nw/v1/h1/w1/{stream}", payload, NOW))
    assert all(r.fault != "unreadable" for r in out.refused)
    # A status may carry nothing but words, which are news of the device and no reading.
    assert len(out.refused) + len(out.batch.motion) + len(out.batch.readings) + len(out.news) >= 1
    assert np.isfinite(out.batch.readings["value"]).all()


def values_of(decoded: Decoded) -> dict[int, float]:
    return {int(row["metric"]): float(row["value"]) for row in decoded.batch.readings}


def test_a_position_may_say_that_it_is_indoors():
    body = {"t": T, "lat": 34.8, "lon": 114.3, "accuracy_m": 12, "indoor": True}
    values = values_of(decode(message("nw/v1/h1/w1/position", body)))
    assert values[BY_NAME["indoor"].id] == 1
    assert BY_NAME["indoor"].id not in values_of(
        decode(message("nw/v1/h1/w1/position", {"t": T, "lat": 34.8, "lon": 114.3}))
    )


@pytest.mark.parametrize("worn", [True, False])
def test_a_wearable_may_say_whether_it_is_worn(worn):
    values = values_of(decode(message("nw/v1/h1/w1/status", {"t": T, "worn": worn})))
    assert values == {BY_NAME["worn"].id: float(worn)}


@pytest.mark.parametrize(("state", "value"), [(1, BY_NAME["smoke"].id), (0, 0)])
def test_a_sensor_that_tests_itself_raises_no_alarm(state, value):
    body = {"t": T, "kind": "smoke", "state": state, "test": True}
    values = values_of(decode(message("nw/v1/h1/p1/event", body)))
    assert values == {BY_NAME["test"].id: value}


@pytest.mark.parametrize("test", [None, False, 0])
def test_an_alarm_is_a_test_only_when_it_says_so(test):
    body = {"t": T, "kind": "smoke", "state": 1} | ({} if test is None else {"test": test})
    assert values_of(decode(message("nw/v1/h1/p1/event", body))) == {BY_NAME["smoke"].id: 1}


def test_a_test_of_nothing_is_refused():
    (refused,) = decode(message("nw/v1/h1/p1/event", {"t": T, "kind": "test", "state": 1})).refused
    assert refused.fault == "unknown_kind"


def test_what_is_too_small_for_the_store_is_nothing() -> None:
    status = message("nw/v1/h1/w1/status", {"t": T, "seq": 1, "battery": 1e-320, "rssi": -1e-300})
    news = decode(status).news[WATCH.id]
    assert (news.battery, news.rssi) == (0.0, 0.0)


@pytest.mark.parametrize("body", [{"t": T, "heart_rate": 70}, [{"t": T, "heart_rate": 70}]])
def test_cbor_that_says_of_itself_that_it_is_cbor_is_read_like_any(body: Any) -> None:
    out = decode(message("nw/v1/h1/w1/vital", b"\xd9\xd9\xf7" + cbor2.dumps(body)))
    assert not out.refused
    assert out.batch.readings["value"].tolist() == [70]
