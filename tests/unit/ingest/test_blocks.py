"""Many readings in a message are read by columns, and come out as if each had come by itself."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.directory import DeviceEntry, Directory
from core.instant import DAY, HOUR, MINUTE, SECOND
from ingest.blocks import FEWEST, vital_block
from ingest.decode import Decoded, Decoder
from ingest.device_clock import DeviceClock
from ingest.message import Message

NOW = 1_790_000_000 * SECOND
WATCH = DeviceEntry(1, "w1", 7, "h1", 1, resident=5, kind="wearable", since=NOW - 10 * DAY)
DIRECTORY = Directory.of([WATCH], {7: (5,)})


def vital(body: Any) -> Message:
    return Message("nw/v1/h1/w1/vital", json.dumps(body).encode(), NOW)


def decode(*messages: Message, clock: DeviceClock | None = None) -> Decoded:
    return Decoder(DIRECTORY, {1: clock} if clock else {}).decode(messages, NOW)


def series(count: int = 2 * FEWEST, back: int = 0, **more: Any) -> list[dict[str, Any]]:
    """One reading a second, the last `back` microseconds ago."""
    first = (NOW - back) // 1000 - count * 1000
    return [{"t": first + n * 1000, "seq": n, "heart_rate": 60 + n % 30, **more} for n in range(count)]


def in_pieces(objects: list[dict[str, Any]]) -> list[Message]:
    step = FEWEST - 1
    return [vital(objects[at : at + step]) for at in range(0, len(objects), step)]


@pytest.mark.parametrize(
    "objects",
    [
        series(),
        series(more=1),
        series(spo2=97.5, steps=12),
        series(back=HOUR),
        series(back=3 * MINUTE // 2),
        [{"heart_rate": 70, "t": NOW // 1000 - n} for n in range(FEWEST)],
        [*series(), {"t": NOW // 1000, "heart_rate": 61.5}],
        [*series(), {"t": NOW / 1000, "seq": 1, "heart_rate": 61}],
    ],
    ids=["plain", "an unknown field", "several fields", "an hour old", "some live, some late", "unnumbered",
         "one without a number", "one with half a millisecond"],
)  # fmt: skip
def test_columns_and_single_objects_give_the_same_rows(objects: list[dict[str, Any]]) -> None:
    together, apart = decode(vital(objects)), decode(*in_pieces(objects))
    assert len(together.batch.readings) >= len(objects)
    assert np.array_equal(together.batch.readings, apart.batch.readings)
    assert together.news == apart.news


def test_a_corrected_clock_counts_for_each_instant_as_it_did_then() -> None:
    """Ten seconds ago it was found to be twenty seconds fast."""
    clocks = [DeviceClock() for _ in range(2)]
    for clock in clocks:
        clock.since.append(NOW - 10 * SECOND)
        clock.offsets.append(-20 * SECOND)
    rows = vital_block(series(), vital([]), WATCH, clocks[0])
    assert rows is not None
    assert len(set(np.diff(rows["time"]).tolist())) == 2
    together, apart = decode(vital(series()), clock=clocks[0]), decode(*in_pieces(series()), clock=clocks[1])
    assert np.array_equal(together.batch.readings, apart.batch.readings)


@pytest.mark.parametrize(
    "odd",
    [{"heart_rate": True}, {"heart_rate": "72"}, {"heart_rate": 4000}, {"heart_rate": None}, {"seq": -1},
     {"seq": 1.5}, {"seq": True}, {"t": True}, {"t": None}, {"t": 10**18},
     {"t": NOW // 1000 + 60_000}, {"t": 0}],
    ids=str,
)  # fmt: skip
def test_one_object_that_is_wrong_sends_all_to_quarantine_with_its_reason(odd: dict[str, Any]) -> None:
    objects = series(FEWEST * 2)
    objects[5] |= odd
    (alone,) = decode(vital(objects[5])).refused
    decoded = decode(vital(objects))
    assert [refused.fault for refused in decoded.refused] == [alone.fault]
    assert len(decoded.batch.readings) == 0


def test_what_came_before_and_after_keeps_its_place() -> None:
    alone = [vital({"t": NOW // 1000, "seq": n, "heart_rate": 50 + n}) for n in range(3)]
    decoded = decode(alone[0], vital(series()), alone[1], vital("no object"), alone[2])
    values = decoded.batch.readings["value"].tolist()
    assert (values[0], values[-2:]) == (50, [51, 52])
    assert values[1:-2] == [one["heart_rate"] for one in series()]


_values = st.floats(width=64) | st.integers(-10, 400) | st.booleans() | st.none() | st.text(max_size=2)


@given(
    st.lists(
        st.fixed_dictionaries({"t": st.just(NOW // 1000), "heart_rate": _values, "spo2": _values}),
        min_size=FEWEST,
    )
)
def test_nothing_gets_past_the_columns_that_the_objects_would_refuse(objects: list[dict[str, Any]]) -> None:
    rows = vital_block(objects, vital([]), WATCH, DeviceClock())
    if rows is not None:
        assert all(isinstance(one[name], int | float) and not isinstance(one[name], bool)
                   for one in objects for name in ("heart_rate", "spo2"))  # fmt: skip
        assert np.isfinite(rows["value"]).all()
