"""A heat wave is told after hours, a fire at once, and a sensor that tests itself alarms nobody."""

import json

import numpy as np
import pytest

from analytics.hazards import BANDS, HazardDetector
from analytics.immediate import ImmediateDetector
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.instant import HOUR, MINUTE, SECOND
from core.quantity import BY_NAME
from ingest.decode import Decoder
from ingest.message import Message
from tests.unit.analytics.town import MORNING

SENSOR = DeviceEntry(1, "t1", 1, "h1", 1, kind="thermometer", room="bedroom")
BALCONY = DeviceEntry(2, "t2", 1, "h1", 1, kind="thermometer", room="balcony")
DIRECTORY = Directory.of([SENSOR, BALCONY], {1: (101,)})


def watched():
    detector = HazardDetector()
    detector.know(DIRECTORY)
    return detector


def measured(*values, begin=MORNING, every=10 * MINUTE, device=1, late=SECOND):
    return np.array(
        [
            (
                begin + i * every,
                v,
                begin + i * every + late,
                1,
                device,
                0,
                BY_NAME["room_temperature"].id,
                True,
            )
            for i, v in enumerate(values)
        ],
        READING,
    )


def fold(detector, readings):
    found = []
    for row in readings:
        found += detector.fold(Batch(int(row["received"]), row[None]))
        detector.tick(int(row["received"]))
    return found


def told(*values, **how):
    return [
        (f.severity, f.cleared, (f.at - MORNING) // MINUTE) for f in fold(watched(), measured(*values, **how))
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([29.9] * 30, []),
        ([31.0] * 18, []),
        ([31.0] * 20, [("heat", False, 180)]),
        ([31.0] * 9 + [29.0] + [31.0] * 9, []),
        ([36.0] * 20, [("heat_critical", False, 60)]),
        ([31.0] * 19 + [36.0] * 7, [("heat", False, 180), ("heat_critical", False, 250)]),
        ([22.0, 56.0, 22.0], [("fire_critical", False, 10)]),
        ([11.0] * 20, [("cold", False, 180)]),
        ([7.0] * 20, [("cold_critical", False, 60)]),
        ([12.5] * 40, []),
        ([31.0] * 19 + [29.5] * 20, [("heat", False, 180)]),
        ([31.0] * 19 + [28.0] * 5, [("heat", False, 180), ("heat", True, 220)]),
        ([31.0] * 19 + [28.0, 28.0, 30.5, 28.0, 28.0, 28.0, 28.0],
         [("heat", False, 180), ("heat", True, 250)]),
    ],
)  # fmt: skip
def test_what_a_room_makes_the_system_say(values, expected):
    assert told(*values) == expected


def test_what_nobody_measured_did_not_last():
    readings = np.concatenate([measured(31, 31), measured(31, 31, begin=MORNING + 5 * HOUR)])
    assert fold(watched(), readings) == []


def test_on_the_balcony_the_sun_may_shine():
    assert told(*[45.0] * 40, device=2) == []


def test_old_values_are_for_the_curve():
    assert told(*[36.0] * 20, late=HOUR) == []


def test_a_heat_wave_goes_on_over_a_restart():
    values = measured(*[31.0] * 17, *[31.0] * 4, *[28.0] * 5)
    whole = {(f.id, f.revision) for f in fold(watched(), values)}
    for cut in range(1, len(values)):
        first = watched()
        before, kept = [], []
        for row in values[:cut]:
            before += fold(first, row[None])
            kept += first.memories()
        end = int(values["received"][cut - 1])
        for minute in range(end // MINUTE, end // MINUTE + 9):
            first.tick(minute * MINUTE)
            kept += first.memories()
        again = watched()
        again.recall({(m.subject, m.topic): m for m in kept}.values())
        again.resume({f.id: f for f in before}.values())
        seen = values[:cut][values["received"][:cut] > end - 70 * MINUTE]
        after = fold(again, np.concatenate([seen, values[cut:]]))
        assert {(f.id, f.revision) for f in [*before, *after]} == whole


def test_every_severity_has_a_rank_of_its_own():
    assert len({band.severity for band in BANDS}) == len(BANDS)


# --- a sensor's own test -------------------------------------------------------------------------------

SMOKE = DeviceEntry(11, "s1", 1, "h1", 1, kind="smoke", room="kitchen")
OTHER = DeviceEntry(12, "s2", 1, "h1", 1, kind="smoke", room="bedroom")


def heard(*said):
    """Findings of (device, second, state, test) through the decoder."""
    directory = Directory.of([SMOKE, OTHER], {1: (101,)})
    decoder, detector = Decoder(directory), ImmediateDetector()
    detector.know(directory)
    found = []
    for seq, (code, at, state, test) in enumerate(said):
        now = MORNING + at * SECOND
        body = {"t": now // 1000, "seq": seq, "kind": "smoke", "state": state, "test": test}
        raw = json.dumps(body).encode()
        found += detector.fold(decoder.decode([Message(f"nw/v1/h1/{code}/event", raw, now)], now).batch)
    return [(f.device, f.cleared) for f in found]


def test_a_test_alarms_nobody():
    assert heard(("s1", 0, 1, True), ("s1", 20, 0, True)) == []


def test_smoke_during_and_after_the_same_sensors_test_is_smoke():
    assert heard(("s1", 0, 1, True), ("s1", 5, 1, False)) == [(11, False)]
    assert heard(("s1", 0, 1, True), ("s1", 5, 0, True), ("s1", 6, 1, False)) == [(11, False)]


def test_one_sensors_test_never_quiets_another():
    assert heard(("s1", 0, 1, True), ("s2", 1, 1, False)) == [(12, False)]


def test_a_test_ends_no_alarm():
    assert heard(("s1", 0, 1, False), ("s1", 5, 1, True), ("s1", 9, 0, True)) == [(11, False)]
